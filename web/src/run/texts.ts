/**
 * Texts of the spans that are on screen: fetched in batches, cancelled when they leave it, kept per state of the run.
 * A span that has ended never changes, so its texts are kept for as long as the page lives.
 */

import { useEffect, useMemo, useState } from "react";
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
const SETTLE_MS = 30;
/** The server did not answer: later, and later each time. */
const RETRY_MS = 1_000;
const RETRY_MAX_MS = 30_000;
/** Texts kept over all runs; the oldest go first. */
const KEPT_MAX = 20_000;

interface Kept {
  text: SpanText;
  /** The run's state it was read at; for a span that had ended, all later ones. */
  until: number;
}
const kept = new Map<string, Kept>();

function keyOf(run: Skeleton, span: number): string {
  return run.trace.trace_id + spanId(run, span);
}

/** The last known text of a span. Of an open span it may be older than the run. */
export function knownText(run: Skeleton, span: number): SpanText | undefined {
  return kept.get(keyOf(run, span))?.text;
}

function isFresh(run: Skeleton, span: number): boolean {
  const found = kept.get(keyOf(run, span));
  return found !== undefined && found.until >= run.commitSeq;
}

/** Asks for what is on screen, one batch at a time. */
class Loader {
  private run: Skeleton | null = null;
  private missing: readonly number[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private underway: { spans: ReadonlySet<number>; run: Skeleton; abort: AbortController } | null = null;
  private failures = 0;

  constructor(private readonly arrived: () => void) {}

  /** These are on screen and not there. What is underway goes on as long as some of it is still wanted. */
  want(run: Skeleton, missing: readonly number[]): void {
    this.run = run;
    this.missing = missing;
    const { underway } = this;
    if (underway) {
      if (underway.run === run && missing.some((span) => underway.spans.has(span))) return;
      underway.abort.abort();
      this.underway = null;
    }
    clearTimeout(this.timer);
    if (missing.length === 0) return;
    const wait = this.failures === 0 ? SETTLE_MS : Math.min(RETRY_MAX_MS, RETRY_MS * 2 ** this.failures);
    this.timer = setTimeout(() => void this.fetch(), wait);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.underway?.abort.abort();
    this.underway = null;
  }

  private async fetch(): Promise<void> {
    const { run } = this;
    if (!run) return;
    const spans = this.missing.slice(0, BATCH_MAX);
    const underway = { spans: new Set(spans), run, abort: new AbortController() };
    this.underway = underway;
    try {
      await fetchTexts(run, spans, underway.abort.signal);
      this.failures = 0;
    } catch {
      if (underway.abort.signal.aborted) return;
      this.failures++;
    }
    this.underway = null;
    this.arrived();
  }
}

async function fetchTexts(run: Skeleton, spans: readonly number[], signal: AbortSignal): Promise<void> {
  const ids = spans.map((span) => spanId(run, span));
  const path = `/traces/${run.trace.trace_id}/texts`;
  const answer = await send<{ texts: SpanText[] }>("POST", path, { span_ids: ids }, {}, signal);
  const byId = new Map(answer.texts.map((text) => [text.span_id, text]));
  spans.forEach((span, at) => {
    const text = byId.get(ids[at]!) ?? { ...NONE, span_id: ids[at]! };
    kept.set(keyOf(run, span), { text, until: has(run, span, FLAG.open) ? run.commitSeq : Infinity });
  });
  for (const oldest of kept.keys()) {
    if (kept.size <= KEPT_MAX) break;
    kept.delete(oldest);
  }
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

/**
 * The texts that are there of these spans, by their places; asks for the others. A new map when texts arrived.
 * Pass what is on screen only.
 */
export function useTexts(run: Skeleton, spans: readonly number[]): ReadonlyMap<number, SpanText> {
  const [version, setVersion] = useState(0);
  const [loader] = useState(() => new Loader(() => setVersion((times) => times + 1)));
  const wanted = spans.join();
  useEffect(() => {
    const all = wanted === "" ? [] : wanted.split(",").map(Number);
    loader.want(
      run,
      all.filter((span) => span < run.count && !isFresh(run, span)),
    );
  }, [loader, run, wanted, version]);
  useEffect(() => () => loader.stop(), [loader]);
  return useMemo(() => {
    const found = new Map<number, SpanText>();
    for (const span of wanted === "" ? [] : wanted.split(",").map(Number)) {
      const text = span < run.count ? knownText(run, span) : undefined;
      if (text) found.set(span, text);
    }
    return found;
    // `version`: the kept texts changed.
  }, [run, wanted, version]);
}
