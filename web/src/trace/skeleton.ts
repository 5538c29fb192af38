/**
 * A run without its payloads, in columns: what `GET /traces/{id}/skeleton` answers (docs/formats/skeleton.md).
 *
 * Spans stand in the order of the tree (a parent before its children, siblings by start), so the spans below span i
 * are exactly i + 1 to endIndex[i] - 1. Everything that draws a run reads these arrays by index; a span is a number.
 */

import type { Label, Receipt, TraceRow } from "@/api/schema";

/** Kinds of step, in the order of the column `category`. */
export const CATEGORIES = [
  "agent",
  "llm",
  "tool",
  "embedding",
  "retrieval",
  "reranker",
  "guardrail",
  "evaluator",
  "memory",
  "workflow",
  "chain",
  "other",
] as const;
export type Category = (typeof CATEGORIES)[number];

/** Values of the column `status`. */
export const STATUS_UNSET = 0;
export const STATUS_OK = 1;
export const STATUS_ERROR = 2;

/** Bits of the column `flags`. */
export const FLAG = {
  open: 1,
  orphan: 2,
  errorDerived: 4,
  counted: 8,
  uncounted: 16,
  infrastructure: 32,
  costEstimated: 64,
  costCounted: 128,
  placeholder: 256,
  cycle: 512,
  hasEvents: 1024,
  hasLinks: 2048,
  oddClock: 4096,
} as const;

/** The columns that are numbers. Times are nanoseconds from the run's start, money pico-dollars; NaN is absent. */
export interface Columns {
  /** Eight bytes a span. */
  spanId: Uint8Array;
  /** -1 for a root. */
  parent: Int32Array;
  depth: Uint32Array;
  /** One past the last span below. */
  endIndex: Uint32Array;
  /** Index into CATEGORIES. */
  category: Uint8Array;
  status: Uint8Array;
  flags: Uint32Array;
  start: Float64Array;
  /** NaN while open. */
  duration: Float64Array;
  /** Time to the first token. */
  ttft: Float64Array;
  /** Indices into `strings`; 0 is absent. */
  name: Uint32Array;
  displayName: Uint32Array;
  kind: Uint32Array;
  operation: Uint32Array;
  model: Uint32Array;
  provider: Uint32Array;
  toolName: Uint32Array;
  agentName: Uint32Array;
  errorKind: Uint32Array;
  errorMessage: Uint32Array;
  finishReason: Uint32Array;
  sessionId: Uint32Array;
  userId: Uint32Array;
  toolCallId: Uint32Array;
  /** Tokens: input includes cached ones, output includes reasoning. */
  input: Float64Array;
  output: Float64Array;
  cacheRead: Float64Array;
  cacheWrite: Float64Array;
  reasoning: Float64Array;
  cost: Float64Array;
  subtreeInput: Float64Array;
  subtreeOutput: Float64Array;
  subtreeCost: Float64Array;
  subtreeSpans: Uint32Array;
  subtreeErrors: Uint32Array;
  inputBytes: Uint32Array;
  outputBytes: Uint32Array;
  inputPreviewChars: Uint32Array;
  outputPreviewChars: Uint32Array;
  /** Two words a span; 0, 0 is absent. Tool and canonical arguments; what came back. */
  callHash: Uint32Array;
  resultHash: Uint32Array;
}

/** A label on a span of the run. */
export type SpanLabel = Pick<Label, "name" | "score" | "value" | "explanation" | "source"> & {
  index: number;
};

/** A run in columns. Immutable: growth of a live run makes a new one. */
export interface Skeleton extends Columns {
  readonly trace: TraceRow;
  readonly receipt: Receipt;
  readonly commitSeq: number;
  readonly count: number;
  readonly strings: readonly string[];
  /** Ids of parents that never came, by index. */
  readonly orphans: ReadonlyMap<number, string>;
  readonly labels: readonly SpanLabel[];
  /** Nanoseconds from the run's start to the last end (or start of what is open) of any span; at least 1. */
  readonly end: number;
  /** Nanoseconds from the run's start to the first start; 0, or negative where a clock is odd. */
  readonly begin: number;
}

/** The answer is not a skeleton, or one of another version. */
export class SkeletonError extends Error {
  override name = "SkeletonError";
}

const MAGIC = 0x4b534c43; // "CLSK" read as a little-endian word
const VERSION = 1;
const ARRAYS = { u8: Uint8Array, u32: Uint32Array, i32: Int32Array, f64: Float64Array } as const;

interface Header {
  trace: TraceRow;
  receipt: Receipt;
  commit_seq: number;
  count: number;
  strings: string[];
  /** Words of the column `category`, by number. */
  categories: string[];
  columns: { name: string; type: keyof typeof ARRAYS; offset: number; length: number }[];
  orphans?: Record<string, string>;
  labels?: SpanLabel[];
}

