/** Spans around the calls of a model provider's client. The client's own objects stay; only what is called is watched. */

import { messageOf } from "./json.js";
import { isPromiseLike } from "./settle.js";
import type { Span } from "./span.js";
import { startSpan } from "./trace.js";
import type { Attributes, SpanKind } from "./types.js";

/** Whatever JSON a provider speaks. */
export type Json = Record<string, unknown>;

/** Puts the pieces of a streamed answer together. */
export interface Collector {
  add(piece: Json): void;
  /** What is known now, also where the stream broke off. */
  result(): Attributes;
}

/** A method that calls a model. */
export interface ModelCall {
  kind: SpanKind;
  /** What goes in. */
  begin(params: Json): { name: string; data: Attributes };
  /** Asks for more than the caller does, without changing the caller's object; what only that brings is hidden. */
  ask?(params: Json): { params: Json; hides(piece: Json): boolean } | undefined;
  /** What came out, of a whole answer. */
  result(answer: Json): Attributes;
  /** For answers in pieces. */
  collector?(): Collector;
  /** The method of a stream helper that gives the whole answer, and the event of each piece. */
  helper?: { final: string; piece: string };
}

/** Model calls by their path, like `chat.completions.create`. */
export type Calls = Record<string, ModelCall>;

/** A call under way. */
interface Watch {
  call: ModelCall;
  span: Span;
  hides(piece: Json): boolean;
}

// One list for the process, whichever form of the package watched a client.
const KEY = Symbol.for("clew.sdk.watched.1");
const shared = globalThis as unknown as Record<symbol, WeakSet<object> | undefined>;
const watchedClients = (shared[KEY] ??= new WeakSet());

/** Methods of a client that make another like it, with other options. */
const COPYING = new Set(["withOptions", "copy"]);

/** The client with its model calls watched; one that is watched already is given back. */
export function instrument<C extends object>(client: C, calls: Calls): C {
  if (watchedClients.has(client)) return client;
  const watched = watchedMember(client, "", calls) as C;
  watchedClients.add(watched);
  return watched;
}

