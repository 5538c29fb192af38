/** What a chart draws, before any canvas: sums of stacks, the scale, the grid of buckets. Pure. */

/** One line or one part of a stack. */
export interface Series {
  id: string;
  label: string;
  /** A CSS variable, `--accent`. */
  colour: string;
  /** One for each place on the x axis; null is absent, which is not 0. */
  values: readonly (number | null)[];
}

/** Each series on top of those before it; the last is the height of the whole. Absent counts as nothing here. */
export function stacked(series: readonly Series[]): (number | null)[][] {
  let below: (number | null)[] = [];
  return series.map(({ values }) => {
    below = values.map((value, at) => {
      const under = below[at] ?? null;
      return value === null && under === null ? null : (value ?? 0) + (under ?? 0);
    });
    return below;
  });
}

/** Is there anything to draw? */
export function hasValues(series: readonly Series[]): boolean {
  return series.some(({ values }) => values.some((value) => value !== null));
}

/** The largest value so many times over the middle one asks for a scale by powers. */
const SPREAD = 100;

/** One run that took days would press all others to the ground: then the scale goes by powers of ten. */
export function wantsLog(series: readonly Series[]): boolean {
  const values = series
    .flatMap((one) => one.values)
    .filter((value): value is number => value !== null && value > 0)
    .sort((a, b) => a - b);
  if (values.length < 4) return false;
  return values.at(-1)! > SPREAD * values[Math.floor(values.length / 2)]!;
}

/** Buckets drawn at most: more are thinner than a pixel. */
export const BUCKETS_MAX = 1_000;

/**
 * Beginnings of all steps that touch a stretch of time, milliseconds; `offsetMs` is how far the reader's clock is
 * ahead of UTC, so that days begin at midnight. The newest ones where there are too many.
 */
export function grid(fromMs: number, toMs: number, stepMs: number, offsetMs: number): number[] {
  if (!(toMs > fromMs) || stepMs <= 0) return [];
  const first = Math.floor((fromMs + offsetMs) / stepMs);
  const last = Math.ceil((toMs + offsetMs) / stepMs) - 1;
  const begin = Math.max(first, last - BUCKETS_MAX + 1);
  return Array.from({ length: last - begin + 1 }, (_, at) => (begin + at) * stepMs - offsetMs);
}
