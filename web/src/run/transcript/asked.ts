/** A question is shown once: where it first stands in the run, however many model calls carry it along. */

import type { SpanText } from "@/run/texts";
import type { Skeleton } from "@/trace/skeleton";
import type { TranscriptRow } from "@/trace/transcript";

const FIRST = new WeakMap<Skeleton, Map<string, number>>();

/** Longer questions are compared by their beginning. */
const COMPARED_CHARS = 400;

/**
 * The words of a person above this model call, null where there are none or they stand further up. `told`: the span
 * at the top, which says what the run was asked; null where the rows begin with something else, left out while it is
 * on its way, for then nobody knows yet whether these words are new.
 */
export function askedHere(
  run: Skeleton,
  row: TranscriptRow,
  text: SpanText | undefined,
  told: SpanText | null | undefined,
): SpanText["user"] {
  if (row.kind !== "message" || !row.asks || !text?.user || told === undefined) return null;
  if (told?.arguments && compared(told.arguments.text) === compared(text.user.text)) return null;
  return first(run, text.user.text, row.span) === row.span ? text.user : null;
}

/** The span of the words at the top, -1 where the rows begin with something else. */
export function toldAt(rows: readonly TranscriptRow[]): number {
  return rows[0]?.kind === "words" ? rows[0].span : -1;
}

function compared(words: string): string {
  return words.slice(0, COMPARED_CHARS).trim();
}

/** Tells that these words stand at this span. Gives the first span that they stand at, as far as is known. */
function first(run: Skeleton, words: string, span: number): number {
  let known = FIRST.get(run);
  if (!known) FIRST.set(run, (known = new Map()));
  const key = compared(words);
  const before = known.get(key) ?? Infinity;
  if (span < before) known.set(key, span);
  return Math.min(before, span);
}
