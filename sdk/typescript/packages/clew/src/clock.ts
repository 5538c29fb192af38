/** The time of spans. */

import { performance } from "node:perf_hooks";

/** Milliseconds since 1970, with a fraction. */
export type Clock = () => number;

/** How far the two clocks may part before the fine one is set again, in milliseconds. */
const DRIFT_MAX_MS = 50;

/**
 * The system's time, to a microsecond. `Date.now` alone has whole milliseconds, in which many spans begin and end;
 * `performance.now` alone stands still while a laptop sleeps and never follows a corrected clock.
 */
export function systemClock(): Clock {
  let origin = performance.timeOrigin;
  return () => {
    const fine = origin + performance.now();
    const coarse = Date.now();
    if (fine - coarse < DRIFT_MAX_MS && coarse - fine < DRIFT_MAX_MS) return fine;
    origin += coarse - fine;
    return coarse;
  };
}

/** A time that a user gave, as milliseconds since 1970; undefined where it is none. */
export function givenTime(time: Date | number | string | undefined): number | undefined {
  if (time === undefined || time === null) return undefined;
  const ms = typeof time === "number" ? time : timeOf(time);
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}

function timeOf(time: Date | string): number {
  try {
    return new Date(time).getTime();
  } catch {
    return Number.NaN; // an object or a symbol that is no time
  }
}

/** A time as the server takes it: whole microseconds since 1970, whose size tells the unit. */
export function micros(ms: number): number {
  return Math.round(ms * 1000);
}