function watchedMember(target: object, path: string, calls: Calls): object {
  const inner = new Map<string, unknown>();
  const leadsSomewhere = (name: string): boolean =>
    Object.keys(calls).some((known) => known.startsWith(`${name}.`));
  return new Proxy(target, {
    get(_, name) {
      const value = Reflect.get(target, name, target) as unknown;
      if (typeof name !== "string") return value;
      const place = path === "" ? name : `${path}.${name}`;
      const call = calls[place];
      if (call && typeof value === "function") {
        return (...args: unknown[]) =>
          watchedCall(call, args, (given) => value.apply(target, given) as unknown);
      }
      if (typeof value === "function" && COPYING.has(place)) {
        return (...args: unknown[]) => instrument(value.apply(target, args) as object, calls);
      }
      if (typeof value === "object" && value !== null && leadsSomewhere(place)) {
        const known = inner.get(name) ?? watchedMember(value, place, calls);
        inner.set(name, known);
        return known;
      }
      // The client's methods use private members, which a proxy does not have.
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}

function watchedCall(call: ModelCall, args: unknown[], make: (args: unknown[]) => unknown): unknown {
  const span = begun(call, args[0]);
  if (!span) return make(args);
  const asked = call.ask?.((args[0] ?? {}) as Json);
  let made: unknown;
  try {
    made = span.activate(() => make(asked ? [asked.params, ...args.slice(1)] : args));
  } catch (error) {
    span.fail(error);
    throw error;
  }
  const watch: Watch = { call, span, hides: asked?.hides ?? (() => false) };
  return isPromiseLike(made)
    ? watchedPromise(watch, made as PromiseLike<unknown> & object)
    : watchedHelper(watch, made);
}

function begun(call: ModelCall, params: unknown): Span | undefined {
  try {
    const { name, data } = call.begin((params ?? {}) as Json);
    return startSpan(name, { kind: call.kind, data });
  } catch (error) {
    process.stderr.write(`clew: a model call could not be recorded: ${messageOf(error)}\n`);
    return undefined;
  }
}

/**
 * A client's promise gives the parsed answer, or the bare response (`asResponse`), whose body only one may read. So
 * nothing is asked of it until the caller does.
 */
function watchedPromise(watch: Watch, promise: PromiseLike<unknown> & object): object {
  const { span } = watch;
  let answered: Promise<unknown> | undefined;
  const failed = (error: unknown): never => {
    if (!span.ended) span.fail(error);
    throw error;
  };
  const answer = (): Promise<unknown> =>
    (answered ??= Promise.resolve(promise.then((value) => watchedAnswer(watch, value), failed)));
  return new Proxy(promise, {
    get(target, name) {
      const member = Reflect.get(target, name, target) as unknown;
      if (typeof member !== "function") return member;
      if (name === "then" || name === "catch" || name === "finally") {
        return (...handlers: unknown[]) => (answer()[name] as (...all: unknown[]) => unknown)(...handlers);
      }
      if (name === "withResponse") {
        return () =>
          (member.call(target) as Promise<{ data: unknown }>).then(
            (both) => ({ ...both, data: watchedAnswer(watch, both.data) }),
            failed,
          );
      }
      if (name === "asResponse") {
        return () =>
          (member.call(target) as Promise<unknown>).then((response) => {
            span.end();
            return response;
          }, failed);
      }
      return member.bind(target) as unknown;
    },
  });
}

function watchedAnswer(watch: Watch, value: unknown): unknown {
  if (typeof value === "object" && value !== null && Symbol.asyncIterator in value) {
    return watchedStream(watch, value as AsyncIterable<Json>);
  }
  endWith(watch.span, () => watch.call.result((value ?? {}) as Json));
  return value;
}

/** A stream's own iterator is replaced in place, so that its other ways to be read (`tee`, ...) are watched too. */
function watchedStream(watch: Watch, stream: AsyncIterable<Json>): unknown {
  const collector = watch.call.collector?.();
  if (!collector) {
    watch.span.end();
    return stream;
  }
  const made = stream as { iterator?: () => AsyncIterator<Json> };
  const own = typeof made.iterator === "function" ? made.iterator : stream[Symbol.asyncIterator].bind(stream);
  const watched = (): AsyncIterator<Json> => watchedPieces(watch, own.call(stream), collector);
  if (typeof made.iterator === "function") made.iterator = watched;
  else Object.defineProperty(stream, Symbol.asyncIterator, { value: watched, configurable: true });
  return stream;
}

function watchedPieces(
  { span, hides }: Watch,
  pieces: AsyncIterator<Json>,
  collector: Collector,
): AsyncIterableIterator<Json> {
  const began = performance.now();
  let first: number | undefined;
  const ended = (): void =>
    endWith(span, () => ({ ...collector.result(), ...(first === undefined ? {} : { ttft_ms: first }) }));
  const add = (piece: Json): void => {
    first ??= performance.now() - began;
    try {
      collector.add(piece);
    } catch {
      // A piece of a shape that is not known says nothing to us; the caller has it all the same.
    }
  };
  return {
    async next() {
      try {
        let step = await pieces.next();
        if (!step.done) add(step.value);
        while (!step.done && hides(step.value)) {
          step = await pieces.next();
          if (!step.done) add(step.value);
        }
        if (step.done) ended();
        return step;
      } catch (error) {
        if (!span.ended)
          span.fail(
            error,
            attempt(() => collector.result()),
          );
        throw error;
      }
    },
    async return(value) {
      ended();
      return pieces.return ? pieces.return(value) : { done: true, value: value as undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** A stream helper (`.stream(...)`) puts the answer together itself and says when it is done. */
function watchedHelper({ call, span }: Watch, made: unknown): unknown {
  const helper = made as Record<string, ((...args: unknown[]) => unknown) | undefined>;
  const final = call.helper && helper[call.helper.final];
  if (!final) {
    span.end();
    return made;
  }
  const began = performance.now();
  let first: number | undefined;
  helper["on"]?.(call.helper!.piece, () => (first ??= performance.now() - began));
  (final.call(made) as Promise<unknown>).then(
    (answer) =>
      endWith(span, () => ({
        ...call.result(answer as Json),
        ...(first === undefined ? {} : { ttft_ms: first }),
      })),
    (error: unknown) => span.ended || span.fail(error),
  );
  return made;
}

function endWith(span: Span, result: () => Attributes): void {
  if (!span.ended) span.end(attempt(result));
}

function attempt(result: () => Attributes): Attributes {
  try {
    return result();
  } catch (error) {
    return { not_read: messageOf(error) };
  }
}
