/**
 * Sorting of spans by a time, fast enough to be done while a page opens: time and place go into one number, and the
 * engine sorts numbers without asking a function for each pair.
 */

import type { Skeleton } from "./skeleton";

const WORD_BITS = 52;

/** Places 0 to count - 1 by ascending time; equal times (to a 30 billionth of the whole) by place. */
export function ascending(times: Float64Array, count = times.length): Uint32Array {
  const order = new Uint32Array(count);
  if (count === 0) return order;
  let least = Infinity;
  let most = -Infinity;
  for (let at = 0; at < count; at++) {
    const time = times[at]!;
    if (time < least) least = time;
    if (time > most) most = time;
  }
  const placeBits = Math.max(1, Math.ceil(Math.log2(count)));
  const places = 2 ** placeBits;
  const steps = 2 ** (WORD_BITS - placeBits) - 1;
  const unit = Math.max(1, (most - least) / steps);
  const keys = new Float64Array(count);
  for (let at = 0; at < count; at++) keys[at] = Math.round((times[at]! - least) / unit) * places + at;
  keys.sort();
  for (let at = 0; at < count; at++) order[at] = keys[at]! % places;
  return order;
}

const BY_START = new WeakMap<Skeleton, Uint32Array>();

/** All spans by start. */
export function byStart(run: Skeleton): Uint32Array {
  let known = BY_START.get(run);
  if (!known) {
    known = ascending(run.start, run.count);
    BY_START.set(run, known);
  }
  return known;
}

const ENDS = new WeakMap<Skeleton, Float64Array>();

/** When each span ends, never before it starts; open ones at the run's end. Nanoseconds from the run's start. */
export function ends(run: Skeleton): Float64Array {
  let known = ENDS.get(run);
  if (!known) {
    known = new Float64Array(run.count);
    for (let span = 0; span < run.count; span++) {
      const start = run.start[span]!;
      const duration = run.duration[span]!;
      known[span] = Number.isNaN(duration) ? Math.max(start, run.end) : start + Math.max(0, duration);
    }
    ENDS.set(run, known);
  }
  return known;
}
