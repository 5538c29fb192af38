/** What a user hands over. */

import type { SpanPlace } from "./traceparent.js";

/** Named values of a span. Objects are kept as they are at the moment of the call. */
export type Attributes = Record<string, unknown>;

/** A point in time: a `Date`, milliseconds since 1970, or ISO text. */
export type Time = Date | number | string;

/** The kinds that Clew knows by name; every other word is shown as it is. */
export type SpanKind =
  | "step"
  | "llm"
  | "tool"
  | "agent"
  | "retrieval"
  | "delegation"
  | "pre_hook"
  | "post_hook"
  | "embedding"
  | (string & {});

/** What a run and a span can both say. */
export interface CommonOptions {
  /** What went in: text or anything that JSON can hold. */
  input?: unknown;
  /** What is known when it begins. */
  data?: Attributes | undefined;
  /** Free fields, shown apart from the data. */
  metadata?: Attributes | undefined;
  tags?: string[] | undefined;
  /** The conversation that it belongs to. */
  sessionId?: string | undefined;
  /** Who talked. */
  userId?: string | undefined;
  agentId?: string | undefined;
  agentName?: string | undefined;
  /** When it began, where that was not now. */
  startTime?: Time | undefined;
}

/** How a span begins. */
export interface SpanOptions extends CommonOptions {
  /** `step` where nobody says. */
  kind?: SpanKind | undefined;
  /** An id of the caller's own, up to 512 bytes; the same id again is the same span. */
  id?: string | undefined;
}

/** How a run begins. */
export interface RunOptions extends CommonOptions {
  /** An id of the caller's own; a UUID or 32 hex digits are the trace id as they stand. */
  runId?: string | undefined;
  /** What the run is called; its agent where nobody says. */
  name?: string | undefined;
  /**
   * Under what the run stands: the place of another process's span, or `false` for a trace of its own. Where nobody
   * says it stands under what is current, else alone.
   */
  parent?: SpanPlace | false | undefined;
}

/** How a span, or a run, ends. */
export interface EndOptions {
  /** What came out. */
  output?: unknown;
  /** When it ended, where that was not now. */
  endTime?: Time | undefined;
}

/** What went wrong: whatever was thrown, a text, or its parts. */
export type ErrorLike = unknown;

/** Tokens and money of a model call. */
export interface Usage {
  /** With cached ones. */
  input_tokens?: number | undefined;
  /** With reasoning. */
  output_tokens?: number | undefined;
  total_tokens?: number | undefined;
  cached_tokens?: number | undefined;
  cache_write_tokens?: number | undefined;
  reasoning_tokens?: number | undefined;
  /** In USD, where the provider said it. */
  cost?: number | undefined;
  /** Milliseconds to the first token. */
  ttft_ms?: number | undefined;
}

/** A record just before it is sent. */
export interface OutgoingRecord {
  /** What it is. */
  record: "start" | "span" | "event" | "complete" | "fail";
  /** The run that it is of. */
  run_id: string;
  /** Its fields, as in docs/agentos-calls.md. */
  fields: Record<string, unknown>;
}

/** Changes a record before it leaves the process, or drops it by returning null. */
export type Redact = (record: OutgoingRecord) => OutgoingRecord | null | undefined;
