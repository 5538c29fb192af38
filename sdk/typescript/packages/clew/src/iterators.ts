/** Spans around generators: open until the last piece was taken, current while the generator's own code runs. */

import { withCurrent } from "./context.js";
import { isPromiseLike } from "./settle.js";
import type { Span } from "./span.js";

interface AnyIterator {
  next(...args: unknown[]): unknown;
  return?(value?: unknown): unknown;
  throw?(error?: unknown): unknown;
}

type Call = "next" | "return" | "throw";

/**
 * A generator that ends a span when it is done, failed or given up; undefined for what is no generator. Only
 * generators: an array or a stream that a function returns lives on after it.
 */
export function watchIterator(
  result: unknown,
  span: Span,
  ended: (pieces: unknown[]) => void,
  piecesMax: number,
): unknown {
  if (!isGenerator(result)) return undefined;
  const pieces: unknown[] = [];
  const settle = (step: unknown): void => {
    const { done, value } = step as { done?: boolean; value?: unknown };
    if (value !== undefined && pieces.length < piecesMax) pieces.push(value);
    if (done) ended(pieces);
  };
  const failed = (error: unknown): void => void (span.ended || span.fail(error));
  const step = (name: Call, args: unknown[]): unknown => {
    try {
      const given = withCurrent(span, () => result[name]!(...args));
      if (!isPromiseLike(given)) {
        settle(given);
        return given;
      }
      return given.then(
        (value) => {
          settle(value);
          return value;
        },
        (error: unknown) => {
          failed(error);
          throw error;
        },
      );
    } catch (error) {
      failed(error);
      throw error;
    }
  };
  return new Proxy(result, {
    get(target, name) {
      if (name === "next" || name === "return" || name === "throw")
        return (...args: unknown[]) => step(name, args);
      const member = Reflect.get(target, name) as unknown;
      // A generator iterates over itself; its wrapped form must too.
      if (name === Symbol.iterator || name === Symbol.asyncIterator) {
        return function (this: unknown): unknown {
          return this;
        };
      }
      return typeof member === "function" ? (member.bind(target) as unknown) : member;
    },
  });
}

function isGenerator(value: unknown): value is AnyIterator {
  const kind = Object.prototype.toString.call(value);
  return kind === "[object Generator]" || kind === "[object AsyncGenerator]";
}
