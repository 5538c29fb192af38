/**
 * What a lane of the strip comes to on the screen: single bars while there is room for them, and where more than two
 * begin on a pixel one fill of the kind that has most of it. The outcome depends on pixels, not on spans.
 */

import { ends } from "@/trace/order";
import { CATEGORIES, failed, FLAG, has, type Skeleton } from "@/trace/skeleton";
import { type Scale, toX } from "./scale";

/** Number that stands for a failed step, after those of the categories. */
export const FAILED = CATEGORIES.length;
const CODES = FAILED + 1;
/** Bars that may begin on one pixel. */
const BARS_A_PIXEL = 2;
export const BAR_MIN_PX = 1.6;

export interface Bar {
  span: number;
  /** Category, or FAILED. */
  code: number;
  x: number;
  width: number;
}

/** A part of a lane with more than can be told apart. */
export interface Fill {
  /** Category that has most of it, or FAILED where all of it failed. */
  code: number;
  /** Something in it failed. */
  failed: boolean;
  x: number;
  width: number;
  /** How much of the time is covered, 0 to 1, in quarters. */
  share: number;
}

/** Category of a span for its colour; own failures stand out. */
export function codeOf(run: Skeleton, span: number): number {
  return failed(run, span) && !has(run, span, FLAG.errorDerived) ? FAILED : run.category[span]!;
}

/** Bars and fills of a lane; `leftOut` names spans that are drawn elsewhere. */
export function barsOf(
  run: Skeleton,
  lane: Uint32Array,
  scale: Scale,
  leftOut?: (span: number) => boolean,
): { bars: Bar[]; fills: Fill[] } {
  const until = ends(run);
  const columns = Math.ceil(scale.left + scale.width) + 2;
  const begin = new Uint32Array(columns);
  const column = (x: number) => Math.min(columns - 1, Math.max(0, Math.floor(x)));
  for (const span of lane) begin[column(toX(scale, run.start[span]!))]!++;

  const bars: Bar[] = [];
  const failures: Bar[] = [];
  const covered = new Float32Array(columns * CODES);
  const reach = new Float64Array(CODES).fill(-Infinity);
  let dense = false;
  for (const span of lane) {
    if (leftOut?.(span)) continue;
    const x = toX(scale, run.start[span]!);
    const end = toX(scale, until[span]!);
    const code = codeOf(run, span);
    const at = column(x);
    if (end - x < BAR_MIN_PX && begin[at]! > BARS_A_PIXEL) {
      covered[at * CODES + code]! += Math.max(0.001, end - x);
      dense = true;
      continue;
    }
    // What lies wholly in a bar of its kind would not be seen.
    if (code !== FAILED && end <= reach[code]! + 0.25 && begin[at]! > BARS_A_PIXEL) continue;
    reach[code] = Math.max(reach[code]!, end);
    (code === FAILED ? failures : bars).push({ span, code, x, width: Math.max(BAR_MIN_PX, end - x) });
  }
  return { bars: bars.concat(failures), fills: dense ? fillsOf(covered, columns) : [] };
}

function fillsOf(covered: Float32Array, columns: number): Fill[] {
  const fills: Fill[] = [];
  for (let at = 0; at < columns; at++) {
    const parts = covered.subarray(at * CODES, (at + 1) * CODES);
    let code = -1;
    let all = 0;
    for (let each = 0; each < CODES; each++) {
      all += parts[each]!;
      if (each !== FAILED && parts[each]! > 0 && (code < 0 || parts[each]! > parts[code]!)) code = each;
    }
    if (all === 0) continue;
    if (code < 0) code = FAILED;
    const failed = parts[FAILED]! > 0;
    const share = Math.min(4, Math.max(1, Math.ceil(all * 4))) / 4;
    const last = fills[fills.length - 1];
    const same = last && last.code === code && last.share === share && last.failed === failed;
    if (same && last.x + last.width === at) last.width++;
    else fills.push({ code, failed, x: at, width: 1, share });
  }
  return fills;
}
