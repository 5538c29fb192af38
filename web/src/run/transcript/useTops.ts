/**
 * Where each row of the transcript begins. All are worked out when rows or widths change; when texts arrive only the
 * rows in sight are looked at again, and nothing changes unless one of them became taller or shorter.
 */

import { useCallback, useMemo, useRef, useState } from "react";
import { knownText } from "@/run/texts";
import type { Skeleton } from "@/trace/skeleton";
import type { TranscriptRow } from "@/trace/transcript";
import { toldAt } from "./asked";
import { type Measures, rowHeight } from "./heights";

interface Known {
  run: Skeleton;
  rows: readonly TranscriptRow[];
  measures: Measures;
  measured: ReadonlyMap<string, number>;
  heights: Float64Array;
  /** One more than there are rows: the last is the end. */
  tops: Float64Array;
}

/** Pixels from the top of each row, and what to call with the places of rows whose texts may have come. */
export function useTops(
  run: Skeleton,
  rows: readonly TranscriptRow[],
  measures: Measures,
  measured: ReadonlyMap<string, number>,
): { tops: Float64Array; arrived: (places: readonly number[]) => void } {
  const known = useRef<Known | null>(null);
  const [version, setVersion] = useState(0);
  const current = useMemo(() => {
    const before = known.current;
    const same = before && before.run === run && before.rows === rows;
    if (same && before.measures === measures && before.measured === measured) return before;
    const heights = new Float64Array(rows.length);
    for (let place = 0; place < rows.length; place++)
      heights[place] = heightAt(run, rows, place, measures, measured);
    known.current = { run, rows, measures, measured, heights, tops: sums(heights) };
    return known.current;
    // `version`: `arrived` put another one into `known`.
  }, [run, rows, measures, measured, version]);
  const arrived = useCallback((places: readonly number[]) => {
    const last = known.current;
    if (!last) return;
    let heights: Float64Array | null = null;
    for (const place of places) {
      if (place >= last.rows.length) continue;
      const height = heightAt(last.run, last.rows, place, last.measures, last.measured);
      if (height === last.heights[place]) continue;
      heights ??= last.heights.slice();
      heights[place] = height;
    }
    if (!heights) return;
    known.current = { ...last, heights, tops: sums(heights) };
    setVersion((times) => times + 1);
  }, []);
  return { tops: current.tops, arrived };
}

function heightAt(
  run: Skeleton,
  rows: readonly TranscriptRow[],
  place: number,
  measures: Measures,
  measured: ReadonlyMap<string, number>,
): number {
  const row = rows[place]!;
  // Rows in cards have one line, whatever they say.
  const text = row.level === 0 ? knownText(run, row.span) : undefined;
  const told = toldAt(rows);
  const known = told < 0 ? null : knownText(run, told);
  return measured.get(row.key) ?? rowHeight(run, row, text, measures, known);
}

function sums(heights: Float64Array): Float64Array {
  const tops = new Float64Array(heights.length + 1);
  for (let place = 0; place < heights.length; place++) tops[place + 1] = tops[place]! + heights[place]!;
  return tops;
}
