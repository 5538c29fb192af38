/**
 * What is read stays where it is: when rows above it change their height, or the list changes its width, the first
 * row in sight keeps its place. A reader at the end of a growing run stays at the end.
 */

import { type RefObject, useLayoutEffect, useRef } from "react";

export interface Placed {
  key: string;
}

/** `tops` has one more than there are rows; a new array whenever heights or rows changed. */
export function useAnchor(
  scroller: RefObject<HTMLElement | null>,
  rows: readonly Placed[],
  tops: Float64Array,
  pinned: boolean,
): () => void {
  const anchor = useRef<{ key: string; offset: number } | null>(null);

  const remember = () => {
    const element = scroller.current;
    if (!element) return;
    const place = rowAt(tops, element.scrollTop);
    const row = rows[place];
    anchor.current = row ? { key: row.key, offset: element.scrollTop - tops[place]! } : null;
  };

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const kept = anchor.current;
    if (pinned) element.scrollTop = element.scrollHeight;
    else if (kept && kept.offset + element.scrollTop > 0) {
      const place = rows.findIndex((row) => row.key === kept.key);
      const wanted = place < 0 ? element.scrollTop : tops[place]! + kept.offset;
      if (Math.abs(wanted - element.scrollTop) > 0.5) element.scrollTop = wanted;
    }
    remember();
    // Rows and tops change together.
  }, [tops, pinned]);
  return remember;
}

/** The row at a height, by halving. */
export function rowAt(tops: Float64Array, y: number): number {
  let low = 0;
  let high = tops.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (tops[middle + 1]! <= y) low = middle + 1;
    else high = middle;
  }
  return low;
}
