/** Axis, rows and their canvas; the part of time that is shown is its own, everything else is the run's store. */

import { useVirtualizer } from "@tanstack/react-virtual";
import { type CSSProperties, type ReactNode, type Ref, useEffect, useImperativeHandle, useRef } from "react";
import { useTheme } from "@/app/theme";
import * as format from "@/format";
import type { Row } from "@/trace/rows";
import { endOf, type Skeleton } from "@/trace/skeleton";
import { useRun, useRunStore } from "../store";
import { useRedraw, useWidth } from "../strip/canvas";
import { paintPlot } from "./plotPaint";
import { scaleOf, usePlotPointer } from "./plotPointer";
import {
  AXIS_PX,
  PAD_PX,
  useBrushFits,
  useFollow,
  usePart,
  useShimmer,
  useShowSelection,
  useSizes,
} from "./plotState";
import { TimelineRow } from "./TimelineRow";
import { Tip, type TipHandle } from "./Tip";
import * as view from "./window";

/** Rows of a printed timeline: a canvas cannot be of any height. */
const PRINTED_ROWS = 500;

/** What keys and buttons do with the plot. */
export interface PlotHandle {
  /** Zooms about the selected span where it is in sight, else about the middle. */
  zoom: (factor: number) => void;
  fit: () => void;
}

interface Props {
  run: Skeleton;
  rows: Row[];
  axis: { from: number; to: number; origin: number };
  now: number | null;
  onZoomed: (zoomed: boolean) => void;
  /** Spans that the axis leaves out. */
  outside: number;
  /** Stands above the durations. */
  corner: ReactNode;
  ref: Ref<PlotHandle>;
}

export function Plot({ run, rows, axis, now, onZoomed, outside, corner, ref }: Props) {
  const store = useRunStore();
  const printing = useRun((state) => state.printing);
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const axisCanvas = useRef<HTMLCanvasElement>(null);
  const tip = useRef<TipHandle>(null);
  const needle = useRef(-1);
  const sizes = useSizes(useWidth(scroller));
  const part = usePart(axis, onZoomed, () => redraw());
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => sizes.row,
    overscan: 10,
    scrollMargin: AXIS_PX,
  });
  useEffect(() => virtual.measure(), [virtual, sizes.row]);
  const shown = printing
    ? rows.slice(0, PRINTED_ROWS).map((_, index) => index)
    : virtual.getVirtualItems().map((item) => item.index);
  const first = shown[0] ?? 0;
  const last = shown.length > 0 ? Math.min(rows.length, shown[shown.length - 1]! + 1) : 0;

  const redraw = useRedraw(() => {
    if (!canvas.current || !axisCanvas.current || sizes.plot <= 0) return;
    paintPlot({ rows: canvas.current, axis: axisCanvas.current }, store.getState(), {
      run,
      rows,
      first,
      last,
      rowHeight: sizes.row,
      scale: scaleOf(part, sizes),
      axis,
      growing: now !== null,
      needle: needle.current,
      drag: pointer.drag(),
    });
  });
  // Drawn again when the theme changes.
  useTheme((state) => state.drawn);
  useEffect(() => store.subscribe(redraw), [store, redraw]);
  useShimmer(run, now !== null, redraw);
  useShowSelection(scroller, rows, sizes.row, (from, to) => part.set(view.show(part.get(), axis, from, to)));
  useBrushFits(part, axis);
  const follow = useFollow(scroller, rows);

  const pointer = usePlotPointer({ run, rows, axis, sizes, part, scroller, needle, tip, redraw });

  useImperativeHandle(ref, () => ({
    zoom: (factor) => {
      const { from, to } = part.get();
      const { selected } = store.getState();
      const middle = selected < 0 ? NaN : (run.start[selected]! + endOf(run, selected)) / 2;
      part.set(
        view.zoomAt({ from, to }, axis, middle >= from && middle <= to ? middle : (from + to) / 2, factor),
      );
    },
    fit: () => part.set(axis),
  }));

  const style = {
    "--tl-label": `${sizes.label}px`,
    "--tl-duration": `${sizes.duration}px`,
    "--tl-end": `${sizes.end}px`,
  } as CSSProperties;
  const place = { left: sizes.label, width: sizes.plot + 2 * PAD_PX };
  return (
    <div
      className="scroll tl-scroll"
      ref={scroller}
      tabIndex={0}
      style={style}
      aria-label="Timeline"
      onScroll={follow}
    >
      <div className="gt axisrow">
        <span className="l">
          {format.plural(rows.length, "row")}
          <span className="no-phone">for {format.plural(run.count, "span")}</span>
          {outside > 0 && <span className="only-phone warn-t">{format.count(outside)} off scale</span>}
        </span>
        <canvas ref={axisCanvas} style={{ ...place, top: 0, height: AXIS_PX }} aria-hidden />
        <span />
        <span className="corner">{corner}</span>
      </div>
      <div className="tl-rows" style={{ height: rows.length * sizes.row }} onClick={pointer.click}>
        <canvas
          ref={canvas}
          style={{ ...place, top: first * sizes.row, height: (last - first) * sizes.row }}
          aria-hidden
        />
        <div role="list" aria-label={`${format.plural(rows.length, "row")} by time`}>
          {shown.map((index) => (
            <TimelineRow
              key={index}
              run={run}
              row={rows[index]!}
              index={index}
              count={rows.length}
              top={index * sizes.row}
              height={sizes.row}
              indent={sizes.indent}
              origin={axis.origin}
            />
          ))}
        </div>
      </div>
      <Tip ref={tip} run={run} origin={axis.origin} left={sizes.label} />
    </div>
  );
}
