/**
 * A list in pages by key: the first page with one request, more while the reader scrolls, old rows kept until new ones
 * are there. Rows are patched in place as the live stream tells of them.
 */

import { type InfiniteData, keepPreviousData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef } from "react";
import { get } from "@/api/client";
import type { Hint, ResolvedTime, Scanned } from "@/api/schema";

/** Rows of the first page: a screen full, at once. */
export const PAGE = 50;
/** Rows of each further page. */
const MORE = 150;

/** One page, whatever its rows are. */
export interface ListPage<Row> {
  rows: Row[];
  next: string | null;
  total: number | null;
  totalIs: string | null;
  scanned: Scanned | null;
  hints: Hint[];
  resolved: ResolvedTime[];
  /** As many rows as were asked for: a scan did not run out of time. */
  full: boolean;
  /** Milliseconds until the answer was there. */
  tookMs: number;
}

/** Which list. */
export interface Source {
  path: "/traces" | "/spans" | "/sessions";
  /** Name of the rows in the answer. */
  rows: "traces" | "spans" | "sessions";
}

type Pages<Row> = InfiniteData<ListPage<Row>, string | null>;

async function page<Row>(
  source: Source,
  filter: string,
  sort: string | undefined,
  cursor: string | null,
  signal: AbortSignal,
): Promise<ListPage<Row>> {
  const began = performance.now();
  const limit = cursor ? MORE : PAGE;
  const answer = await get<Record<string, unknown>>(source.path, { filter, sort, limit, cursor }, signal);
  const rows = answer[source.rows] as Row[];
  return {
    rows,
    full: rows.length >= limit,
    next: (answer.next_cursor as string | null) ?? null,
    total: (answer.total as number | null) ?? null,
    totalIs: (answer.total_is as string | null) ?? null,
    scanned: (answer.scanned as Scanned | null) ?? null,
    hints: (answer.hints as Hint[] | undefined) ?? [],
    resolved: (answer.resolved as ResolvedTime[] | undefined) ?? [],
    tookMs: performance.now() - began,
  };
}

export interface List<Row> {
  rows: readonly Row[];
  /** The best that any page knew. */
  total: number | null;
  totalIs: string | null;
  scanned: Scanned | null;
  hints: readonly Hint[];
  tookMs: number | null;
  /** Nothing has ever come. */
  loading: boolean;
  /** The rows that are shown are of another question. */
  stale: boolean;
  /** Rows for this question are on their way, while others are shown. */
  coming: boolean;
  error: unknown;
  hasMore: boolean;
  loadingMore: boolean;
  more: () => void;
  /** The next page did not come: asking again is the reader's choice. */
  moreFailed: boolean;
  /** The scan stopped before it had a page full: going on is the reader's choice. */
  stopped: boolean;
  /** Reads the first page anew; the rows stay until it is there. */
  renew: () => Promise<void>;
  /** Changes the rows that are loaded. */
  patch: (change: (rows: Row[]) => Row[]) => void;
  /** Puts a row before all others and counts it. */
  prepend: (row: Row) => void;
  /** The rows of the first page as they are now, without showing them. */
  head: () => Promise<readonly Row[]>;
}

export function useList<Row>(source: Source, filter: string, sort: string | undefined): List<Row> {
  const client = useQueryClient();
  const key = useMemo(() => ["list", source.path, filter, sort ?? ""], [source.path, filter, sort]);
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => page<Row>(source, filter, sort, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
    staleTime: 15_000,
    gcTime: 120_000,
  });
  // An error takes the data of the question before away; the rows that were true stay in sight.
  const good = useRef<Pages<Row> | undefined>(undefined);
  useEffect(() => {
    if (query.data) good.current = query.data as Pages<Row>;
  }, [query.data]);
  const data = query.data ?? (query.error ? good.current : undefined);
  const rows = useMemo(() => data?.pages.flatMap((one) => one.rows) ?? [], [data]);
  const last = data?.pages.at(-1);
  const { fetchNextPage, hasNextPage, isFetchingNextPage, isPlaceholderData } = query;
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage && !isPlaceholderData) void fetchNextPage();
  }, [fetchNextPage, hasNextPage, isFetchingNextPage, isPlaceholderData]);

  const fetchFirst = useCallback(
    () => page<Row>(source, filter, sort, null, new AbortController().signal),
    [source, filter, sort],
  );
  const head = useCallback(async () => (await fetchFirst()).rows, [fetchFirst]);
  const renew = useCallback(async () => {
    await client.cancelQueries({ queryKey: key });
    const first = await fetchFirst();
    client.setQueryData<Pages<Row>>(key, { pages: [first], pageParams: [null] });
  }, [client, key, fetchFirst]);

  const patch = useCallback(
    (change: (rows: Row[]) => Row[]) => {
      client.setQueryData<Pages<Row>>(key, (before) => {
        if (!before) return before;
        const pages = before.pages.map((one) => {
          const rows = change(one.rows);
          return rows === one.rows ? one : { ...one, rows };
        });
        return pages.every((one, at) => one === before.pages[at]) ? before : { ...before, pages };
      });
    },
    [client, key],
  );

  const prepend = useCallback(
    (row: Row) => {
      client.setQueryData<Pages<Row>>(key, (before) => {
        if (!before) return before;
        const counted = before.pages.map((one) => ({
          ...one,
          total: one.total === null ? null : one.total + 1,
        }));
        const [first, ...rest] = counted;
        return { ...before, pages: first ? [{ ...first, rows: [row, ...first.rows] }, ...rest] : counted };
      });
    },
    [client, key],
  );

  return {
    rows,
    ...totalOf(data?.pages ?? []),
    scanned: last?.scanned ?? null,
    hints: data?.pages[0]?.hints ?? [],
    tookMs: data?.pages[0]?.tookMs ?? null,
    loading: query.isPending && !data,
    stale: query.isPlaceholderData || (query.isError && !query.isFetchNextPageError && data !== undefined),
    coming: query.isPlaceholderData,
    error: query.isFetchNextPageError ? null : query.error,
    hasMore: hasNextPage && !isPlaceholderData,
    loadingMore: isFetchingNextPage,
    more,
    stopped: last !== undefined && last.scanned !== null && last.next !== null && !last.full,
    moreFailed: query.isFetchNextPageError,
    renew,
    patch,
    prepend,
    head,
  };
}

/** Pages count as far as their time lets them: an exact total of any holds, else the largest. */
function totalOf(pages: readonly ListPage<unknown>[]): { total: number | null; totalIs: string | null } {
  const exact = pages.find((one) => one.totalIs === "exact" && one.total !== null);
  if (exact) return { total: exact.total, totalIs: "exact" };
  const known = pages.flatMap((one) => one.total ?? []);
  return known.length === 0
    ? { total: null, totalIs: null }
    : { total: Math.max(...known), totalIs: "at_least" };
}
