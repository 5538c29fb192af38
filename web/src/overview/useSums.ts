/** What the panels ask the server for. Keys begin as those of the lists, so that live runs renew both. */

import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { get } from "@/api/client";
import { follow } from "@/api/live";
import type { Histogram, SessionList, SpanList, Stats, TraceList } from "@/api/schema";
import { add } from "@/query/edit";
import { groupErrors } from "./errors";
import { bySpeed } from "./slow";
import { stepFor, timeline } from "./sums";
import type { Scope, Span } from "./useScope";

const MINE = {
  placeholderData: keepPreviousData,
  staleTime: 10_000,
  retry: false,
} as const;

/** Groups that one request gives at most. */
const GROUPS_MAX = 1_000;

export type Group = "agent" | "model" | "tool" | "status";

/** Sums by one thing, most runs first. */
export function useGroups(filter: string, by: Group) {
  return useQuery({
    queryKey: ["stats", filter, "by", by],
    queryFn: async ({ signal }) => {
      const stats = await get<Stats>("/stats", { filter, group_by: by, limit: GROUPS_MAX }, signal);
      return { ...stats, rows: stats.rows.toSorted((a, b) => b.count - a.count) };
    },
    ...MINE,
  });
}

/** The reader's clock is so far ahead of UTC, minutes. */
const offset = () => -new Date().getTimezoneOffset();

/** Sums by time, and by a second thing. */
export function useTimeline(filter: string, span: Span | null, group?: "agent" | "model") {
  const step = span ? stepFor(span.to - span.from) : "hour";
  const query = useQuery({
    queryKey: ["stats", filter, "time", step, group ?? ""],
    queryFn: ({ signal }) => {
      const group_by = group ? `${step},${group}` : step;
      return get<Stats>(
        "/stats",
        { filter, group_by, limit: GROUPS_MAX, utc_offset_minutes: offset() },
        signal,
      );
    },
    enabled: span !== null,
    ...MINE,
  });
  const { data } = query;
  const time = useMemo(
    () => (data && span ? timeline(data.rows, step, span.from, span.to, offset() * 60_000) : null),
    [data, span, step],
  );
  return {
    time,
    step,
    partial: (data?.more_groups ?? 0) > 0,
    error: query.error,
    stale: query.isPlaceholderData,
  };
}

/** Failed steps that are looked at: the newest. */
const FAILED_STEPS = 200;

/** What fails, from the newest failed steps. */
export function useFailures(scope: Scope) {
  return useQuery({
    queryKey: ["stats", scope.filter, "failures"],
    queryFn: async ({ signal }) => {
      const filter = add(scope.filter, "status:error");
      const answer = await get<SpanList>("/spans", { filter, limit: FAILED_STEPS }, signal);
      return {
        groups: groupErrors(answer.spans),
        steps: answer.spans.length,
        whole: answer.next_cursor === null,
      };
    },
    ...MINE,
    staleTime: 30_000,
  });
}

/** How many runs meet a condition, and when they were. */
export function useCounted(scope: Scope, span: Span | null, where: string, parts: number, wanted: boolean) {
  const filter = add(scope.filter, where);
  // Not renewed with every run that comes: it is a scan for each row.
  return useQuery({
    queryKey: ["counted", filter, parts],
    queryFn: async ({ signal }) => {
      const start = BigInt(Math.round(span!.from)) * 1_000_000n;
      const asked = { filter, start: start.toString(), buckets: parts };
      // The drawing ends now; the list has the runs of clocks that are ahead too, so the count is its own.
      const [drawn, stats] = await Promise.all([
        get<Histogram>("/histogram", asked, signal),
        get<Stats>("/stats", { filter }, signal),
      ]);
      return {
        marks: drawn.buckets.map((bucket) => bucket.count),
        runs: stats.total.count,
        partial: stats.scanned !== null,
      };
    },
    enabled: wanted && span !== null,
    staleTime: 60_000,
    retry: false,
  }).data;
}

/** Timed steps that are looked at: the newest. */
const TIMED_STEPS = 1_000;
const TIMED = "category:(tool,llm,embedding,retrieval,reranker)";

/** What is slow, from the newest steps that do something. */
export function useSlow(scope: Scope) {
  return useQuery({
    queryKey: ["stats", scope.filter, "slow"],
    queryFn: async ({ signal }) => {
      const filter = add(scope.filter, TIMED);
      const answer = await get<SpanList>("/spans", { filter, limit: TIMED_STEPS }, signal);
      return {
        timed: bySpeed(answer.spans),
        steps: answer.spans.length,
        whole: answer.next_cursor === null,
      };
    },
    ...MINE,
    staleTime: 30_000,
  });
}

/** The condition that all steps meet of which `useSlow` tells. */
export const TIMED_CONDITION = TIMED;

/** Some runs, in an order. */
export function useSomeRuns(filter: string, sort: string, limit: number) {
  return useQuery({
    queryKey: ["stats", filter, "runs", sort, limit],
    queryFn: ({ signal }) => get<TraceList>("/traces", { filter, sort, limit }, signal),
    ...MINE,
  });
}

/** Some sessions, the last one first. */
export function useSomeSessions(filter: string, limit: number) {
  return useQuery({
    queryKey: ["stats", filter, "sessions", limit],
    queryFn: ({ signal }) => get<SessionList>("/sessions", { filter, limit }, signal),
    ...MINE,
  });
}

/** Sums are read anew at most this often while runs come in. */
const RENEW_MS = 5_000;

/** Keeps the sums of a page up to date; `paused` where the range has an end. */
export function useLiveSums(filter: string, paused: boolean): void {
  const client = useQueryClient();
  useEffect(() => {
    if (paused) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const later = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void client.invalidateQueries({ queryKey: ["stats"] });
        void client.invalidateQueries({ queryKey: ["histogram"] });
      }, RENEW_MS);
    };
    const stop = follow("/live", { filter }, { onEvent: (name) => name !== "ready" && later() });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [client, filter, paused]);
}
