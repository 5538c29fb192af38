/**
 * What stands below a span, folded: loops, repeats, runs of steps that are fine, infrastructure, hundreds. Odd first:
 * nothing that failed, is open or stands out is ever folded into "all fine".
 */

import { hasConvention, isRemarkable, marks, STEP, steps } from "./remarkable";
import {
  CATEGORIES,
  displayName,
  endOf,
  failed,
  FLAG,
  has,
  sameCall,
  sameResult,
  type Skeleton,
  spanId,
  subtreeTokens,
  sum,
} from "./skeleton";

/** One row's worth of the run: a span, or several that are told as one. */
export type Item =
  | { kind: "span"; span: number }
  /** Three or more calls of one tool with the same arguments in a row; model calls between them go along. */
  | {
      kind: "loop";
      key: string;
      /** The calls. */
      spans: number[];
      /** All siblings in it, in order. */
      covered: number[];
      sameArguments: boolean;
      sameResults: boolean;
    }
  /** The same tool three or more times in a row with other arguments. */
  | { kind: "repeat"; key: string; spans: number[]; covered: number[] }
  /** Six or more siblings in a row that nothing is to be said about. */
  | { kind: "fine"; key: string; covered: number[] }
  /** Spans without any AI convention. */
  | { kind: "infrastructure"; key: string; covered: number[] }
  /** A hundred of more than a hundred; `from` and `to` count from 1. `within` says how its inside folds. */
  | { kind: "hundred"; key: string; covered: number[]; from: number; to: number; within: Depth };

/** How far siblings fold: as the place asks, repeats only, not at all. */
type Depth = "all" | "repeats" | "none";

/** An item that stands for several spans. */
export type Fold = Exclude<Item, { kind: "span" }>;

/** How `items` folds. */
export interface FoldOptions {
  showInfrastructure: boolean;
  /** False: every span is its own item. */
  fold: boolean;
  /** Never folded away: what a search hit. */
  keep?: ReadonlySet<number>;
  /** 0: this span is left out (a brush, a filter). */
  shown?: Uint8Array;
}

/** Calls in a row before they are one row. */
export const REPEAT_MIN = 3;
/** Unremarkable siblings in a row before they are one row. */
export const FINE_MIN = 6;
/** Outside sub-agents, steps fold only below spans with more children than this. */
export const FINE_CHILDREN_MIN = 40;
/** Fewer infrastructure spans than this in a run are shown as they are. */
export const INFRASTRUCTURE_MIN = 4;
/** Items below one span before they come in hundreds. */
export const HUNDRED = 100;

/** The spans right below a span, in order; -1 gives the roots. */
export function children(run: Skeleton, span: number): number[] {
  const below: number[] = [];
  const end = span < 0 ? run.count : run.endIndex[span]!;
  for (let child = span + 1; child < end; child = next(run, child)) below.push(child);
  return below;
}

const AGENT = CATEGORIES.indexOf("agent");

/** The next sibling's place, whatever the tree says: always forward. */
function next(run: Skeleton, span: number): number {
  return Math.max(span + 1, run.endIndex[span]!);
}

/** What stands below a span as rows show it; -1 gives the roots. */
export function items(run: Skeleton, span: number, options: FoldOptions): Item[] {
  let below = children(run, span);
  const { shown } = options;
  if (shown) below = below.filter((child) => shown[child]);
  return hundreds(run, folded(run, span, below, options, "all"), options, "all");
}

/** What an opened fold shows. */
export function inside(run: Skeleton, fold: Fold, options: FoldOptions): Item[] {
  const parent = run.parent[fold.covered[0]!]!;
  if (fold.kind === "hundred") return folded(run, parent, fold.covered, options, fold.within);
  const depth = fold.kind === "fine" ? "repeats" : "none";
  return hundreds(run, folded(run, parent, fold.covered, options, depth), options, depth);
}

/** The key of a fold is a loop's or a repeat's. */
export function isRepeatKey(key: string): boolean {
  return key.startsWith("loop:") || key.startsWith("repeat:");
}

/** First span of an item: rows stand in its order. */
export function firstSpan(item: Item): number {
  return item.kind === "span" ? item.span : item.covered[0]!;
}

/** Last span right in the item. */
export function lastSpan(item: Item): number {
  return item.kind === "span" ? item.span : item.covered[item.covered.length - 1]!;
}

function folded(run: Skeleton, parent: number, below: number[], options: FoldOptions, depth: Depth): Item[] {
  let siblings = below;
  let hidden: number[] | undefined;
  if (!options.showInfrastructure) {
    const { convention } = marks(run);
    const shows = (span: number) => convention[span] === 1 || options.keep?.has(span) === true;
    if (!below.every(shows)) {
      siblings = below.filter(shows);
      hidden = below.filter((span) => !shows(span));
    }
  }
  const found: Item[] = [];
  if (options.fold && depth !== "none" && siblings.length >= REPEAT_MIN)
    foldSteps(run, parent, siblings, options, depth, found);
  else for (const span of siblings) found.push({ kind: "span", span });
  if (hidden)
    found.push({ kind: "infrastructure", key: `infrastructure:${spanId(run, hidden[0]!)}`, covered: hidden });
  return found;
}

