/** What is current: the span under which new ones stand, followed through awaits, timers and callbacks. */

import { AsyncLocalStorage } from "node:async_hooks";
import type { Span } from "./span.js";
import type { SpanPlace } from "./traceparent.js";

/** What is current: one of our spans, the place of another process's span, or on purpose nothing. */
export type Current = Span | SpanPlace | undefined;

// One for the process, though a program may load the package both as an ES module and as CommonJS.
const KEY = Symbol.for("clew.sdk.context.1");
const shared = globalThis as unknown as Record<symbol, AsyncLocalStorage<Current> | undefined>;
const storage = (shared[KEY] ??= new AsyncLocalStorage<Current>());

/** What is current here. */
export function current(): Current {
  return storage.getStore();
}

/** Calls a function in which something else is current. */
export function withCurrent<T>(span: Current, call: () => T): T {
  return storage.run(span, call);
}

/** Whether what is current is a span of this process. */
export function isSpan(it: Current): it is Span {
  return typeof it === "object" && it !== null && "startSpan" in it;
}

/** The span that is current here, if it is one of this process. */
export function currentSpan(): Span | undefined {
  const it = current();
  return isSpan(it) ? it : undefined;
}

/** A function that finds current what is current now, whenever and by whomever it is called. */
export function bind<F extends (...args: never[]) => unknown>(call: F): F {
  const here = current();
  const bound = function (this: unknown, ...args: never[]): unknown {
    return withCurrent(here, () => call.apply(this, args));
  };
  return bound as unknown as F;
}
