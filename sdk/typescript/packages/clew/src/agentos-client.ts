/** Reading by the routes of agno's AgentOS, in the words of its documents. */

import { configOf } from "./config.js";
import type { ClewOptions, Config } from "./config.js";
import { askServer } from "./reader.js";
import { HttpTransport } from "./transport.js";
import type { Transport } from "./transport.js";

/** What traces are asked for; ISO text for times. */
export interface TraceQuery {
  run_id?: string | undefined;
  session_id?: string | undefined;
  user_id?: string | undefined;
  agent_id?: string | undefined;
  team_id?: string | undefined;
  workflow_id?: string | undefined;
  status?: "OK" | "ERROR" | undefined;
  start_time?: string | undefined;
  end_time?: string | undefined;
  sort_by?: string | undefined;
  sort_order?: "asc" | "desc" | undefined;
  page?: number | undefined;
  limit?: number | undefined;
}

/** A run in a list. Absent is not null: a member that nobody said is not there. */
export interface TraceSummary {
  trace_id: string;
  name: string;
  status: string;
  /** As agno writes it, like `549ms` or `61.23s`. */
  duration: string;
  /** The same in milliseconds, from start to end. */
  duration_ms: number;
  start_time: string;
  end_time: string;
  total_spans: number;
  error_count: number;
  input?: string;
  run_id?: string;
  session_id?: string;
  user_id?: string;
  agent_id?: string;
  team_id?: string;
  workflow_id?: string;
  created_at: string;
}

/** A span of a tree; its children are `spans`. */
export interface TraceNode {
  id: string;
  name: string;
  type: string;
  duration: string;
  start_time: string;
  end_time: string;
  status: string;
  input?: string;
  output?: string;
  error?: string;
  spans?: TraceNode[];
  metadata?: Record<string, unknown>;
}

/** A run with its spans. */
export interface TraceDetail extends TraceSummary {
  output?: string;
  error?: string;
  /** The spans as they stand under each other. */
  tree: TraceNode[];
  /** The same one after the other, each before its children. */
  spans: TraceNode[];
  /** Input and output of all model calls; absent where none said any. */
  total_tokens?: number;
}

/** What is known of a session. */
export interface SessionStats {
  session_id: string;
  user_id?: string;
  agent_id?: string;
  total_traces: number;
  first_trace_at: string;
  last_trace_at: string;
}

/** A page of a list. */
export interface Paged<Row> {
  data: Row[];
  meta: { page: number; limit: number; total_pages: number; total_count: number; search_time_ms: number };
}

/** A condition of a search, like `{ op: "EQ", key: "status", value: "ERROR" }`. */
export type FilterExpression = Record<string, unknown>;

/** agno's client, for a Clew or for an agno server. What is refused throws `ClewError`. */
export class AgentOSClient {
  private readonly config: Config;
  private readonly transport: Transport;

  constructor(options: Pick<ClewOptions, "baseUrl" | "apiKey" | "workspace" | "timeout" | "transport"> = {}) {
    this.config = configOf(options);
    this.transport = options.transport ?? new HttpTransport(this.config);
  }

  /** A page of runs, the newest first. */
  async listTraces(query: TraceQuery = {}): Promise<Paged<TraceSummary>> {
    const page = (await this.ask("GET", "/traces", { ...query })) as Paged<TraceSummary>;
    return { ...page, data: page.data.map(withLength) };
  }

  /** One run as a tree and as a list. */
  async getTrace(traceId: string): Promise<TraceDetail> {
    const detail = await this.ask("GET", `/traces/${encodeURIComponent(traceId)}`, {});
    return withSpans(detail as TraceDetail);
  }

  /** One span of a run. */
  async getSpan(traceId: string, spanId: string): Promise<TraceNode> {
    const path = `/traces/${encodeURIComponent(traceId)}`;
    return (await this.ask("GET", path, { span_id: spanId })) as TraceNode;
  }

  /** Sessions with their number of runs. */
  async getTraceSessionStats(
    query: Omit<TraceQuery, "run_id" | "session_id" | "status"> = {},
  ): Promise<Paged<SessionStats>> {
    return (await this.ask("GET", "/trace_session_stats", { ...query })) as Paged<SessionStats>;
  }

  /** Runs that meet an expression, as trees. */
  async searchTraces(
    filter: FilterExpression | null,
    options: { page?: number; limit?: number } = {},
  ): Promise<Paged<TraceDetail>> {
    const body = { filter, group_by: "run", page: 1, limit: 20, ...options };
    const page = (await this.ask("POST", "/traces/search", {}, body)) as Paged<TraceDetail>;
    return { ...page, data: page.data.map(withSpans) };
  }

  /** Sessions of runs that meet an expression. */
  async searchSessions(
    filter: FilterExpression | null,
    options: { page?: number; limit?: number } = {},
  ): Promise<Paged<SessionStats>> {
    const body = { filter, group_by: "session", page: 1, limit: 20, ...options };
    return (await this.ask("POST", "/traces/search", {}, body)) as Paged<SessionStats>;
  }

  /** What an expression may ask for. */
  async getFilterSchema(): Promise<Record<string, unknown>> {
    return (await this.ask("GET", "/traces/filter-schema", {})) as Record<string, unknown>;
  }

  /** What the server says about itself. */
  async getConfig(): Promise<Record<string, unknown>> {
    return (await this.ask("GET", "/config", {})) as Record<string, unknown>;
  }

  private ask(
    method: "GET" | "POST",
    path: string,
    query: Record<string, string | number | undefined>,
    body?: unknown,
  ): Promise<unknown> {
    return askServer(this.config, this.transport, method, path, query, body);
  }
}

function withLength<Row extends TraceSummary>(row: Row): Row {
  const length = Date.parse(row.end_time) - Date.parse(row.start_time);
  return { ...row, duration_ms: Number.isFinite(length) ? length : 0 };
}

function withSpans(detail: TraceDetail): TraceDetail {
  const spans: TraceNode[] = [];
  const waiting = [...(detail.tree ?? [])].reverse();
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    spans.push(node);
    waiting.push(...[...(node.spans ?? [])].reverse());
  }
  const tokens = tokensOf(detail.tree ?? []);
  return { ...withLength(detail), spans, ...(tokens === undefined ? {} : { total_tokens: tokens }) };
}

/** A root carries the sum of its model calls. */
function tokensOf(roots: TraceNode[]): number | undefined {
  const counts = roots
    .flatMap(({ metadata }) => [metadata?.["total_input_tokens"], metadata?.["total_output_tokens"]])
    .filter((count): count is number => typeof count === "number");
  return counts.length === 0 ? undefined : counts.reduce((sum, count) => sum + count, 0);
}
