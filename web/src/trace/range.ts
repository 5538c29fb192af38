/**
 * The part of time that a run is drawn over. One span with a clock that is years off must not squash the rest to a
 * line: the scale follows the many, and what lies beyond is drawn at the edge and counted.
 */

import { ascending } from "./order";
import { FLAG, has, type Skeleton } from "./skeleton";

/** Nanoseconds from the run's start. */
export interface TimeRange {
  from: number;
  to: number;
  /** What the axis calls 0: the run's start, or `from` where that lies outside. */
  origin: number;
  /** Spans that begin before it, and spans that end after it. */
  before: number;
  after: number;
}

/** Beyond such a distance a time without an odd clock may be left out, if it is also far by the rest's measure. */
const FAR_NANOS = 86_400e9;
/** And so many times the length of the rest. */
const FAR_TIMES = 20;
/** At most this share of the times is left out at one end. */
const FAR_SHARE = 0.05;
/** Times of odd clocks stretch the scale by so many times the length of the rest. */
const ODD_TIMES = 4;

const KNOWN = new WeakMap<Skeleton, TimeRange>();

/** The scale of a run. */
export function timeRange(run: Skeleton): TimeRange {
  let known = KNOWN.get(run);
  if (!known) {
    known = measure(run);
    KNOWN.set(run, known);
  }
  return known;
}

function measure(run: Skeleton): TimeRange {
  const { sure, odd } = times(run);
  const core = coreOf(sure.length > 0 ? sure : odd);
  if (!core) return { from: 0, to: Math.max(1, run.end), origin: 0, before: 0, after: 0 };
  let [from, to] = core;
  const reach = ODD_TIMES * Math.max(to - from, 1);
  const [least, most] = [from - reach, to + reach];
  for (const time of odd) {
    if (time < least || time > most) continue;
    if (time < from) from = time;
    if (time > to) to = time;
  }
  // The axis begins with the run, unless that is one of the far ones.
  if (from > 0 && from < to - from) from = 0;
  if (to <= from) to = from + 1;
  const near = from <= 0 && to >= 0;
  return { from, to, origin: near ? 0 : from, ...countOutside(run, from, to) };
}

/** Starts and ends: of spans whose clock is fine, and of those whose is not. */
function times(run: Skeleton): { sure: Float64Array; odd: Float64Array } {
  const sure: number[] = [];
  const odd: number[] = [];
  for (let span = 0; span < run.count; span++) {
    if (has(run, span, FLAG.placeholder)) continue;
    const into = has(run, span, FLAG.oddClock) ? odd : sure;
    const start = run.start[span]!;
    const duration = run.duration[span]!;
    into.push(start);
    if (!Number.isNaN(duration)) into.push(start + duration);
  }
  return { sure: Float64Array.from(sure), odd: Float64Array.from(odd) };
}

/** First and last time without those few that are far from all others. */
function coreOf(all: Float64Array): [number, number] | null {
  if (all.length === 0) return null;
  const order = ascending(all);
  const at = (place: number) => all[order[place]!]!;
  const most = Math.max(1, Math.floor(all.length * FAR_SHARE));
  let low = 0;
  let high = all.length - 1;
  for (let cut = true; cut && high - low > 2;) {
    cut = false;
    for (let place = Math.min(most, high - 2); place > low; place--) {
      if (!isFar(at(place) - at(place - 1), at(high) - at(place))) continue;
      low = place;
      cut = true;
      break;
    }
    for (let place = Math.max(all.length - 1 - most, low + 2); place < high; place++) {
      if (!isFar(at(place + 1) - at(place), at(place) - at(low))) continue;
      high = place;
      cut = true;
      break;
    }
  }
  return [at(low), at(high)];
}

function isFar(gap: number, rest: number): boolean {
  return gap > FAR_NANOS && gap > FAR_TIMES * rest;
}

function countOutside(run: Skeleton, from: number, to: number): { before: number; after: number } {
  const counts = { before: 0, after: 0 };
  for (let span = 0; span < run.count; span++) {
    if (has(run, span, FLAG.placeholder)) continue;
    const where = side(run, span, from, to);
    if (where < 0) counts.before++;
    else if (where > 0) counts.after++;
  }
  return counts;
}

/** -1: the span begins before the range; 1: it ends after it; 0: neither. */
export function side(run: Skeleton, span: number, from: number, to: number): -1 | 0 | 1 {
  const start = run.start[span]!;
  const duration = run.duration[span]!;
  const end = Number.isNaN(duration) ? start : start + duration;
  if (Math.min(start, end) < from) return -1;
  return Math.max(start, end) > to ? 1 : 0;
}
