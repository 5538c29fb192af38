/** A question is shown once: where it first stands in the run, however many model calls carry it along. */

import type { SpanText } from "@/run/texts";
import type { Skeleton } from "@/trace/skeleton";
import type { TranscriptRow } from "@/trace/transcript";

const FIRST = new WeakMap<Skeleton, Map<string, number>>();

/** Longer questions are compared by their beginning. */
const COMPARED_CHARS = 400;

/** The words of a person above this model call, null where there are none or they stand further up. */
export function askedHere(run: Skeleton, row: TranscriptRow, text: SpanText | undefined): SpanText["user"] {
  if (row.kind !== "message" || !row.asks || !text?.user) return null;
  return first(run, text.user.text, row.span) === row.span ? text.user : null;
}

/** Tells that these words stand at this span. Gives the first span that they stand at, as far as is known. */
export function first(run: Skeleton, words: string, span: number): number {
  let known = FIRST.get(run);
  if (!known) FIRST.set(run, (known = new Map()));
  const key = words.slice(0, COMPARED_CHARS).trim();
  const before = known.get(key) ?? Infinity;
  if (span < before) known.set(key, span);
  return Math.min(before, span);
}
