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
  const strings = run.strings.map((string) => string.toLowerCase());
  const hits = words.map((word) => wordHits(run, strings, word));
  const found: number[] = [];
  for (let span = 0; span < run.count; span++) if (hits.every((hit) => hit[span])) found.push(span);
  return found;
}

/** 1 where a span has the word: column by column, since a column is many spans and few different strings. */
function wordHits(run: Skeleton, strings: readonly string[], word: string): Uint8Array {
  const hits = new Uint8Array(run.count);
  const has = Uint8Array.from(strings, (string) => (string.includes(word) ? 1 : 0));
  if (has.includes(1)) {
    for (const name of COLUMNS) {
      const column = run[name];
      for (let span = 0; span < column.length; span++) if (has[column[span]!]) hits[span] = 1;
    }
  }
  addIds(run, word, hits);
  return hits;
}

/** Ids that begin with these hex digits; four of them at least, so that `a` does not hit everything. */
function addIds(run: Skeleton, word: string, hits: Uint8Array): void {
  if (!/^[0-9a-f]{4,16}$/.test(word)) return;
  const digits = Array.from(word, (digit) => parseInt(digit, 16));
  for (let span = 0; span < run.count; span++) {
    let at = 0;
    while (at < digits.length) {
      const byte = run.spanId[span * 8 + (at >> 1)]!;
      if ((at & 1 ? byte & 15 : byte >> 4) !== digits[at]) break;
      at++;
    }
    if (at === digits.length) hits[span] = 1;
  }
}
