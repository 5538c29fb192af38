/** The plot's moving parts: its columns, the part of time it shows, how it follows selection and brush, the shimmer. */

import { useEffect, useLayoutEffect, useMemo, useRef } from "react";
import { type Row, rowOf } from "@/trace/rows";
import { endOf, type Skeleton } from "@/trace/skeleton";
import { PHONE, useMedia } from "../media";
import { isGrowing, useRun, useRunStore } from "../store";
import { showOnScreen } from "../strip/onscreen";
import { openWork } from "../strip/picture";
import * as view from "./window";

export const AXIS_PX = 26;
/** The plot's room at both sides, for arrows. */
export const PAD_PX = 6;
export const SHIMMER_MS = 1_600;
const SHIMMER_FRAME_MS = 66;
/** Motion is not wanted. */
export const STILL = matchMedia("(prefers-reduced-motion: reduce)");

/** Pixels of the columns. */
export interface Sizes {
  label: number;
  duration: number;
  /** Right of the durations. */
  end: number;
  /** Without its room at both sides. */
  plot: number;
  row: number;
  /** A level. */
  indent: number;
}

export function useSizes(width: number): Sizes {
  const phone = useMedia(PHONE);
  return useMemo(() => {
    const label = phone ? 150 : width < 560 ? 190 : 276;
    const duration = phone ? 50 : 62;
    const end = phone ? 8 : 16;
    const plot = Math.max(0, width - label - duration - end - 2 * PAD_PX);
    return { label, duration, end, plot, row: phone ? 32 : 24, indent: phone ? 12 : 13 };
  }, [width, phone]);
}

export interface PartHandle {
  get: () => view.Part;
  set: (part: view.Part) => void;
}

/** The part of time that is shown. It follows the axis of a growing run while all of it is shown. */
export function usePart(
  axis: view.Part,
  onZoomed: (zoomed: boolean) => void,
  changed: () => void,
): PartHandle {
  const kept = useRef({ part: { from: axis.from, to: axis.to }, axis });
  const after = useRef({ onZoomed, changed });
  after.current = { onZoomed, changed };
  if (kept.current.axis !== axis) {
    const before = kept.current;
    const all = view.isWhole(before.part, before.axis);
    kept.current = { part: all ? { from: axis.from, to: axis.to } : view.within(before.part, axis), axis };
  }
  const part = useMemo(
    () => ({
      get: () => kept.current.part,
      set: (next: view.Part) => {
        kept.current.part = { from: next.from, to: next.to };
        const zoomed = !view.isWhole(next, kept.current.axis);
        showOnScreen(zoomed ? kept.current.part : null);
        after.current.onZoomed(zoomed);
        after.current.changed();
      },
    }),
    [],
  );
  useEffect(() => () => showOnScreen(null), []);
  return part;
}

/** The brush is what the plot shows; without one it shows all. */
export function useBrushFits(part: PartHandle, axis: view.Part): void {
  const brush = useRun((state) => state.brush);
  const before = useRef<view.Part | null>(null);
  useLayoutEffect(() => {
    if (brush === before.current) return;
    part.set(brush ? view.fit(brush, axis) : axis);
    before.current = brush;
  }, [brush, part, axis]);
}

/** A selection that is not in sight is brought there, with a third of the height above it. */
export function useShowSelection(
  scroller: { current: HTMLElement | null },
  rows: Row[],
  rowHeight: number,
  showTime: (from: number, to: number) => void,
): void {
  const store = useRunStore();
  const selected = useRun((state) => state.selected);
  const latest = useRef({ rows, showTime });
  latest.current = { rows, showTime };
  useEffect(() => {
    const element = scroller.current;
    const { run } = store.getState();
    if (selected < 0 || !element) return;
    latest.current.showTime(run.start[selected]!, endOf(run, selected));
    const at = rowOf(run, latest.current.rows, selected);
    if (at < 0) return;
    const top = at * rowHeight;
    const height = element.clientHeight - AXIS_PX;
    if (top >= element.scrollTop && top + rowHeight <= element.scrollTop + height) return;
    element.scrollTop = Math.max(0, top - height / 3);
  }, [selected, rowHeight, scroller, store]);
}

/** Open bars of a growing run shimmer: a few frames a second, none where motion is not wanted. */
export function useShimmer(run: Skeleton, growing: boolean, redraw: () => void): void {
  useEffect(() => {
    if (!growing || openWork(run).length === 0) return;
    if (STILL.matches) return;
    const timer = setInterval(() => document.hidden || redraw(), SHIMMER_FRAME_MS);
    return () => clearInterval(timer);
  }, [run, growing, redraw]);
}

/** So near the end of the rows counts as at the end. */
const AT_END_PX = 8;

/** While a run grows: rows follow its end as long as the reader is there. Gives what to do on scrolling. */
export function useFollow(scroller: { current: HTMLElement | null }, rows: Row[]): () => void {
  const store = useRunStore();
  const pinned = useRun((state) => state.pinned && isGrowing(state.run));
  useLayoutEffect(() => {
    if (pinned && scroller.current) scroller.current.scrollTop = scroller.current.scrollHeight;
  }, [pinned, rows, scroller]);
  return () => {
    const state = store.getState();
    const element = scroller.current;
    if (!element || !isGrowing(state.run)) return;
    const atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < AT_END_PX;
    if (atEnd !== state.pinned) state.set(atEnd ? { pinned: true, newSpans: 0 } : { pinned: false });
  };
}
