/**
 * The detail of the selected span, and of no other: asked for when the reader stays on it, given up when the reader
 * moves on, kept for the last few. A span that is open or that changed is asked for again.
 */

import { useEffect, useRef, useState } from "react";
import { get } from "@/api/client";
import { FLAG, has, type Skeleton, spanId } from "@/trace/skeleton";
import type { Detail } from "./detail";

/** Texts are cut at so many characters; the rest comes when asked for. */
export const TEXT_MAX_CHARS = 65_536;
/** While the reader walks from span to span nothing is asked for. */
const WALKING_MS = 80;
/** Details kept. */
const KEPT_MAX = 12;

const kept = new Map<string, Detail>();

function keep(key: string, detail: Detail): void {
  kept.delete(key);
  kept.set(key, detail);
  if (kept.size > KEPT_MAX) kept.delete(kept.keys().next().value!);
}

/** Names a span in the state that the skeleton shows; another state is another detail. */
function keyOf(run: Skeleton, span: number): string {
  const state = has(run, span, FLAG.open)
    ? run.commitSeq
    : [
        run.status[span],
        run.flags[span],
        run.duration[span],
        run.inputBytes[span],
        run.outputBytes[span],
      ].join();
  return `${run.trace.trace_id}/${spanId(run, span)}/${state}/${run.trace.labels.length}`;
}

export interface Loading {
  /** Of this span; while a newer state of it is on its way, the one before. */
  detail: Detail | null;
  error: unknown;
  retry: () => void;
}

export function useDetail(run: Skeleton, span: number): Loading {
  const key = span < 0 ? "" : keyOf(run, span);
  const id = span < 0 ? "" : spanId(run, span);
  const traceId = run.trace.trace_id;
  const [answer, setAnswer] = useState<{ id: string; detail: Detail } | null>(null);
  const [failure, setFailure] = useState<{ key: string; error: unknown } | null>(null);
  const [attempt, setAttempt] = useState(0);
  const changed = useRef(0);
  const known = kept.get(key);

  useEffect(() => {
    const walking = performance.now() - changed.current < WALKING_MS * 3;
    changed.current = performance.now();
    if (key === "" || kept.has(key)) return;
    const abort = new AbortController();
    const timer = setTimeout(
      () => {
        const path = `/traces/${encodeURIComponent(traceId)}/spans/${id}`;
        get<Detail>(path, { text_max: TEXT_MAX_CHARS }, abort.signal).then(
          (detail) => {
            keep(key, detail);
            setAnswer({ id, detail });
          },
          (error: unknown) => {
            if (!abort.signal.aborted) setFailure({ key, error });
          },
        );
      },
      walking ? WALKING_MS : 0,
    );
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [key, id, traceId, attempt]);

  useEffect(() => {
    if (known) setAnswer({ id, detail: known });
  }, [known, id]);

  return {
    detail: known ?? (answer?.id === id ? answer.detail : null),
    error: failure?.key === key ? failure.error : null,
    retry: () => {
      setFailure(null);
      setAttempt((times) => times + 1);
    },
  };
}
