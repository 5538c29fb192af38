/** What is under the pointer in a row. */

import type { Row } from "@/trace/rows";
import { firstSpan } from "@/trace/children";
import { ends } from "@/trace/order";
import type { Skeleton } from "@/trace/skeleton";
import { type Scale, toX } from "../strip/scale";
import { barcodeOf, drawnAs } from "./barcode";
import { wordsOf } from "./words";

/** So near a bar counts as on it. */
const NEAR_PX = 4;

export interface Picked {
  span: number;
  /** Nanoseconds from the run's start, of the span or the whole fold. */
  from: number;
  to: number;
  /** The pointer is on the bar, not only in its row. */
  onBar: boolean;
}

/** The step of a barcode at a pixel, else the row's span. */
export function pick(run: Skeleton, row: Row, scale: Scale, x: number): Picked {
  const { item } = row;
  const words = wordsOf(run, item);
  const from = words.start;
  const to = Math.max(words.start, words.end);
  const whole: Picked = {
    span: firstSpan(item),
    from,
    to,
    onBar: x >= toX(scale, from) - NEAR_PX && x <= toX(scale, to) + NEAR_PX,
  };
  if (!whole.onBar || drawnAs(run, item, row.open) !== "barcode") return whole;
  const { spans } = barcodeOf(run, item);
  const until = ends(run);
  let best = -1;
  let distance = NEAR_PX + 1e-6;
  for (const span of spans) {
    const left = toX(scale, run.start[span]!);
    if (left - x > NEAR_PX) break;
    const off = Math.max(left - x, x - toX(scale, until[span]!), 0);
    // Of several the last to begin: it is drawn over the others.
    if (off <= distance) {
      best = span;
      distance = off;
    }
  }
  return best < 0 ? whole : { span: best, from: run.start[best]!, to: until[best]!, onBar: true };
}
