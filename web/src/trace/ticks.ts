/** Ticks of a time axis: round steps, as many as fit, written as minutes and seconds or in the unit of a short run. */

import { ABSENT } from "@/format";

const SECOND = 1e9;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Steps from a second on, in nanoseconds; below it they go 1, 2, 5. */
const STEPS = [1, 2, 5, 10, 15, 30]
  .map((seconds) => seconds * SECOND)
  .concat([1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE))
  .concat([1, 2, 3, 6, 12].map((hours) => hours * HOUR))
  .concat([1, 2, 7, 14, 30, 60, 180, 365, 730, 1825, 3650, 36_500].map((days) => days * DAY));

export interface Ticks {
  /** Nanoseconds between two. */
  step: number;
  /** Nanoseconds from the run's start. */
  at: number[];
  /** What stands at each. */
  labels: string[];
}

/** The smallest round step of at least so many nanoseconds. */
export function stepAtLeast(nanos: number): number {
  if (nanos > SECOND / 2) return STEPS.find((step) => step >= nanos) ?? STEPS[STEPS.length - 1]!;
  const power = 10 ** Math.floor(Math.log10(Math.max(1, nanos)));
  for (const times of [1, 2, 5, 10]) if (power * times >= nanos * (1 - 1e-12)) return power * times;
  return power * 10;
}

/**
 * Ticks of the time from `from` to `to` on `width` pixels, at least `apart` pixels from each other. `origin` is what
 * is written as 0.
 */
export function ticks(from: number, to: number, width: number, origin = 0, apart = 64): Ticks {
  const length = Math.max(1, to - from);
  const step = stepAtLeast((length * apart) / Math.max(apart, width));
  const at: number[] = [];
  const first = Math.ceil((from - origin) / step - 1e-9);
  for (let number = first; at.length < 200; number++) {
    const time = origin + number * step;
    if (time > to) break;
    at.push(time);
  }
  const reach = Math.max(Math.abs(from - origin), Math.abs(to - origin));
  return { step, at, labels: at.map((time) => tickLabel(time - origin, step, reach)) };
}

/** A time on an axis with this step, whose furthest time is `reach` away: `0:30`, `1:04:00`, `250 ms`, `3 d`. */
export function tickLabel(nanos: number, step: number, reach: number): string {
  if (!Number.isFinite(nanos)) return ABSENT;
  if (nanos < 0) return `\u2212${tickLabel(-nanos, step, reach)}`;
  if (step >= DAY) return `${Math.round(nanos / DAY)}\u202fd`;
  if (reach < 10 * SECOND) return short(nanos, step, reach);
  const decimals = step >= SECOND ? 0 : Math.min(9, Math.ceil(-Math.log10(step / SECOND) - 1e-9));
  const units = Math.round((nanos / SECOND) * 10 ** decimals);
  const perMinute = 60 * 10 ** decimals;
  const minutes = Math.floor(units / perMinute);
  const rest = (units - minutes * perMinute) / 10 ** decimals;
  const seconds = rest.toFixed(decimals).padStart(decimals > 0 ? decimals + 3 : 2, "0");
  if (minutes < 60) return `${minutes}:${seconds}`;
  const hours = Math.floor(minutes / 60);
  const clock = `${hours % 24}:${String(minutes % 60).padStart(2, "0")}:${seconds}`;
  return hours < 24 ? clock : `${Math.floor(hours / 24)}\u202fd ${clock}`;
}

/** In the unit of the axis, so that all labels of a short one have the same. */
function short(nanos: number, step: number, reach: number): string {
  const [size, unit] =
    reach >= SECOND && step >= 1e6
      ? [SECOND, "s"]
      : reach >= 1e6 && step >= 1e3
        ? [1e6, "ms"]
        : reach >= 1e3
          ? [1e3, "µs"]
          : [1, "ns"];
  const decimals = Math.max(0, Math.ceil(-Math.log10(step / size) - 1e-9));
  return `${(nanos / size).toFixed(decimals)}\u202f${unit}`;
}
