/** Which span ran a call that a model asked for, by the model's id of the call. */

import { category, type Skeleton } from "@/trace/skeleton";

const KNOWN = new WeakMap<Skeleton, Map<string, number>>();

/** The tool span with this id of a call; -1 where the run has none. The last one where a call was tried again. */
export function toolSpanOf(run: Skeleton, callId: string | null): number {
  if (!callId) return -1;
  let spans = KNOWN.get(run);
  if (!spans) {
    spans = new Map();
    for (let span = 0; span < run.count; span++) {
      const id = run.strings[run.toolCallId[span]!];
      if (id && category(run, span) === "tool") spans.set(id, span);
    }
    KNOWN.set(run, spans);
  }
  return spans.get(callId) ?? -1;
}
