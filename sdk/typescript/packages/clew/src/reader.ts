/** Reading back what the server knows. Unlike recording, a question that cannot be answered throws `ClewError`. */

import { shownUrl } from "./config.js";
import type { Config } from "./config.js";
import { messageOf } from "./json.js";
import type {
  Label,
  LabelTarget,
  Page,
  SearchHit,
  SessionRow,
  SpanDetail,
  SpanRow,
  TraceRow,
} from "./rows.js";
import { accessHeaders } from "./transport.js";
import type { Answer, Transport } from "./transport.js";

/** A question that the server refused, or that did not reach it. */
export class ClewError extends Error {
  override readonly name = "ClewError";

  constructor(
    message: string,
    /** The HTTP status; 0 where no answer came. */
    readonly status: number,
    /** The server's word for it (docs/api.md, "Errors"). */
    readonly code: string,
    /** What was answered. */
    readonly body?: unknown,
  ) {
    super(message);
  }
}

/** What a list is asked for. */
export interface ListOptions {
  /** The filter language of docs/filters.md, like `agent:planner status:error`. */
  filter?: string | undefined;
  /** Up to four fields, `-` before one that falls. */
  sort?: string | undefined;
  limit?: number | undefined;
  /** `next_cursor` of the page before. */
  cursor?: string | undefined;
}

type Query = Record<string, string | number | boolean | undefined>;

/** Asks a Clew server. */
export class Reader {
  constructor(
    private readonly config: Pick<Config, "baseUrl" | "apiKey" | "workspace">,
    private readonly transport: Transport,
  ) {}

  /** A page of runs, the newest first unless `sort` says otherwise. */
  async list(options: ListOptions = {}): Promise<Page & { traces: TraceRow[] }> {
    return this.get("/traces", { ...options });
  }

  /** Every run that meets a filter, page by page. */
  async *iterate(options: ListOptions = {}): AsyncGenerator<TraceRow, void, undefined> {
    let cursor = options.cursor;
    do {
      const page = await this.list({ ...options, ...(cursor === undefined ? {} : { cursor }) });
      yield* page.traces;
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
  }

  /** A run with all its spans, in the order of its tree, without payloads. Takes the sender's own id too. */
  async open(traceId: string): Promise<{ trace: TraceRow; spans: SpanRow[] }> {
    const path = `/traces/${encodeURIComponent(traceId)}`;
    const first = await this.get<{ trace: TraceRow; spans: SpanRow[] } & Page>(path, {});
    const spans = [...first.spans];
    let cursor = first.next_cursor;
    while (cursor) {
      const next = await this.get<{ spans: SpanRow[] } & Page>(path, { cursor });
      spans.push(...next.spans);
      cursor = next.next_cursor;
    }
    return { trace: first.trace, spans };
  }

  /** One span with its messages, arguments and attributes. */
  async span(traceId: string, spanId: string): Promise<SpanDetail> {
    return this.get(`/traces/${encodeURIComponent(traceId)}/spans/${encodeURIComponent(spanId)}`, {});
  }

  /** A page of spans over all runs. */
  async spans(options: ListOptions = {}): Promise<Page & { spans: SpanRow[] }> {
    return this.get("/spans", { ...options });
  }

  /** Words, `"a phrase"` or `begin*` in names, ids, errors and texts. */
  async search(
    query: string,
    options: { limit?: number; cursor?: string } = {},
  ): Promise<Page & { hits: SearchHit[] }> {
    return this.get("/search", { q: query, ...options });
  }

  /** A page of conversations. */
  async sessions(options: ListOptions = {}): Promise<Page & { sessions: SessionRow[] }> {
    return this.get("/sessions", { ...options });
  }

  /** Sums by at most two of agent, model, tool, name, status, hour, day. */
  async stats(
    options: { groupBy?: string[]; filter?: string; limit?: number } = {},
  ): Promise<Record<string, unknown>> {
    const { groupBy, ...rest } = options;
    return this.get("/stats", { ...(groupBy ? { group_by: groupBy.join(",") } : {}), ...rest });
  }

  /** A verdict on a run, a span or a session. The same target, name and author again replaces it. */
  async putLabel(target: LabelTarget, label: Omit<Label, "id">): Promise<void> {
    const { traceId, spanId, sessionId } = target;
    const body = {
      ...(traceId === undefined ? {} : { trace_id: traceId }),
      ...(spanId === undefined ? {} : { span_id: spanId }),
      ...(sessionId === undefined ? {} : { session_id: sessionId }),
      ...label,
    };
    await this.ask("POST", "/labels", {}, body);
  }

  /** Labels, of one name where it is given. */
  async labels(
    options: { name?: string; limit?: number; cursor?: string } = {},
  ): Promise<Page & { labels: Label[] }> {
    return this.get("/labels", { ...options });
  }

  /** Takes a label back. */
  async deleteLabel(id: string | number): Promise<void> {
    await this.ask("DELETE", `/labels/${encodeURIComponent(String(id))}`, {});
  }

  /** Any other question under `/api/v1` (docs/api.md). */
  async get<T>(path: string, query: Query = {}): Promise<T> {
    return (await this.ask("GET", path, query)) as T;
  }

  private async ask(
    method: "GET" | "POST" | "DELETE",
    path: string,
    query: Query,
    body?: unknown,
  ): Promise<unknown> {
    return askServer(this.config, this.transport, method, `/api/v1${path}`, query, body);
  }
}

/** One question; what is refused throws. */
export async function askServer(
  config: Pick<Config, "baseUrl" | "apiKey" | "workspace">,
  transport: Transport,
  method: "GET" | "POST" | "DELETE",
  path: string,
  query: Query,
  body?: unknown,
  extraHeaders: Record<string, string> = {},
): Promise<unknown> {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined);
  const text = new URLSearchParams(
    pairs.map(([name, value]): [string, string] => [name, String(value)]),
  ).toString();
  const headers = {
    ...accessHeaders(config),
    ...(body === undefined ? {} : { "content-type": "application/json" }),
    accept: "application/json",
    ...extraHeaders,
  };
  const request = { method, path: text ? `${path}?${text}` : path, headers };
  const packed = body === undefined ? {} : { body: Buffer.from(JSON.stringify(body)) };
  let answer: Answer;
  try {
    answer = await transport.send({ ...request, ...packed });
  } catch (error) {
    throw new ClewError(`${shownUrl(config.baseUrl)} did not answer: ${messageOf(error)}`, 0, "unreachable");
  }
  const said = parsed(answer.body);
  if (answer.status >= 200 && answer.status < 300) return said;
  throw refusal(answer, said);
}

function parsed(text: string): unknown {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
}

function refusal(answer: Answer, said: unknown): ClewError {
  const { error, detail } = (typeof said === "object" && said !== null ? said : {}) as {
    error?: { code?: string; message?: string };
    detail?: unknown;
  };
  const message =
    error?.message ?? (typeof detail === "string" ? detail : undefined) ?? answer.body.slice(0, 200);
  return new ClewError(`${answer.status}: ${message}`, answer.status, error?.code ?? "refused", said);
}
