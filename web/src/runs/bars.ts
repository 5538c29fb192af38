/** Where the bars of the histogram stand, and what a brush over them means. Pure; widths are in the unit of the caller. */

/** One bar; heights are shares of the tallest, 0 to 1. */
export interface Bar {
  x: number;
  width: number;
  ok: number;
  failed: number;
}

export interface BucketCounts {
  count: number;
  error_count: number;
  failed_count: number;
}

/** Bars side by side over `width`, with a gap that shrinks with them. A bucket with runs is never invisible. */
export function bars(buckets: readonly BucketCounts[], width: number, leastShare = 0.03): Bar[] {
  const most = buckets.reduce((max, bucket) => Math.max(max, bucket.count), 0);
  if (most === 0 || buckets.length === 0) return [];
  const step = width / buckets.length;
  const gap = Math.min(2, step * 0.2);
  return buckets.map((bucket, at) => {
    const whole = bucket.count === 0 ? 0 : Math.max(leastShare, bucket.count / most);
    const part = bucket.count === 0 ? 0 : bucket.failed_count / bucket.count;
    const failed = bucket.failed_count === 0 ? 0 : Math.max(leastShare, whole * part);
    return { x: at * step, width: Math.max(0.5, step - gap), ok: Math.max(0, whole - failed), failed };
  });
}

/** Buckets from one place to another, both in; places are shares of the width. */
export function bucketsBetween(a: number, b: number, count: number): { first: number; last: number } {
  const clamp = (at: number) => Math.min(count - 1, Math.max(0, Math.floor(at * count)));
  return { first: clamp(Math.min(a, b)), last: clamp(Math.max(a, b)) };
}

/** The share of the width at which a time stands, 0 to 1. */
export function shareOf(ms: number, startMs: number, endMs: number): number {
  if (!(endMs > startMs)) return 0;
  return Math.min(1, Math.max(0, (ms - startMs) / (endMs - startMs)));
}

/** Share of the runs (two at least) that may be left out of the drawing where they stand alone far before the others. */
const FEW = 0.05;
/** Share of the width that has to be gained by it. */
const MUCH = 0.5;

/**
 * The first bucket worth drawing: one run with a wrong clock, years before all others, would else press them into one
 * bar. 0 where all are worth it.
 */
export function denseFrom(buckets: readonly BucketCounts[]): number {
  const all = buckets.reduce((sum, bucket) => sum + bucket.count, 0);
  let before = 0;
  let first = 0;
  for (let at = 0; at < buckets.length; at++) {
    if (before > Math.max(2, all * FEW)) break;
    if (buckets[at]!.count > 0) first = at;
    before += buckets[at]!.count;
  }
  return first >= buckets.length * MUCH ? first : 0;
}
