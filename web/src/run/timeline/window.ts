/** The part of time that the timeline shows: zoom at a point, pan, fit. Nanoseconds from the run's start. */

/** From and to. */
export interface Part {
  from: number;
  to: number;
}

/** Nothing is told apart below a microsecond, or a hundred millionth of the run. */
const LEAST_NANOS = 1_000;
const LEAST_SHARE = 1e-8;
/** Room beside what is fitted. */
const FIT_ROOM = 0.04;

/** Keeps a part inside the whole, and not too short. */
export function within(part: Part, whole: Part): Part {
  const all = whole.to - whole.from;
  const least = Math.min(all, Math.max(LEAST_NANOS, all * LEAST_SHARE));
  const length = Math.min(all, Math.max(least, part.to - part.from));
  const middle = (part.from + part.to) / 2;
  const wanted = part.to - part.from === length ? part.from : middle - length / 2;
  const from = Math.min(whole.to - length, Math.max(whole.from, wanted));
  return { from, to: from + length };
}

/** Zooms so that the time `at` stays where it is; a factor below 1 zooms in. */
export function zoomAt(part: Part, whole: Part, at: number, factor: number): Part {
  const all = whole.to - whole.from;
  const least = Math.min(all, Math.max(LEAST_NANOS, all * LEAST_SHARE));
  const length = Math.min(all, Math.max(least, (part.to - part.from) * factor));
  const share = (at - part.from) / (part.to - part.from);
  return within({ from: at - share * length, to: at + (1 - share) * length }, whole);
}

/** Moves by so many nanoseconds. */
export function pan(part: Part, whole: Part, by: number): Part {
  const length = part.to - part.from;
  const from = Math.min(whole.to - length, Math.max(whole.from, part.from + by));
  return { from, to: from + length };
}

/** A part with some room at both sides. */
export function fit(wanted: Part, whole: Part): Part {
  const room = Math.max(LEAST_NANOS, (wanted.to - wanted.from) * FIT_ROOM);
  return within({ from: wanted.from - room, to: wanted.to + room }, whole);
}

/** The whole is shown. */
export function isWhole(part: Part, whole: Part): boolean {
  return part.to - part.from >= (whole.to - whole.from) * (1 - 1e-9);
}

/** Moves, without zooming, so that something can be seen; the same part where it can already. */
export function show(part: Part, whole: Part, from: number, to: number): Part {
  if (to >= part.from && from <= part.to) return part;
  const length = part.to - part.from;
  const start = from - length / 3;
  return within({ from: start, to: start + length }, whole);
}