function foldSteps(
  run: Skeleton,
  parent: number,
  siblings: number[],
  options: FoldOptions,
  depth: Depth,
  found: Item[],
): void {
  const folds = repeats(run, siblings);
  const fine = depth === "all" && foldsFine(run, parent, siblings.length);
  const answer = fine ? lastModelCall(run, siblings) : -1;
  let quiet: number[] = [];
  const settle = () => {
    if (quiet.length >= FINE_MIN) {
      found.push({ kind: "fine", key: `fine:${spanId(run, quiet[0]!)}`, covered: quiet });
    } else for (const span of quiet) found.push({ kind: "span", span });
    quiet = [];
  };
  let at = 0;
  for (const fold of folds) {
    for (; at < fold.from; at++) step(siblings[at]!);
    const kept = options.keep && fold.item.covered.some((span) => options.keep!.has(span));
    if (kept) continue;
    if (fine && fold.item.kind === "repeat" && !fold.item.covered.some((span) => isRemarkable(run, span))) {
      for (const span of fold.item.covered) quiet.push(span);
    } else {
      settle();
      found.push(fold.item);
    }
    at = fold.to;
  }
  for (; at < siblings.length; at++) step(siblings[at]!);
  settle();

  function step(span: number): void {
    if (fine && span !== answer && !options.keep?.has(span) && !isRemarkable(run, span)) quiet.push(span);
    else {
      settle();
      found.push({ kind: "span", span });
    }
  }
}

/** Steps below this span may fold to "all fine". */
function foldsFine(run: Skeleton, parent: number, count: number): boolean {
  if (parent < 0) return false;
  return count > FINE_CHILDREN_MIN || (run.depth[parent]! > 0 && run.category[parent] === AGENT);
}

function lastModelCall(run: Skeleton, siblings: number[]): number {
  for (let at = siblings.length - 1; at >= 0; at--) {
    if (steps(run).kind[siblings[at]!] === STEP.llm) return siblings[at]!;
  }
  return -1;
}

interface Found {
  item: Extract<Item, { kind: "loop" | "repeat" }>;
  /** Places among the siblings: from, one past the last. */
  from: number;
  to: number;
}

/** Loops and repeats among siblings, in order. */
function repeats(run: Skeleton, siblings: number[]): Found[] {
  const found: Found[] = [];
  if (siblings.length < REPEAT_MIN) return found;
  const { kind, span: call, name } = steps(run);
  const calls: number[] = [];
  for (let at = 0; at < siblings.length; at++) if (kind[siblings[at]!] === STEP.tool) calls.push(at);
  if (calls.length < REPEAT_MIN) return found;
  const callAt = (at: number) => call[siblings[at]!]!;
  const again = (left: number, right: number) => sameCall(run, callAt(left), callAt(right));
  let first = 0;
  while (first < calls.length) {
    const same = runOf(first, again);
    if (same - first >= REPEAT_MIN) {
      found.push(fold(first, same, true));
      first = same;
      continue;
    }
    // Other arguments: as far as no loop begins and nothing stands out.
    let last = first + 1;
    while (last < calls.length && alike(calls[last - 1]!, calls[last]!)) {
      if (standsOut(calls[last]!) || standsOut(calls[last - 1]!)) break;
      if (runOf(last, again) - last >= REPEAT_MIN) break;
      last++;
    }
    if (last - first >= REPEAT_MIN) found.push(fold(first, last, false));
    first = last;
  }
  return found;

  /** One past the last call that goes on from `start`. */
  function runOf(start: number, same: (left: number, right: number) => boolean): number {
    let end = start + 1;
    while (end < calls.length && alike(calls[end - 1]!, calls[end]!) && same(calls[end - 1]!, calls[end]!))
      end++;
    return end;
  }
  function standsOut(at: number): boolean {
    return isRemarkable(run, siblings[at]!);
  }
  /** The same tool, with nothing but model calls between. */
  function alike(left: number, right: number): boolean {
    if (name[siblings[left]!] !== name[siblings[right]!]) return false;
    for (let at = left + 1; at < right; at++) {
      if (kind[siblings[at]!] !== STEP.llm || failed(run, siblings[at]!)) return false;
    }
    return true;
  }
  function fold(start: number, end: number, sameArguments: boolean): Found {
    // The model call that asked for the first goes along, like those between.
    let from = calls[start]!;
    const before = found.at(-1)?.to ?? 0;
    if (from > before && kind[siblings[from - 1]!] === STEP.llm && !isRemarkable(run, siblings[from - 1]!))
      from--;
    const to = calls[end - 1]! + 1;
    const spans = calls.slice(start, end).map((at) => siblings[at]!);
    const covered = siblings.slice(from, to);
    const key = `${sameArguments ? "loop" : "repeat"}:${spanId(run, spans[0]!)}`;
    if (!sameArguments) return { item: { kind: "repeat", key, spans, covered }, from, to };
    const results = calls.slice(start, end).map(callAt);
    const sameResults = results.every((span) => sameResult(run, results[0]!, span));
    return { item: { kind: "loop", key, spans, covered, sameArguments, sameResults }, from, to };
  }
}

