/**
 * What changed between the prompts of two calls, from coarse to fine: whole messages as hunks, then lines, then
 * words. Agents resend their whole history with every call; only where the prefix broke does anything get dear.
 */

import { diffArrays, diffWordsWithSpace } from "diff";

/** A message as it is compared: who said it, what kind of message it is in words, and its text. */
export interface Said {
  role: string;
  /** "tool result, fetch_page". */
  what: string;
  text: string;
  /** What makes it the same message as another (an id of a tool call); "" for nothing but its role. */
  id: string;
}

/** One or more messages that changed together. Numbers count from 1. */
export type Hunk =
  | { kind: "same"; count: number; number: number }
  | { kind: "added"; number: number; said: Said }
  | { kind: "removed"; number: number; said: Said }
  | { kind: "changed"; number: number; before: Said; after: Said };

/** A run of words of a line. */
export interface Words {
  text: string;
  changed: boolean;
}

/** A line of a hunk, or lines that are the same on both sides and left out. */
export type Line =
  | { sign: " " | "+" | "-"; words: Words[] }
  | { sign: "skip"; count: number; before: boolean }
  /** Lines in the middle of many that went, or came, at once. */
  | { sign: "cut"; of: "+" | "-"; count: number };

/** Unchanged lines shown around a change. */
const AROUND_LINES = 2;
/** Of more lines than this that went or came at once the middle is cut. */
const RUN_MAX_LINES = 16;
const RUN_HEAD_LINES = 8;
const RUN_TAIL_LINES = 3;
/** Lines longer than this are not compared word by word. */
const WORDS_MAX_CHARS = 2_000;
/** Texts with more lines than this together are shown as replaced. */
const LINES_MAX = 20_000;
/** What one comparison may take. */
const TIMEOUT_MS = 200;

/**
 * The messages after the common beginning of two prompts as hunks. `from` is how many messages are common. The
 * number of a removed message is its place in the prompt before, of every other its place in this one.
 */
export function hunks(before: readonly Said[], after: readonly Said[], from: number): Hunk[] {
  const key = (said: Said) => `${said.role}\u0000${said.what}\u0000${said.id}\u0000${said.text}`;
  const changes = diffArrays(before.map(key), after.map(key), { timeout: TIMEOUT_MS });
  const found: Hunk[] = [];
  let left = 0;
  let right = 0;
  let gone: number[] = [];
  let come: number[] = [];
  const flush = () => {
    found.push(...paired(gone, come, before, after, from));
    gone = [];
    come = [];
  };
  const blocks = changes ?? [
    { count: before.length, removed: true, added: false },
    { count: after.length, removed: false, added: true },
  ];
  for (const block of blocks) {
    const count = block.count ?? 0;
    for (let at = 0; at < count && block.removed; at++) gone.push(left++);
    for (let at = 0; at < count && block.added; at++) come.push(right++);
    if (block.removed || block.added) continue;
    flush();
    found.push({ kind: "same", count, number: from + right + 1 });
    left += count;
    right += count;
  }
  flush();
  return found;
}

/** Of messages that went and messages that came at one place: which is which, rewritten. */
function paired(
  gone: readonly number[],
  come: readonly number[],
  before: readonly Said[],
  after: readonly Said[],
  from: number,
): Hunk[] {
  const partner = new Map<number, number>();
  let next = 0;
  for (const left of gone) {
    for (let at = next; at < come.length; at++) {
      if (!alike(before[left]!, after[come[at]!]!)) continue;
      partner.set(come[at]!, left);
      next = at + 1;
      break;
    }
  }
  const kept = new Set(partner.values());
  const result: Hunk[] = gone
    .filter((left) => !kept.has(left))
    .map((left) => ({ kind: "removed", number: from + left + 1, said: before[left]! }));
  for (const right of come) {
    const left = partner.get(right);
    const number = from + right + 1;
    if (left === undefined) result.push({ kind: "added", number, said: after[right]! });
    else result.push({ kind: "changed", number, before: before[left]!, after: after[right]! });
  }
  return result;
}

function alike(left: Said, right: Said): boolean {
  return left.role === right.role && left.what === right.what && left.id === right.id;
}

