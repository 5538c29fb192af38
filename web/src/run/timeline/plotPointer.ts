/** What the pointer does on the plot: zoom, pan, brush, fit, hover and click, in terms of rows and times. */

import type { MouseEvent, RefObject } from "react";
import type { Row } from "@/trace/rows";
import type { Skeleton } from "@/trace/skeleton";
import { useRunStore } from "../store";
import type { Scale } from "../strip/scale";
import { pick } from "./pick";
import { AXIS_PX, PAD_PX, type PartHandle, type Sizes } from "./plotState";
import { usePointer } from "./pointer";
import type { TipHandle } from "./Tip";
import * as view from "./window";

interface Props {
  run: Skeleton;
  rows: readonly Row[];
  axis: view.Part;
  sizes: Sizes;
  part: PartHandle;
  scroller: RefObject<HTMLElement | null>;
  /** Pixel of the pointer on the canvas, -1 for none. */
  needle: RefObject<number>;
  tip: RefObject<TipHandle | null>;
  redraw: () => void;
}

/** Times on the canvas of the rows. */
export function scaleOf(part: PartHandle, sizes: Sizes): Scale {
  return { ...part.get(), left: PAD_PX, width: sizes.plot };
}

export function usePlotPointer({ run, rows, axis, sizes, part, scroller, needle, tip, redraw }: Props) {
  const store = useRunStore();
  /** What is at a place of the plot; null on the axis and below the rows. */
  const pickAt = (x: number, y: number) => {
    const row =
      y < 0 || !scroller.current ? undefined : rows[Math.floor((y + scroller.current.scrollTop) / sizes.row)];
    return row ? pick(run, row, scaleOf(part, sizes), x + PAD_PX) : null;
  };
  const gestures = usePointer(scroller, {
    left: sizes.label + PAD_PX,
    width: sizes.plot,
    top: AXIS_PX,
    part: part.get,
    zoomed: () => !view.isWhole(part.get(), axis),
    zoom: (at, factor) => part.set(view.zoomAt(part.get(), axis, at, factor)),
    pan: (by) => part.set(view.pan(part.get(), axis, by)),
    brush: (brush) => store.getState().setBrush(brush),
    fitAt: (y, x) => {
      const found = pickAt(x, y);
      if (!found) store.getState().setBrush(null);
      part.set(found ? view.fit({ from: found.from, to: found.to }, axis) : axis);
    },
    hover: (at) => {
      needle.current = at ? at.x + PAD_PX : -1;
      const found = at ? pickAt(at.x, at.y) : null;
      store.getState().hoverOver(found?.span ?? -1);
      tip.current?.show(found?.onBar ? found.span : -1, at);
      redraw();
    },
    redraw,
  });
  /** On a bar its step, elsewhere in a row the row, below the rows nothing; a fold's label opens it too. */
  const click = (event: MouseEvent<HTMLElement>) => {
    const at = (event.target as Element).closest<HTMLElement>("[data-row]");
    const row = at ? rows[Number(at.dataset.row)] : undefined;
    if (!row) return store.getState().select(-1);
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left - sizes.label;
    if (x < 0 && row.item.kind !== "span" && !row.open) store.getState().toggleFold(row.item.key);
    store.getState().select(x < 0 ? Number(at!.dataset.span) : pick(run, row, scaleOf(part, sizes), x).span);
  };
  return { drag: () => gestures.drag(), click };
}