/** Reads an answer. The columns are views into it: nothing is copied. */
export function decodeSkeleton(answer: ArrayBuffer): Skeleton {
  const words = new DataView(answer);
  if (answer.byteLength < 12 || words.getUint32(0, true) !== MAGIC)
    throw new SkeletonError("the answer is no skeleton of a run");
  if (words.getUint32(4, true) !== VERSION)
    throw new SkeletonError("the server speaks another version than this page: reload it");
  const length = words.getUint32(8, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(answer, 12, length))) as Header;
  const base = Math.ceil((12 + length) / 8) * 8;
  const columns: Record<string, unknown> = {};
  for (const { name, type, offset, length: elements } of header.columns) {
    columns[camel(name)] = new ARRAYS[type](answer, base + offset, elements);
  }
  const read = columns as unknown as Columns;
  // The server numbers the kinds as it likes; a kind that this page does not know is drawn as "other".
  const ours = header.categories.map((word) => {
    const at = CATEGORIES.indexOf(word as Category);
    return at < 0 ? CATEGORIES.indexOf("other") : at;
  });
  return complete(header, { ...read, category: read.category.map((number) => ours[number]!) });
}

/** Puts header and columns together. */
function complete(header: Header, columns: Columns): Skeleton {
  let end = 1;
  let begin = 0;
  for (let span = 0; span < header.count; span++) {
    if (columns.flags[span]! & FLAG.placeholder) continue;
    const start = columns.start[span]!;
    const duration = columns.duration[span]!;
    const last = duration > 0 ? start + duration : start;
    if (last > end) end = last;
    if (start < begin) begin = start;
  }
  return {
    ...columns,
    trace: header.trace,
    receipt: header.receipt,
    commitSeq: header.commit_seq,
    count: header.count,
    strings: header.strings,
    orphans: new Map(Object.entries(header.orphans ?? {}).map(([index, id]) => [Number(index), id])),
    labels: header.labels ?? [],
    begin,
    end,
  };
}

function camel(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** The span's id in hex. */
export function spanId(run: Skeleton, span: number): string {
  let id = "";
  for (let byte = span * 8; byte < span * 8 + 8; byte++) id += HEX[run.spanId[byte]!];
  return id;
}

const PLACES = new WeakMap<Skeleton, Map<string, number>>();

/** The place of a span by its id; -1 where the run has none. */
export function indexOf(run: Skeleton, id: string): number {
  let places = PLACES.get(run);
  if (!places) {
    places = new Map();
    for (let span = 0; span < run.count; span++) places.set(spanId(run, span), span);
    PLACES.set(run, places);
  }
  return places.get(id) ?? -1;
}

/** The kind of step, one of our words. */
export function category(run: Skeleton, span: number): Category {
  return CATEGORIES[run.category[span]!] ?? "other";
}

/** What people call the span: the model of a model call, the tool of a tool call (ruling 13). */
export function displayName(run: Skeleton, span: number): string {
  return run.strings[run.displayName[span]!] || run.strings[run.name[span]!] || "unnamed";
}

/** Has this bit of `flags`. */
export function has(run: Skeleton, span: number, flag: number): boolean {
  return (run.flags[span]! & flag) !== 0;
}

/** The span itself failed; not only something below it. */
export function failed(run: Skeleton, span: number): boolean {
  return run.status[span] === STATUS_ERROR;
}

/** Nanoseconds from the run's start to the span's end; its latest known moment while it is open. */
export function endOf(run: Skeleton, span: number): number {
  const duration = run.duration[span]!;
  return Number.isNaN(duration) ? Math.max(run.end, run.start[span]!) : run.start[span]! + duration;
}

/** Tokens in and out of the span itself; NaN where it says none. */
export function tokensOf(run: Skeleton, span: number): number {
  return sum(run.input[span]!, run.output[span]!);
}

/** Tokens in and out of the span and everything below, each counted once. */
export function subtreeTokens(run: Skeleton, span: number): number {
  return sum(run.subtreeInput[span]!, run.subtreeOutput[span]!);
}

/** Adds where absent is not 0: NaN only when both are. */
export function sum(left: number, right: number): number {
  if (Number.isNaN(left)) return right;
  return Number.isNaN(right) ? left : left + right;
}

/** `span` is `above` or below it. */
export function isWithin(run: Skeleton, span: number, above: number): boolean {
  return span >= above && span < run.endIndex[above]!;
}

/** Two spans asked the same tool the same thing. */
export function sameCall(run: Skeleton, left: number, right: number): boolean {
  const low = run.callHash[left * 2]!;
  const high = run.callHash[left * 2 + 1]!;
  return (low !== 0 || high !== 0) && low === run.callHash[right * 2] && high === run.callHash[right * 2 + 1];
}

/** Two spans were answered the same. */
export function sameResult(run: Skeleton, left: number, right: number): boolean {
  const low = run.resultHash[left * 2]!;
  const high = run.resultHash[left * 2 + 1]!;
  return (
    (low !== 0 || high !== 0) && low === run.resultHash[right * 2] && high === run.resultHash[right * 2 + 1]
  );
}
