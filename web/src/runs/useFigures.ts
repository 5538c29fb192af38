/** The numbers beside a list: sums of the runs under the same filter and range, and how they lie in time. */

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { get } from "@/api/client";
import { denseFrom } from "./bars";
import type { Figures, Scanned, Stats } from "@/api/schema";

/** Sums as the server gives them; the counts of spans came later than the rest. */
export type RunFigures = Figures & { span_count?: number; span_error_count?: number; live_count?: number };

/** Sums of the runs that meet a filter; null asks nothing. After an error the last good ones stay, `stale`. */
export function useFigures(filter: string | null) {
  const query = useQuery({
    queryKey: ["stats", filter],
    queryFn: async ({ signal }) => {
      const stats = await get<Stats>("/stats", { filter }, signal);
      return { figures: stats.total as RunFigures, scanned: stats.scanned };
    },
    enabled: filter !== null,
    placeholderData: keepPreviousData,
    staleTime: 5_000,
    retry: false,
  });
  const good = useLastGood(query.data);
  const data = query.data ?? (filter === null ? undefined : good.current);
  return { data, stale: query.isPlaceholderData || query.isError, error: query.error };
}

export interface Bucket {
  start_nanos: string;
  count: number;
  error_count: number;
  failed_count: number;
}

export interface HistogramAnswer {
  start_nanos: string;
  end_nanos: string;
  bucket_nanos: number;
  buckets: Bucket[];
  /** How far the server came in its time; null where it saw all. */
  scanned: Scanned | null;
}

/** Requests for one drawing, at most. */
const TRIES = 4;

/** A drawing, and how many runs lie before it. */
export interface Drawn {
  answer: HistogramAnswer;
  earlier: number;
}

/** Runs by start; null asks nothing. `lengthMs` null covers all time, without lonely runs far before the others. */
export function useHistogram(filter: string | null, lengthMs: number | null, buckets: number) {
  const query = useQuery({
    queryKey: ["histogram", filter, lengthMs, buckets],
    queryFn: async ({ signal }): Promise<Drawn> => {
      // Bars of days begin at the reader's midnight.
      const utc_offset_minutes = -new Date().getTimezoneOffset();
      const ask = (start?: string) =>
        get<HistogramAnswer>("/histogram", { filter, start, buckets, utc_offset_minutes }, signal);
      if (lengthMs !== null) {
        const start = BigInt(Date.now() - lengthMs) * 1_000_000n;
        return { answer: await ask(start.toString()), earlier: 0 };
      }
      let drawn: Drawn = { answer: await ask(), earlier: 0 };
      for (let tries = 1; tries < TRIES; tries++) {
        const { buckets } = drawn.answer;
        // A scan that ran out of time has seen the newest runs only: what is empty may not be.
        const first = drawn.answer.scanned ? 0 : denseFrom(buckets);
        if (first === 0) break;
        const left = buckets.slice(0, first).reduce((sum, bucket) => sum + bucket.count, 0);
        drawn = { answer: await ask(buckets[first]!.start_nanos), earlier: drawn.earlier + left };
      }
      return drawn;
    },
    enabled: filter !== null,
    placeholderData: keepPreviousData,
    staleTime: 10_000,
    retry: false,
  });
  const good = useLastGood(query.data);
  const data = query.data ?? (filter === null ? undefined : good.current);
  return {
    data,
    stale: query.isPlaceholderData || query.isError,
    pending: query.isPending && filter !== null,
    failed: query.isError,
    /** When it was read, milliseconds since 1970. */
    atMs: query.dataUpdatedAt,
  };
}

/** What came last, through the errors after it. */
function useLastGood<T>(data: T | undefined): { current: T | undefined } {
  const good = useRef(data);
  useEffect(() => {
    if (data !== undefined) good.current = data;
  }, [data]);
  return good;
}
