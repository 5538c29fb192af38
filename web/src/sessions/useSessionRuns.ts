/** The runs of a session in their order, page by page, and whatever the live stream tells of them. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { ApiError, get } from "@/api/client";
import { follow } from "@/api/live";
import type { SessionDetail, TraceRow } from "@/api/schema";
import { term } from "@/query/edit";
import { type List, type Source, useList } from "@/runs/useList";

const SOURCE: Source = { path: "/traces", rows: "traces" };
/** Sums are read anew at most this often while runs come in. */
const SUMS_MS = 1_500;
const STATE_MS = 15_000;
/** From the stream being up to the runs being read once more. */
const CATCH_UP_MS = 400;

/** The condition of the runs of a session. */
export function ofSession(sessionId: string): string {
  return term("session", "=", sessionId);
}

/** A session's sums. `gone`: there is none of this name. */
export function useSessionSums(sessionId: string) {
  const query = useQuery({
    queryKey: ["session-sums", sessionId],
    queryFn: ({ signal }) =>
      get<SessionDetail>(`/sessions/${encodeURIComponent(sessionId)}`, {}, signal).then(
        ({ session }) => session,
      ),
    staleTime: 5_000,
    // Quiet and abandoned are a matter of time passing: no event tells them.
    refetchInterval: ({ state }) => (state.data && state.data.state !== "done" ? STATE_MS : false),
    retry: false,
  });
  return { ...query, gone: query.error instanceof ApiError && query.error.notFound };
}

export interface SessionRuns {
  list: List<TraceRow>;
  rows: readonly TraceRow[];
  /** Runs that were deleted while the page was open. */
  deleted: ReadonlySet<string>;
}

export function useSessionRuns(sessionId: string, paused: boolean): SessionRuns {
  const client = useQueryClient();
  const filter = ofSession(sessionId);
  const list = useList<TraceRow>(SOURCE, filter, "start");
  const [deleted, setDeleted] = useState<ReadonlySet<string>>(new Set());
  const now = useRef(list);
  now.current = list;
  useEffect(() => {
    setDeleted(new Set());
    if (paused) return;
    const timers: Record<string, ReturnType<typeof setTimeout> | undefined> = {};
    const sumsLater = () => {
      timers.sums ??= setTimeout(() => {
        timers.sums = undefined;
        void client.invalidateQueries({ queryKey: ["session-sums", sessionId] });
        void client.invalidateQueries({ queryKey: ["context", sessionId] });
      }, SUMS_MS);
    };
    const took = (run: TraceRow) => now.current.patch((rows) => taken(rows, run, now.current));
    const stop = follow(
      "/live",
      { filter },
      {
        onEvent: (name, data) => {
          if (name === "ready") {
            // The rows were asked for beside the stream: what came in between is read once more.
            timers.ready = setTimeout(() => {
              if (!now.current.hasMore)
                void client.invalidateQueries({ queryKey: ["list", "/traces", filter] });
            }, CATCH_UP_MS);
            return;
          }
          sumsLater();
          if (name === "trace") took((data as { trace: TraceRow }).trace);
          else if (name === "deleted")
            setDeleted((before) => new Set(before).add((data as { trace_id: string }).trace_id));
          else void client.invalidateQueries({ queryKey: ["list", "/traces", filter] });
        },
      },
    );
    return () => {
      stop();
      for (const timer of Object.values(timers)) clearTimeout(timer);
    };
  }, [client, filter, sessionId, paused]);
  const rows = useMemo(() => list.rows.filter((row) => !deleted.has(row.trace_id)), [list.rows, deleted]);
  return { list, rows, deleted };
}

/** The page with the run in its place; a new run goes to the end of the last page, once that is loaded. */
function taken(rows: TraceRow[], run: TraceRow, list: List<TraceRow>): TraceRow[] {
  const at = rows.findIndex((row) => row.trace_id === run.trace_id);
  if (at >= 0) return rows[at]!.commit_seq > run.commit_seq ? rows : rows.with(at, run);
  const isLastPage = rows.at(-1)?.trace_id === list.rows.at(-1)?.trace_id;
  const isKnown = list.rows.some((row) => row.trace_id === run.trace_id);
  if (isKnown || list.hasMore || !isLastPage) return rows;
  return withInOrder(rows, run);
}

/** Rows by their start, with one more. */
export function withInOrder(rows: readonly TraceRow[], run: TraceRow): TraceRow[] {
  const start = BigInt(run.start_nanos);
  let at = rows.length;
  while (at > 0 && BigInt(rows[at - 1]!.start_nanos) > start) at--;
  return rows.toSpliced(at, 0, run);
}
