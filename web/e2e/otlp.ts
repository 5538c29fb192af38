/** Runs of tests as OTLP JSON, built from a few words a span. */

export type Value = string | number | boolean | Value[] | { [key: string]: Value };

export interface SpanOptions {
  id: string;
  parent?: string;
  name: string;
  /** Milliseconds from `startMs` of the run. */
  start: number;
  /** Left out: the span is open. */
  end?: number;
  attributes?: Record<string, Value>;
  /** Message of status ERROR. */
  error?: string;
  events?: { name: string; at: number; attributes?: Record<string, Value> }[];
}

/** One run as an OTLP request. `startMs` is milliseconds since 1970. */
export function otlp(traceId: string, startMs: number, spans: SpanOptions[], service = "e2e"): unknown {
  const nanos = (ms: number) => String(BigInt(Math.round((startMs + ms) * 1000)) * 1000n);
  return {
    resourceSpans: [
      {
        resource: { attributes: attributes({ "service.name": service }) },
        scopeSpans: [
          {
            scope: { name: "clew.e2e" },
            spans: spans.map((span) => ({
              traceId,
              spanId: span.id,
              parentSpanId: span.parent ?? "",
              name: span.name,
              kind: 1,
              startTimeUnixNano: nanos(span.start),
              ...(span.end === undefined ? {} : { endTimeUnixNano: nanos(span.end) }),
              attributes: attributes(span.attributes ?? {}),
              status: span.error === undefined ? {} : { code: 2, message: span.error },
              events: (span.events ?? []).map((event) => ({
                name: event.name,
                timeUnixNano: nanos(event.at),
                attributes: attributes(event.attributes ?? {}),
              })),
            })),
          },
        ],
      },
    ],
  };
}

function attributes(values: Record<string, Value>): unknown[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: any(value) }));
}

function any(value: Value): unknown {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value === "number")
    return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(any) } };
  return { kvlistValue: { values: attributes(value) } };
}

/** Sixteen hex digits of a number, for span ids. */
export function id(number: number): string {
  return number.toString(16).padStart(16, "0");
}

/** Attributes of an agent. */
export function agent(name: string, more: Record<string, Value> = {}): Record<string, Value> {
  return { "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": name, ...more };
}

/** Attributes of a model call with its words. */
export function chat(
  model: string,
  input: string,
  output: string,
  tokens: [number, number],
  more: Record<string, Value> = {},
): Record<string, Value> {
  return {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": model,
    "gen_ai.usage.input_tokens": tokens[0],
    "gen_ai.usage.output_tokens": tokens[1],
    "gen_ai.input.messages": JSON.stringify([{ role: "user", parts: [{ type: "text", content: input }] }]),
    "gen_ai.output.messages": JSON.stringify([
      { role: "assistant", parts: [{ type: "text", content: output }], finish_reason: "stop" },
    ]),
    ...more,
  };
}

/** Attributes of a tool call. */
export function tool(
  name: string,
  input: Value,
  output: Value,
  more: Record<string, Value> = {},
): Record<string, Value> {
  return {
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": name,
    "gen_ai.tool.call.arguments": JSON.stringify(input),
    "gen_ai.tool.call.result": typeof output === "string" ? output : JSON.stringify(output),
    ...more,
  };
}
