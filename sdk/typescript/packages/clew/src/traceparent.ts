/** W3C trace context: where a run goes on in another process. */

/** The place of a span: its trace, and itself. */
export interface SpanPlace {
  /** 32 lower hex digits. */
  traceId: string;
  /** 16 lower hex digits. */
  spanId: string;
}

/** What can hold headers: fetch's `Headers`, Node's plain object, or pairs. */
export type HeaderSource =
  | { get(name: string): string | null | undefined }
  | Record<string, string | string[] | undefined>
  | Iterable<[string, string]>;

const FORM = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/;

/** The place that a `traceparent` names; undefined where it is no valid one. */
export function parseTraceparent(text: unknown): SpanPlace | undefined {
  if (typeof text !== "string") return undefined;
  const found = FORM.exec(text.trim().toLowerCase());
  if (!found) return undefined;
  const [, version, traceId, spanId, more] = found;
  if (version === "ff" || (version === "00" && more !== undefined)) return undefined;
  if (/^0+$/.test(traceId!) || /^0+$/.test(spanId!)) return undefined;
  return { traceId: traceId!, spanId: spanId! };
}

/** The text that names a place, marked as recorded. */
export function formatTraceparent(place: SpanPlace): string {
  return `00-${place.traceId}-${place.spanId}-01`;
}

/** The value of `traceparent` in headers, whatever their case and form. */
export function traceparentOf(source: HeaderSource | string | undefined | null): string | undefined {
  if (source === undefined || source === null) return undefined;
  if (typeof source === "string") return source;
  if (typeof (source as { get?: unknown }).get === "function") {
    return (source as { get(name: string): string | null | undefined }).get("traceparent") ?? undefined;
  }
  const pairs = Symbol.iterator in source ? (source as Iterable<[string, string]>) : Object.entries(source);
  for (const [name, value] of pairs) {
    if (name.toLowerCase() === "traceparent") return Array.isArray(value) ? value[0] : value;
  }
  return undefined;
}
