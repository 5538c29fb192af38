/**
 * Texts of the spans that are on screen: fetched in batches, cancelled when they leave it, kept per state of the run.
 * A span that has ended never changes, so its texts are kept for as long as the page lives.
 */

import { useEffect, useRef, useState } from "react";
import { send } from "@/api/client";
import { FLAG, has, type Skeleton, spanId } from "@/trace/skeleton";

/** A text of a span, cut by the server; `chars` is its whole length. */
export interface Text {
  text: string;
  chars: number;
}

/** A tool call that a model asked for. */
export interface TextCall {
  id: string | null;
  name: string | null;
  arguments: string;
  chars: number;
}

/** What the transcript shows of a span: `POST /traces/{id}/texts`. */
export interface SpanText {
  span_id: string;
  /** The person's words that are new in this model call. */
  user: Text | null;
  system: Text | null;
  thinking: Text | null;
  text: Text | null;
  calls: TextCall[];
  /** Input of a tool, an agent, a step. */
  arguments: Text | null;
  result: Text | null;
  media: { role: string; modality: string; mime_type: string | null }[];
}

/** Spans a request asks for at most. */
const BATCH_MAX = 200;
/** Rows that fly past while scrolling are not asked for. */
const SETTLE_MS = 40;
/** Kept texts over all runs; the oldest go first. */
const KEPT_MAX = 20_000;

const kept = new Map<string, SpanText>();

function keyOf(run: Skeleton, span: number): string {
  const state = has(run, span, FLAG.open) ? run.commitSeq : 0;
  return `${run.trace.trace_id}/${spanId(run, span)}/${state}`;
}

function keep(key: string, text: SpanText): void {
  kept.set(key, text);
  if (kept.size > KEPT_MAX) kept.delete(kept.keys().next().value!);
}

/** The texts that are there of these spans; asks for the others. Spans that the server does not know have none. */
export function useTexts(run: Skeleton, spans: readonly number[]): ReadonlyMap<number, SpanText> {
  const [, arrived] = useState(0);
  const failures = useRef(0);
  const missing = spans.filter((span) => !kept.has(keyOf(run, span)));
  const wanted = missing.join();
  useEffect(() => {
    if (wanted === "") return;
    const abort = new AbortController();
    const timer = setTimeout(
      () => {
        const batch = wanted.split(",").map(Number).slice(0, BATCH_MAX);
        fetchTexts(run, batch, abort.signal).then(
          () => {
            failures.current = 0;
            arrived((times) => times + 1);
          },
          () => {
            if (abort.signal.aborted) return;
            // The server is away or busy: later, and later each time.
            failures.current++;
            arrived((times) => times + 1);
          },
        );
      },
      failures.current === 0 ? SETTLE_MS : Math.min(30_000, 1_000 * 2 ** failures.current),
    );
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
    // `failures` makes a refused batch be tried again.
  }, [run, wanted, failures.current]);
  const found = new Map<number, SpanText>();
  for (const span of spans) {
    const text = textOf(run, span);
    if (text) found.set(span, text);
  }
  return found;
}

/** The text of a span if it was fetched; an open span's last known one until its new one is there. */
function textOf(run: Skeleton, span: number): SpanText | undefined {
  const now = kept.get(keyOf(run, span));
  if (now || !has(run, span, FLAG.open)) return now;
  return undefined;
}

async function fetchTexts(run: Skeleton, spans: number[], signal: AbortSignal): Promise<void> {
  const ids = spans.map((span) => spanId(run, span));
  const path = `/traces/${run.trace.trace_id}/texts`;
  const answer = await send<{ texts: SpanText[] }>("POST", path, { span_ids: ids }, {}, signal);
  const byId = new Map(answer.texts.map((text) => [text.span_id, text]));
  spans.forEach((span, at) => keep(keyOf(run, span), byId.get(ids[at]!) ?? { ...NONE, span_id: ids[at]! }));
}

const NONE: Omit<SpanText, "span_id"> = {
  user: null,
  system: null,
  thinking: null,
  text: null,
  calls: [],
  arguments: null,
  result: null,
  media: [],
};
