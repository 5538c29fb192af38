/** Heat: how much a step took of what is dear, in five steps of a square-root scale; amount, not judgement. */

import { FLAG, has, type Skeleton } from "./skeleton";

export type HeatOf = "tokens" | "cost";
/** Steps of the ramp above "none". */
export const HEAT_STEPS = 5;

export interface Heat {
  /** 0 for none, 1 to 5. */
  level: Uint8Array;
  /** The most that one span has: tokens, or pico-dollars. 0 where no span has any. */
  most: number;
  /** The span that has it, -1 for none. */
  hottest: number;
  /** All of the run. */
  total: number;
}

const KNOWN: Record<HeatOf, WeakMap<Skeleton, Heat>> = { tokens: new WeakMap(), cost: new WeakMap() };

/** What each span has by itself; what only repeats the spans below it has none. */
export function heat(run: Skeleton, of: HeatOf): Heat {
  let known = KNOWN[of].get(run);
  if (!known) {
    known = measure(run, of);
    KNOWN[of].set(run, known);
  }
  return known;
}

/** Tokens in and out, or pico-dollars, that count for this span itself; 0 where there are none. */
export function amount(run: Skeleton, span: number, of: HeatOf): number {
  if (of === "cost") return has(run, span, FLAG.costCounted) ? run.cost[span]! || 0 : 0;
  return has(run, span, FLAG.counted) ? (run.input[span]! || 0) + (run.output[span]! || 0) : 0;
}

function measure(run: Skeleton, of: HeatOf): Heat {
  const level = new Uint8Array(run.count);
  let most = 0;
  let hottest = -1;
  let total = 0;
  for (let span = 0; span < run.count; span++) {
    const own = amount(run, span, of);
    total += own;
    if (own > most) {
      most = own;
      hottest = span;
    }
  }
  for (let span = 0; span < run.count; span++) level[span] = heatLevel(amount(run, span, of), most);
  return { level, most, hottest, total };
}

/** 0 for nothing; else 1 to 5 by the square root of the share of the most. */
export function heatLevel(own: number, most: number): number {
  if (!(own > 0) || !(most > 0)) return 0;
  return Math.min(HEAT_STEPS, 1 + Math.floor(Math.sqrt(own / most) * HEAT_STEPS));
}

/** The least amount of a step of the ramp (1 to 5); for the printed scale. */
export function heatFloor(step: number, most: number): number {
  return most * ((step - 1) / HEAT_STEPS) ** 2;
}