/** Every line of a text that is new, or gone, as a whole. */
export function wholeLines(text: string, sign: "+" | "-"): Line[] {
  return text.split("\n").map((line) => ({ sign, words: [{ text: line, changed: false }] }));
}

/** Two versions of a text line by line; in lines that were rewritten, the words that changed are marked. */
export function lines(before: string, after: string): Line[] {
  const left = before.split("\n");
  const right = after.split("\n");
  const changes =
    left.length + right.length > LINES_MAX ? undefined : diffArrays(left, right, { timeout: TIMEOUT_MS });
  if (!changes) return [...wholeLines(before, "-"), ...wholeLines(after, "+")];
  const found: Line[] = [];
  for (let at = 0; at < changes.length; at++) {
    const change = changes[at]!;
    const next = changes[at + 1];
    if (change.removed && next?.added) {
      found.push(...rewritten(change.value, next.value));
      at++;
    } else if (change.removed || change.added) {
      const sign = change.removed ? "-" : "+";
      for (const text of change.value) found.push({ sign, words: [{ text, changed: false }] });
    } else {
      found.push(...unchanged(change.value, at > 0, next !== undefined));
    }
  }
  return found;
}

/** The lines without the middle of long runs of one sign. */
export function abridged(all: readonly Line[]): Line[] {
  const found: Line[] = [];
  for (let at = 0; at < all.length;) {
    const sign = all[at]!.sign;
    let end = at + 1;
    while (end < all.length && all[end]!.sign === sign) end++;
    if ((sign === "+" || sign === "-") && end - at > RUN_MAX_LINES) {
      const count = end - at - RUN_HEAD_LINES - RUN_TAIL_LINES;
      found.push(...all.slice(at, at + RUN_HEAD_LINES), { sign: "cut", of: sign, count });
      found.push(...all.slice(end - RUN_TAIL_LINES, end));
    } else {
      found.push(...all.slice(at, end));
    }
    at = end;
  }
  return found;
}

/** Lines that are the same: only those next to a change. */
function unchanged(value: readonly string[], afterChange: boolean, beforeChange: boolean): Line[] {
  const plain = (text: string): Line => ({ sign: " ", words: [{ text, changed: false }] });
  const head = afterChange ? AROUND_LINES : 0;
  const tail = beforeChange ? AROUND_LINES : 0;
  const hidden = value.length - head - tail;
  if (hidden <= 1) return value.map(plain);
  return [
    ...value.slice(0, head).map(plain),
    { sign: "skip", count: hidden, before: beforeChange },
    ...value.slice(value.length - tail).map(plain),
  ];
}

/** Lines that took the place of others: pairs of them word by word. */
function rewritten(gone: readonly string[], come: readonly string[]): Line[] {
  const removed: Line[] = [];
  const added: Line[] = [];
  const pairs = gone.length === come.length ? gone.length : 0;
  for (let at = 0; at < Math.max(gone.length, come.length); at++) {
    const left = gone[at];
    const right = come[at];
    const [leftWords, rightWords] =
      at < pairs || (at === 0 && gone.length === 1) || (at === 0 && come.length === 1)
        ? words(left ?? "", right ?? "")
        : [[{ text: left ?? "", changed: false }], [{ text: right ?? "", changed: false }]];
    if (left !== undefined) removed.push({ sign: "-", words: leftWords });
    if (right !== undefined) added.push({ sign: "+", words: rightWords });
  }
  return [...removed, ...added];
}

/** Two lines word by word; with nothing much in common both are shown without marks. */
function words(before: string, after: string): [Words[], Words[]] {
  const plain: [Words[], Words[]] = [[{ text: before, changed: false }], [{ text: after, changed: false }]];
  if (before.length > WORDS_MAX_CHARS || after.length > WORDS_MAX_CHARS) return plain;
  const changes = diffWordsWithSpace(before, after, { timeout: TIMEOUT_MS });
  if (!changes) return plain;
  const left: Words[] = [];
  const right: Words[] = [];
  let common = 0;
  for (const { value, added, removed } of changes) {
    if (!added && !removed) common += value.trim().length;
    if (!added) left.push({ text: value, changed: removed });
    if (!removed) right.push({ text: value, changed: added });
  }
  return common * 3 >= Math.min(before.length, after.length) ? [left, right] : plain;
}
