/**
 * The run before and after this one. A list that shows runs leaves its order here; a page that was opened without one
 * asks the server by start, within the filter that the address carries.
 */

import { useCallback } from "react";
import { get } from "@/api/client";
import type { TraceList } from "@/api/schema";
import type { Search } from "@/app/address";
import { announce } from "@/app/announce";
import { isoNanos } from "./instant";

let order: readonly string[] = [];

/** Called by a list with the trace ids that it has loaded, in its order. */
export function rememberRuns(traceIds: readonly string[]): void {
  order = traceIds;
}

/** The id that stands so many places from another in the last list; undefined where it does not. */
export function inOrder(traceIds: readonly string[], traceId: string, step: 1 | -1): string | undefined {
  const at = traceIds.indexOf(traceId);
  return at < 0 ? undefined : traceIds[at + step];
}

/** `J` and `K` on the page of a run. */
export function useNeighbours(
  traceId: string,
  search: Search,
  open: (traceId: string) => void,
): (step: 1 | -1) => void {
  const filter = search.q;
  return useCallback(
    (step) => {
      const known = inOrder(order, traceId, step);
      if (known) return open(known);
      byStart(traceId, filter, step).then(
        (next) =>
          next ? open(next) : announce(step > 0 ? "This is the oldest run" : "This is the newest run"),
        () => announce("The list of runs did not come"),
      );
    },
    [traceId, filter, open],
  );
}

/** The next older (1) or newer (-1) run by its start. */
async function byStart(
  traceId: string,
  filter: string | undefined,
  step: 1 | -1,
): Promise<string | undefined> {
  const { trace } = await get<{ trace: { start_nanos: string } }>(`/traces/${encodeURIComponent(traceId)}`, {
    spans: false,
  });
  const border = `start ${step > 0 ? "<" : ">"} ${isoNanos(trace.start_nanos)}`;
  const list = await get<TraceList>("/traces", {
    filter: filter ? `(${filter}) ${border}` : border,
    sort: step > 0 ? "-start" : "start",
    limit: 1,
  });
  return list.traces[0]?.trace_id;
}
