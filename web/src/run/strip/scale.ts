/** Between time and pixels, and how far the axis of a live run reaches. */

import { millis } from "@/format";
import { timeRange } from "@/trace/range";
import type { Skeleton } from "@/trace/skeleton";
import { stepAtLeast } from "@/trace/ticks";
import { ticks } from "../store";

/** Nanoseconds from the run's start on pixels from `left`. */
export interface Scale {
  from: number;
  to: number;
  left: number;
  width: number;
}

/** Canvases draw nothing sensible far outside of them. */
const FAR_PX = 20_000;

/** The pixel of a time. */
export function toX(scale: Scale, nanos: number): number {
  const x = scale.left + ((nanos - scale.from) / (scale.to - scale.from)) * scale.width;
  return Math.min(FAR_PX, Math.max(-FAR_PX, x));
}

/** The time at a pixel. */
export function toTime(scale: Scale, x: number): number {
  return scale.from + ((x - scale.left) / Math.max(1, scale.width)) * (scale.to - scale.from);
}

/** Nothing is said about a run's clock beyond this after its last news. */
const SILENT_NANOS = 120e9;

/** Nanoseconds from a growing run's start to now, between its last news and two minutes after; null for others. */
export function nowIn(run: Skeleton, nowMs: number): number | null {
  if (!ticks(run)) return null;
  const since = (nowMs - millis(run.trace.start_nanos)) * 1e6;
  return Math.min(run.end + SILENT_NANOS, Math.max(run.end, since));
}

/** The whole axis. A growing run has room at its end, and grows in steps, so that what is drawn seldom moves. */
export function axisOf(run: Skeleton, now: number | null): { from: number; to: number; origin: number } {
  const { from, to, origin } = timeRange(run);
  if (now === null) return { from, to, origin };
  const length = Math.max(1e9, now - from);
  const step = stepAtLeast(length / 8);
  return { from, to: from + Math.ceil((length * 1.03) / step + 0.2) * step, origin };
}