function hundreds(run: Skeleton, all: Item[], options: FoldOptions, within: Depth): Item[] {
  if (!options.fold || all.length <= HUNDRED) return all;
  const infrastructure = all.at(-1)!.kind === "infrastructure" ? all.pop() : undefined;
  const groups: Item[] = [];
  let from = 1;
  for (let at = 0; at < all.length; at += HUNDRED) {
    const group = all.slice(at, at + HUNDRED);
    const covered: number[] = [];
    for (const item of group) {
      if (item.kind === "span") covered.push(item.span);
      else for (const span of item.covered) covered.push(span);
    }
    const to = from + covered.length - 1;
    if (options.keep && covered.some((span) => options.keep!.has(span))) groups.push(...group);
    else
      groups.push({
        kind: "hundred",
        key: `hundred:${within}:${spanId(run, covered[0]!)}`,
        covered,
        from,
        to,
        within,
      });
    from = to + 1;
  }
  if (infrastructure) groups.push(infrastructure);
  return groups;
}

/** A loop of the run with what it cost. */
export interface Loop {
  key: string;
  /** Span it stands below, -1 at the top. */
  parent: number;
  calls: number[];
  covered: number[];
  name: string;
  /** Nanoseconds from the run's start. */
  start: number;
  end: number;
  /** In and out, of all that is covered; NaN where nobody counted. */
  tokens: number;
  /** Pico-dollars; NaN where nobody counted. */
  cost: number;
  sameResults: boolean;
}

const LOOPS = new WeakMap<Skeleton, Loop[]>();

/** All loops of the run in order of their first call. */
export function loops(run: Skeleton): Loop[] {
  let known = LOOPS.get(run);
  if (!known) {
    known = findLoops(run);
    LOOPS.set(run, known);
  }
  return known;
}

function findLoops(run: Skeleton): Loop[] {
  const found: Loop[] = [];
  for (let parent = -1; parent < run.count; parent++) {
    if (parent >= 0 && run.endIndex[parent]! - parent <= REPEAT_MIN) continue;
    const siblings = children(run, parent).filter((span) => hasConvention(run, span));
    for (const { item } of repeats(run, siblings))
      if (item.kind === "loop") found.push(loop(run, parent, item));
  }
  return found.sort((left, right) => left.calls[0]! - right.calls[0]!);
}

function loop(run: Skeleton, parent: number, item: Extract<Item, { kind: "loop" }>): Loop {
  const { start, end, tokens, cost } = totals(run, item.covered);
  return {
    key: item.key,
    parent,
    calls: item.spans,
    covered: item.covered,
    name: displayName(run, steps(run).span[item.spans[0]!]!),
    start,
    end,
    tokens,
    cost,
    sameResults: item.sameResults,
  };
}

/** What several siblings and all below them come to. Times in nanoseconds, cost in pico-dollars; NaN is absent. */
export function totals(
  run: Skeleton,
  covered: readonly number[],
): { start: number; end: number; tokens: number; cost: number; spans: number; errors: number } {
  let start = Infinity;
  let end = -Infinity;
  let tokens = NaN;
  let cost = NaN;
  let spans = 0;
  let errors = 0;
  for (const span of covered) {
    start = Math.min(start, run.start[span]!);
    end = Math.max(end, endOf(run, span));
    tokens = sum(tokens, subtreeTokens(run, span));
    cost = sum(cost, run.subtreeCost[span]!);
    spans += run.subtreeSpans[span]!;
    errors += run.subtreeErrors[span]!;
  }
  return { start, end, tokens, cost, spans, errors };
}

const ODD = FLAG.orphan | FLAG.oddClock | FLAG.cycle;

/** What a reader should see first: own failures, first calls of loops, odd clocks, orphans. Ascending. */
export function oddities(run: Skeleton): number[] {
  const odd = new Set<number>();
  for (const { calls } of loops(run)) odd.add(calls[0]!);
  for (let span = 0; span < run.count; span++) {
    if (has(run, span, ODD) || (failed(run, span) && !has(run, span, FLAG.errorDerived))) odd.add(span);
  }
  return [...odd].sort((left, right) => left - right);
}
