/**
 * A run's skeleton from the server, kept while it is open: asked for again by its version (304 costs nothing), and
 * followed while it grows. What was loaded stays when a later request fails.
 */

import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { ApiError, get, request } from "@/api/client";
import { follow } from "@/api/live";
import type { Deleted, DeletedList } from "@/api/schema";
import { decodeSkeleton, type Skeleton } from "@/trace/skeleton";

/** A skeleton and how it came. */
export interface Loaded {
  run: Skeleton;
  etag: string | null;
  /** Milliseconds from the request to the decoded answer. */
  tookMs: number;
  /** When, milliseconds since 1970. */
  atMs: number;
}

/** A growing run is asked for anew at most this often, or after ten times what the last answer took. */
const PAUSE_MIN_MS = 500;
const PAUSE_FACTOR = 10;
/** Quiet and abandoned are a matter of time passing: no event tells them. */
const STATE_EVERY_MS = 15_000;
/** A run that was done this long ago is no longer followed. */
const FOLLOWED_AFTER_MS = 10 * 60_000;

/** Milliseconds to wait after a load of a growing run. */
export function pauseAfter(tookMs: number): number {
  return Math.max(PAUSE_MIN_MS, PAUSE_FACTOR * tookMs);
}

const keyOf = (traceId: string) => ["run", traceId, "skeleton"];

async function load(client: QueryClient, traceId: string, signal: AbortSignal): Promise<Loaded> {
  const known = client.getQueryData<Loaded>(keyOf(traceId));
  const began = performance.now();
  const response = await request("GET", `/traces/${encodeURIComponent(traceId)}/skeleton`, {
    signal,
    headers: known?.etag ? { "If-None-Match": known.etag } : {},
  });
  if (response.status === 304 && known) return { ...known, atMs: Date.now() };
  const run = decodeSkeleton(await response.arrayBuffer());
  return {
    run,
    etag: response.headers.get("etag"),
    tookMs: performance.now() - began,
    atMs: Date.now(),
  };
}

/** The run, and how to ask for it again. `paused` stops following. */
export function useRunLoad(traceId: string, paused: boolean) {
  const client = useQueryClient();
  const [deletedNow, setDeletedNow] = useState(false);
  const query = useQuery({
    queryKey: keyOf(traceId),
    queryFn: ({ signal }) => load(client, traceId, signal),
    staleTime: Infinity,
    gcTime: 30_000,
    // Columns are compared by their version, not element by element.
    structuralSharing: false,
    refetchOnMount: "always",
  });
  const { refetch, data } = query;
  const reload = usePaced(
    useCallback(async () => {
      await refetch({ cancelRefetch: false });
      return client.getQueryData<Loaded>(keyOf(traceId))?.tookMs ?? 0;
    }, [refetch, client, traceId]),
  );
  const trace = data?.run.trace;
  const done =
    trace?.state === "done" && Number(trace.last_arrival_nanos) / 1e6 < Date.now() - FOLLOWED_AFTER_MS;
  const wanted = trace !== undefined && !done && !paused && !deletedNow;
  useEffect(() => {
    if (!wanted) return;
    const stop = follow(
      `/traces/${encodeURIComponent(traceId)}/live`,
      {},
      {
        onEvent: (name) => (name === "deleted" ? setDeletedNow(true) : reload()),
      },
    );
    const timer = setInterval(reload, STATE_EVERY_MS);
    return () => {
      stop();
      clearInterval(timer);
    };
  }, [wanted, traceId, reload]);
  const error = query.error;
  const gone = deletedNow || (error instanceof ApiError && error.notFound);
  return { loaded: gone ? undefined : data, gone, error, loading: query.isPending, reload };
}

/** Runs a load at once, and then again for whatever asked meanwhile, never more often than `pauseAfter` says. */
function usePaced(run: () => Promise<number>): () => void {
  const state = useRef<{ busy: boolean; again: boolean; timer?: ReturnType<typeof setTimeout> }>({
    busy: false,
    again: false,
  });
  useEffect(() => () => clearTimeout(state.current.timer), []);
  return useCallback(() => {
    const paced = state.current;
    if (paced.busy) {
      paced.again = true;
      return;
    }
    const go = async () => {
      paced.busy = true;
      paced.again = false;
      const tookMs = await run().catch(() => 0);
      paced.timer = setTimeout(() => {
        paced.busy = false;
        if (paced.again) void go();
      }, pauseAfter(tookMs));
    };
    void go();
  }, [run]);
}

/** What the server remembers of a deleted run; null where it never knew it. */
export function useDeleted(traceId: string) {
  return useQuery({
    queryKey: ["run", traceId, "deleted"],
    queryFn: async ({ signal }): Promise<Deleted | null> => {
      const answer = await get<DeletedList>("/deleted", { trace_id: traceId }, signal);
      return answer.deleted[0] ?? null;
    },
  });
}
