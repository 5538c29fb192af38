/** Find in run: names, tools, models, agents, errors and ids, without asking the server. */

import type { Skeleton } from "./skeleton";

const COLUMNS = [
  "name",
  "displayName",
  "kind",
  "operation",
  "model",
  "provider",
  "toolName",
  "agentName",
  "errorKind",
  "errorMessage",
  "finishReason",
  "sessionId",
  "userId",
  "toolCallId",
] as const;

/** Places of the spans that have all words somewhere, ascending. Without regard to case; ids by their beginning. */
export function search(run: Skeleton, text: string): number[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const found: number[] = [];
  const tests = words.map((word) => wordTest(run, word));
  for (let span = 0; span < run.count; span++) if (tests.every((test) => test(span))) found.push(span);
  return found;
}

function wordTest(run: Skeleton, word: string): (span: number) => boolean {
  const hit = new Uint8Array(run.strings.length);
  run.strings.forEach((string, at) => {
    if (string.toLowerCase().includes(word)) hit[at] = 1;
  });
  const columns = COLUMNS.map((name) => run[name]);
  const id = idTest(run, word);
  return (span) => {
    for (const column of columns) if (hit[column[span]!]) return true;
    return id(span);
  };
}

/** The id begins with these hex digits; four of them at least, so that `a` does not hit everything. */
function idTest(run: Skeleton, word: string): (span: number) => boolean {
  if (!/^[0-9a-f]{4,16}$/.test(word)) return () => false;
  const digits = Array.from(word, (digit) => parseInt(digit, 16));
  return (span) => {
    for (let at = 0; at < digits.length; at++) {
      const byte = run.spanId[span * 8 + (at >> 1)]!;
      if ((at & 1 ? byte & 15 : byte >> 4) !== digits[at]) return false;
    }
    return true;
  };
}
