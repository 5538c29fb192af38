/** A test kit: runs are kept in memory, where a test looks at them. */

import { gunzipSync } from "node:zlib";
import { Clew } from "./client.js";
import type { ClewOptions } from "./config.js";
import type { Answer, Outgoing, Transport } from "./transport.js";
import type { Attributes } from "./types.js";

/** A span as the server would show it: all that was told of it, put together. */
export interface RecordedSpan {
  id: string;
  parentId: string | undefined;
  name: string;
  kind: string;
  /** `open` until it has ended. */
  status: "open" | "ok" | "error";
  /** Microseconds since 1970. */
  start: number;
  end: number | undefined;
  input: unknown;
  output: unknown;
  data: Attributes;
  endData: Attributes;
  error: { message: string; type?: string; stack?: string } | undefined;
  /** Every other field, by its name on the wire. */
  fields: Attributes;
}

/** A run with its spans, in the order in which they began. */
export interface RecordedRun {
  runId: string;
  status: "open" | "ok" | "error";
  start: Attributes;
  end: Attributes | undefined;
  spans: RecordedSpan[];
  events: Attributes[];
}

interface Told {
  run_id: string;
  start?: Attributes;
  spans?: Attributes[];
  events?: Attributes[];
  complete?: Attributes;
  fail?: Attributes;
}

/** What the server says where it takes everything. */
const TAKEN = '{"accepted":0,"rejected_count":0,"rejected":[]}';

/** A transport that keeps what it is given; a test may tell it what to answer. */
export class MemoryTransport implements Transport {
  /** Every request, in order. */
  readonly requests: Outgoing[] = [];
  /** Answers of the next requests; an `Error` is a request that did not arrive. Then everything is taken. */
  readonly answers: (Partial<Answer> | Error)[] = [];
  private readonly told: Told[] = [];

  send(request: Outgoing): Promise<Answer> {
    this.requests.push(request);
    const planned = this.answers.shift();
    if (planned instanceof Error) return Promise.reject(planned);
    const answer = { status: 200, headers: {}, body: TAKEN, ...planned };
    if (answer.status < 300 && request.body) this.take(request);
    return Promise.resolve(answer);
  }

  /** What was taken so far, run by run. */
  runs(): RecordedRun[] {
    const runs = new Map<string, RecordedRun>();
    for (const told of this.told) {
      const run = runs.get(told.run_id) ?? newRun(told.run_id);
      runs.set(told.run_id, run);
      addTo(run, told);
    }
    return [...runs.values()];
  }

  /** Forgets what was taken. */
  clear(): void {
    this.told.length = 0;
    this.requests.length = 0;
  }

  private take(request: Outgoing): void {
    const packed = request.headers["content-encoding"] === "gzip";
    const text = Buffer.from(packed ? gunzipSync(request.body!) : request.body!).toString("utf8");
    const body = JSON.parse(text) as { runs?: Told[] };
    this.told.push(...(body.runs ?? []));
  }
}

/** A client whose runs stay in memory. */
export class Recorded {
  readonly client: Clew;
  readonly transport = new MemoryTransport();

  constructor(options: Omit<ClewOptions, "transport"> = {}) {
    this.client = new Clew({ spool: false, disabled: false, ...options, transport: this.transport });
  }

  /** The runs so far. */
  async runs(): Promise<RecordedRun[]> {
    await this.client.flush();
    return this.transport.runs();
  }

  /** The spans of all runs so far, roots left out. */
  async spans(): Promise<RecordedSpan[]> {
    return (await this.runs()).flatMap((run) => run.spans);
  }

  /** The one span of a name; throws where there is none or more than one. */
  async span(name: string): Promise<RecordedSpan> {
    const spans = await this.spans();
    const found = spans.filter((span) => span.name === name);
    if (found.length === 1) return found[0]!;
    throw new Error(
      `${found.length} spans are called "${name}"; there are: ${spans.map((span) => span.name).join(", ")}`,
    );
  }

  /** Every run as lines: a span's name, kind and status, two spaces further in than its parent. */
  async tree(): Promise<string> {
    return (await this.runs()).map(treeOf).join("\n");
  }
}

/** A client whose runs stay in memory, with what it recorded. */
export function capture(options: Omit<ClewOptions, "transport"> = {}): Recorded {
  return new Recorded(options);
}

function newRun(runId: string): RecordedRun {
  return { runId, status: "open", start: {}, end: undefined, spans: [], events: [] };
}

function addTo(run: RecordedRun, told: Told): void {
  Object.assign(run.start, told.start);
  run.events.push(...(told.events ?? []));
  for (const part of told.spans ?? []) addSpan(run, part);
  const end = told.fail ?? told.complete;
  if (!end) return;
  run.end = { ...run.end, ...end };
  run.status = told.fail || run.status === "error" ? "error" : "ok";
}

function addSpan(run: RecordedRun, part: Attributes): void {
  const {
    id,
    parent_id,
    name,
    kind,
    start_time,
    end_time,
    input,
    output,
    data,
    end_data,
    error,
    status,
    ...fields
  } = part;
  let span = run.spans.find((known) => known.id === id);
  if (!span) {
    span = newSpan(String(id));
    run.spans.push(span);
  }
  span.name = String(name ?? span.name);
  span.kind = String(kind ?? span.kind);
  span.parentId = (parent_id as string | undefined) ?? span.parentId;
  span.start = (start_time as number | undefined) ?? span.start;
  span.end = (end_time as number | undefined) ?? span.end;
  span.input = input ?? span.input;
  span.output = output ?? span.output;
  span.error = (error as RecordedSpan["error"]) ?? span.error;
  Object.assign(span.data, data);
  Object.assign(span.endData, end_data);
  Object.assign(span.fields, fields);
  if (error !== undefined || status === "error") span.status = "error";
  else if (end_time !== undefined && span.status === "open") span.status = "ok";
}

function newSpan(id: string): RecordedSpan {
  return {
    id,
    parentId: undefined,
    name: "",
    kind: "",
    status: "open",
    start: 0,
    end: undefined,
    input: undefined,
    output: undefined,
    data: {},
    endData: {},
    error: undefined,
    fields: {},
  };
}

function treeOf(run: RecordedRun): string {
  const known = new Set(run.spans.map((span) => span.id));
  const under = (parentId: string | undefined, depth: number): string[] =>
    run.spans
      .filter(
        (span) =>
          (span.parentId !== undefined && known.has(span.parentId) ? span.parentId : undefined) === parentId,
      )
      .flatMap((span) => [
        `${"  ".repeat(depth)}${span.name} [${span.kind}] ${span.status}`,
        ...under(span.id, depth + 1),
      ]);
  const name = String(run.start["name"] ?? run.start["agent_name"] ?? run.start["agent_id"] ?? "run");
  return [`${name} [run] ${run.status}`, ...under(undefined, 1)].join("\n");
}
