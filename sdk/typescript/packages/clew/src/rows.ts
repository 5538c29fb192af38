/** Shapes of answers: the members that are looked at most. All others are there too (docs/api.md, the OpenAPI document). */

/** Tokens; null is "nobody said it", which is not 0. */
export interface UsageRow {
  input: number | null;
  output: number | null;
  total: number | null;
  cache_read: number | null;
  cache_write: number | null;
  reasoning: number | null;
  [member: string]: unknown;
}

/** Money: decimal text in USD. */
export interface CostRow {
  total: string | null;
  [member: string]: unknown;
}

/** A run. Instants are nanoseconds since 1970 as text, durations numbers of nanoseconds. */
export interface TraceRow {
  trace_id: string;
  name: string | null;
  agent: { id: string | null; name: string | null } | null;
  session_id: string | null;
  user_id: string | null;
  status: string;
  root_status: string;
  state: string;
  start_nanos: string;
  duration_nanos: number | null;
  span_count: number;
  error_count: number;
  models: string[];
  usage: UsageRow;
  cost: CostRow;
  [member: string]: unknown;
}

/** A span. */
export interface SpanRow {
  span_id: string;
  parent_span_id: string | null;
  name: string;
  kind: string | null;
  category: string;
  status: string;
  model: string | null;
  usage: UsageRow | null;
  cost: CostRow | null;
  [member: string]: unknown;
}

/** A span with what it said. */
export interface SpanDetail {
  span: SpanRow;
  content: Record<string, unknown>;
  attributes: Record<string, unknown>;
  [member: string]: unknown;
}

/** A conversation. */
export interface SessionRow {
  session_id: string;
  user_id: string | null;
  trace_count: number;
  usage: UsageRow;
  cost: CostRow;
  [member: string]: unknown;
}

/** A place where a text stands. */
export interface SearchHit {
  trace_id: string;
  span_id: string | null;
  snippet: string;
  [member: string]: unknown;
}

/** What a label is about. */
export interface LabelTarget {
  traceId?: string | undefined;
  /** With `traceId`. */
  spanId?: string | undefined;
  /** Alone. */
  sessionId?: string | undefined;
}

/** A verdict. */
export interface Label {
  id?: string | number;
  name: string;
  value?: string;
  score?: number;
  [member: string]: unknown;
}

/** What every list says beside its rows. */
export interface Page {
  next_cursor: string | null;
  total?: number;
  total_is?: "exact" | "at_least";
  scanned?: { rows: number; of: number } | null;
}
