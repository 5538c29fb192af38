/** What the SDK tells about itself: on stderr, seldom, and never by throwing unless asked to. */

import { messageOf } from "./json.js";

/** A matter is told again after so many milliseconds. */
const SILENCE_MS = 30_000;

/** Where remarks go. */
export interface Reports {
  /** Something is lost or refused; each matter is told once in 30 seconds. */
  warn(matter: string, text: string): void;
  /** Only with `debug`. */
  debug(text: string): void;
  /** A mistake in the use of the SDK: thrown with `strict`, else told, each matter once in 30 seconds. */
  misuse(matter: string, text: string): void;
}

/** Remarks on stderr. */
export function stderrReports(settings: { strict: boolean; debug: boolean }): Reports {
  const told = new Map<string, number>();
  const write = (text: string): void => {
    process.stderr.write(`clew: ${text}\n`);
  };
  const warn = (matter: string, text: string): void => {
    const last = told.get(matter);
    if (last !== undefined && Date.now() - last < SILENCE_MS) return;
    told.set(matter, Date.now());
    write(text);
  };
  return {
    warn,
    debug: (text) => {
      if (settings.debug) write(text);
    },
    misuse: (matter, text) => {
      if (settings.strict) throw new Error(`clew: ${text}`);
      warn(matter, text);
    },
  };
}

/** Runs a part of the SDK that must not reach the user's code. */
export function guarded<T>(reports: Reports, what: string, fallback: T, call: () => T): T {
  try {
    return call();
  } catch (error) {
    reports.warn(what, `${what} failed: ${messageOf(error)}`);
    return fallback;
  }
}
