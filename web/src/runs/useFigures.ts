/** The numbers beside a list: sums of the runs under the same filter and range, and how they lie in time. */

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { get } from "@/api/client";
import type { Figures, Stats } from "@/api/schema";

/** Sums as the server gives them; the counts of spans came later than the rest. */
export type RunFigures = Figures & { span_count?: number; span_error_count?: number; live_count?: number };

/** Sums of the runs that meet a filter; null asks nothing. After an error the last good ones stay, `stale`. */
export function useFigures(filter: string | null) {
  const query = useQuery({
    queryKey: ["stats", filter],
    queryFn: async ({ signal }) => {
      const stats = await get<Stats>("/stats", { filter }, signal);
      return { figures: stats.total as RunFigures, partial: stats.scanned !== null };
    },
    enabled: filter !== null,
    placeholderData: keepPreviousData,
    staleTime: 5_000,
    retry: false,
  });
  const good = useRef(query.data);
  useEffect(() => {
    if (query.data) good.current = query.data;
  }, [query.data]);
  const data = query.data ?? (filter === null ? undefined : good.current);
  return { data, stale: query.isPlaceholderData || query.isError };
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
}

/** Runs by start; null asks nothing. `lengthMs` null covers all time. */
export function useHistogram(filter: string | null, lengthMs: number | null, buckets: number) {
  return useQuery({
    queryKey: ["histogram", filter, lengthMs, buckets],
    queryFn: ({ signal }) => {
      const now = BigInt(Date.now()) * 1_000_000n;
      const start = lengthMs === null ? undefined : (now - BigInt(lengthMs) * 1_000_000n).toString();
      const end = lengthMs === null ? undefined : now.toString();
      // Bars of days begin at the reader's midnight.
      const utc_offset_minutes = -new Date().getTimezoneOffset();
      return get<HistogramAnswer>("/histogram", { filter, start, end, buckets, utc_offset_minutes }, signal);
    },
    enabled: filter !== null,
    placeholderData: keepPreviousData,
    staleTime: 10_000,
    retry: false,
  });
}
