/** Spans around functions. */

import { defaultClient } from "./client.js";
import { current, isSpan, withCurrent } from "./context.js";
import { watchIterator } from "./iterators.js";
import { follow } from "./settle.js";
import type { Span } from "./span.js";
import type { Attributes, SpanKind, SpanOptions } from "./types.js";

/** How a function is traced. */
export interface TraceOptions {
  /** The function's own name where nobody says. */
  name?: string | undefined;
  kind?: SpanKind | undefined;
  /** `false`: arguments are not kept. */
  captureInput?: boolean | undefined;
  /** `false`: the result is not kept. */
  captureOutput?: boolean | undefined;
  data?: Attributes | undefined;
  tags?: string[] | undefined;
  metadata?: Attributes | undefined;
}

/** Kinds that may stand for a whole run where nothing is current. */
const RUN_KINDS = new Set<string>(["step", "agent", "run", "workflow"]);

/** A piece of what an iterator gave is kept so many times at most. */
const PIECES_MAX = 1000;

/** Begins a span under what is current; where nothing is, a run of its own, which ends with the span. */
export function startSpan(name: string, given?: SpanOptions | null): Span {
  const options = given ?? {};
  const here = current();
  const said =
    options.kind === "agent" && !options.agentId && !options.agentName
      ? { ...options, agentName: name }
      : options;
  if (isSpan(here)) return here.startSpan(name, said);
  const run = defaultClient().openRun({ ...(RUN_KINDS.has(options.kind ?? "step") ? said : {}), name });
  if (RUN_KINDS.has(options.kind ?? "step")) return run;
  // A model call or a tool is no run: it gets one of its own, which ends with it.
  const span = run.startSpan(name, said);
  span.closes = run;
  return span;
}

/** Calls a function in a span of its own, which is current inside and ends as the function does. */
export function withSpan<T>(name: string, call: (span: Span) => T): T;
export function withSpan<T>(name: string, options: SpanOptions, call: (span: Span) => T): T;
export function withSpan<T>(
  name: string,
  second: SpanOptions | ((span: Span) => T),
  third?: (span: Span) => T,
): T {
  const [options, call] = typeof second === "function" ? [{}, second] : [second, third!];
  return startSpan(name, options).use(call);
}

type AnyFunction = (this: never, ...args: never[]) => unknown;

/** Makes of a function, sync, async or a generator, one that records a span at each call. */
export function trace<F extends AnyFunction>(call: F, options: TraceOptions = {}): F {
  const name = options.name ?? (call.name || "function");
  const traced = function (this: unknown, ...args: unknown[]): unknown {
    const span = startSpan(name, beginning(options, args));
    const keep = options.captureOutput === false ? () => undefined : (output: unknown) => output;
    let iterates = false;
    return follow(
      () => {
        const result = withCurrent(span, () =>
          (call as unknown as (...all: unknown[]) => unknown).apply(this, args),
        );
        const watched = watchIterator(result, span, (pieces) => endWith(span, keep(pieces)), PIECES_MAX);
        iterates = watched !== undefined;
        return watched ?? result;
      },
      (result) => iterates || endWith(span, keep(result)),
      (error) => span.ended || span.fail(error),
    );
  };
  Object.defineProperty(traced, "name", { value: call.name, configurable: true });
  Object.defineProperty(traced, "length", { value: call.length, configurable: true });
  return traced as unknown as F;
}

/** `trace` for a function that is an agent. */
export function agent<F extends AnyFunction>(call: F, options: TraceOptions = {}): F {
  return trace(call, { ...options, kind: "agent" });
}

/** `trace` for a function that a model calls. */
export function tool<F extends AnyFunction>(call: F, options: TraceOptions = {}): F {
  return trace(call, { ...options, kind: "tool" });
}

/** `trace` as a decorator of methods: `@traced({ kind: "tool" })`. */
export function traced(options: TraceOptions = {}) {
  return <F extends AnyFunction>(method: F, context: { name: string | symbol }): F =>
    trace(method, { name: String(context.name), ...options });
}

function beginning(options: TraceOptions, args: unknown[]): SpanOptions {
  const { kind = "step", data, tags, metadata } = options;
  const about = { kind, ...(tags ? { tags } : {}), ...(metadata ? { metadata } : {}) };
  if (options.captureInput === false || args.length === 0) return data ? { ...about, data } : about;
  const input = args.length === 1 ? args[0] : args;
  return kind === "tool"
    ? { ...about, data: { arguments: input, ...data } }
    : { ...about, input, ...(data ? { data } : {}) };
}

function endWith(span: Span, output: unknown): void {
  if (span.ended) return;
  if (span.kind === "tool") span.end(output === undefined ? undefined : { result: output });
  else span.end(undefined, { output });
}
