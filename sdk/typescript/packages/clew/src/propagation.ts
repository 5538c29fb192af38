/** Runs that go on in another process: over HTTP, or in a child. */

import { currentSpan, withCurrent } from "./context.js";
import { parseTraceparent, traceparentOf } from "./traceparent.js";
import type { HeaderSource, SpanPlace } from "./traceparent.js";

/** What headers can be set on: fetch's `Headers`, or a plain object. */
export type HeaderTarget = { set(name: string, value: string): unknown } | Record<string, unknown>;

/** Adds `traceparent` of the current span to headers; without a current span they stay as they are. */
export function inject<T extends HeaderTarget>(headers: T = {} as T): T {
  const traceparent = currentSpan()?.traceparent;
  if (traceparent === undefined) return headers;
  if (typeof (headers as { set?: unknown }).set === "function") {
    (headers as { set(name: string, value: string): unknown }).set("traceparent", traceparent);
  } else {
    (headers as Record<string, unknown>)["traceparent"] = traceparent;
  }
  return headers;
}

/** The span that the sender of headers was in; undefined where they name none. Takes a bare `traceparent` too. */
export function extract(headers: HeaderSource | string | undefined | null): SpanPlace | undefined {
  return parseTraceparent(traceparentOf(headers));
}

/** Calls a function in which runs go on under the span that headers name. */
export function continueTrace<T>(headers: HeaderSource | string | undefined | null, call: () => T): T {
  const place = extract(headers);
  return place ? withCurrent(place, call) : call();
}

/** An environment in which a child process goes on under the current span. */
export function childEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const traceparent = currentSpan()?.traceparent;
  return traceparent === undefined ? { ...env } : { ...env, TRACEPARENT: traceparent };
}
