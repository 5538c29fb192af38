/** Small runs for tests, written down by hand as a list of spans in the order of the tree. */

import type { Receipt, TraceRow } from "@/api/schema";
import {
  CATEGORIES,
  type Category,
  FLAG,
  type Skeleton,
  STATUS_ERROR,
  STATUS_OK,
  STATUS_UNSET,
} from "./skeleton";

/** A span of a test. Times in milliseconds from the run's start; what is left out is absent. */
export interface TestSpan {
  name: string;
  category: Category;
  /** Place of the parent in the list; left out for a root. */
  parent?: number;
  start: number;
  /** Left out: open. */
  duration?: number;
  error?: string;
  input?: number;
  output?: number;
  cacheRead?: number;
  /** Pico-dollars. */
  cost?: number;
  model?: string;
  tool?: string;
  agent?: string;
  operation?: string;
  /** Number that stands for tool and arguments. */
  call?: number;
  /** Number that stands for what came back. */
  result?: number;
  ttft?: number;
  flags?: number;
}

const MS = 1e6;

/** A run of these spans. Sums below a span are worked out here: the server sends them. */
export function testRun(spans: TestSpan[], trace: Partial<TraceRow> = {}): Skeleton {
  const count = spans.length;
  const strings = [""];
  const intern = (text: string | undefined) => {
    if (!text) return 0;
    const known = strings.indexOf(text);
    return known >= 0 ? known : strings.push(text) - 1;
  };
  const numbers = (of: (span: TestSpan) => number | undefined) =>
    Float64Array.from(spans, (span) => of(span) ?? NaN);
  const words = (of: (span: TestSpan) => string | undefined) =>
    Uint32Array.from(spans, (span) => intern(of(span)));
  const parent = Int32Array.from(spans, (span) => span.parent ?? -1);
  const depth = new Uint32Array(count);
  const endIndex = Uint32Array.from(spans, (_, at) => at + 1);
  const spanId = new Uint8Array(count * 8);
  const hashes = (of: (span: TestSpan) => number | undefined) => {
    const pairs = new Uint32Array(count * 2);
    spans.forEach((span, at) => (pairs[at * 2] = of(span) ?? 0));
    return pairs;
  };
  const below = (own: Float64Array) => {
    const sums = own.slice();
    for (let at = count - 1; at > 0; at--) {
      const up = parent[at]!;
      if (up >= 0 && !Number.isNaN(sums[at]!))
        sums[up] = (Number.isNaN(sums[up]!) ? 0 : sums[up]!) + sums[at]!;
    }
    return sums;
  };
  spans.forEach((_, at) => {
    new DataView(spanId.buffer).setUint32(at * 8 + 4, at + 1);
    if (parent[at]! >= 0) depth[at] = depth[parent[at]!]! + 1;
  });
  for (let at = count - 1; at > 0; at--) {
    const up = parent[at]!;
    if (up >= 0) endIndex[up] = Math.max(endIndex[up]!, endIndex[at]!);
  }
  const input = numbers((span) => span.input);
  const output = numbers((span) => span.output);
  const cost = numbers((span) => span.cost);
  const errors = Float64Array.from(spans, (span) => (span.error ? 1 : 0));
  const start = Float64Array.from(spans, (span) => span.start * MS);
  const duration = numbers((span) => (span.duration === undefined ? undefined : span.duration * MS));
  const ends = spans.map((span) => (span.start + (span.duration ?? 0)) * MS);
  const row = {
    trace_id: "00000000000000000000000000000001",
    name: "test",
    state: "done",
    ...trace,
  } as TraceRow;
  return {
    trace: row,
    receipt: { open_spans: spans.filter((span) => span.duration === undefined).length } as Receipt,
    commitSeq: 1,
    count,
    orphans: new Map(),
    labels: [],
    begin: Math.min(0, ...start),
    end: Math.max(1, ...ends),
    spanId,
    parent,
    depth,
    endIndex,
    category: Uint8Array.from(spans, (span) => CATEGORIES.indexOf(span.category)),
    status: Uint8Array.from(spans, (span) =>
      span.error ? STATUS_ERROR : span.duration === undefined ? STATUS_UNSET : STATUS_OK,
    ),
    flags: Uint32Array.from(
      spans,
      (span) =>
        (span.flags ?? 0) |
        (span.duration === undefined ? FLAG.open : 0) |
        (span.input === undefined && span.output === undefined ? 0 : FLAG.counted) |
        (span.cost === undefined ? 0 : FLAG.costCounted),
    ),
    start,
    duration,
    ttft: numbers((span) => (span.ttft === undefined ? undefined : span.ttft * MS)),
    name: words((span) => span.name),
    displayName: words((span) => span.model ?? span.tool ?? span.name),
    kind: words(() => undefined),
    operation: words((span) => span.operation),
    model: words((span) => span.model),
    provider: words(() => undefined),
    toolName: words((span) => span.tool),
    agentName: words((span) => span.agent),
    errorKind: words((span) => span.error),
    errorMessage: words((span) => span.error),
    finishReason: words(() => undefined),
    sessionId: words(() => undefined),
    userId: words(() => undefined),
    toolCallId: words(() => undefined),
    input,
    output,
    cacheRead: numbers((span) => span.cacheRead),
    cacheWrite: numbers(() => undefined),
    reasoning: numbers(() => undefined),
    cost,
    subtreeInput: below(input),
    subtreeOutput: below(output),
    subtreeCost: below(cost),
    subtreeSpans: Uint32Array.from(below(Float64Array.from(spans, () => 1))),
    subtreeErrors: Uint32Array.from(below(errors)),
    inputBytes: new Uint32Array(count),
    outputBytes: new Uint32Array(count),
    inputPreviewChars: new Uint32Array(count),
    outputPreviewChars: new Uint32Array(count),
    callHash: hashes((span) => span.call),
    resultHash: hashes((span) => span.result),
    strings,
  };
}
