/** Axis, rows and their canvas; the part of time that is shown is its own, everything else is the run's store. */

import { useVirtualizer } from "@tanstack/react-virtual";
import {
  type CSSProperties,
  type MouseEvent,
  type ReactNode,
  type Ref,
  useEffect,
  useImperativeHandle,
  useRef,
} from "react";
import { useTheme } from "@/app/theme";
import * as format from "@/format";
import { heat } from "@/trace/heat";
import type { Row } from "@/trace/rows";
import { endOf, type Skeleton } from "@/trace/skeleton";
import { ticks } from "@/trace/ticks";
import { type RunState, useRun, useRunStore } from "../store";
import { begin, pixelRatio, useRedraw, useWidth } from "../strip/canvas";
import { coloursOf } from "../strip/colours";
import { nowIn, type Scale } from "../strip/scale";
import { paintRows } from "./paint";
import { paintAxis } from "./paintAxis";
import type { Scene } from "./paintParts";
import { pick } from "./pick";
import {
  AXIS_PX,
  PAD_PX,
  SHIMMER_MS,
  STILL,
  useBrushFits,
  useFollow,
  usePart,
  useShimmer,
  useShowSelection,
  useSizes,
} from "./plotState";
import { usePointer } from "./pointer";
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
  const theme = useTheme((state) => state.drawn);
  const printing = useRun((state) => state.printing);
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const axisCanvas = useRef<HTMLCanvasElement>(null);
  const tip = useRef<TipHandle>(null);
  const needle = useRef(-1);
  const axisKey = useRef("");
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

  const scaleNow = (): Scale => ({ ...part.get(), left: PAD_PX, width: sizes.plot });
  const redraw = useRedraw(() => {
    if (!canvas.current || !axisCanvas.current || sizes.plot <= 0) return;
    const scale = scaleNow();
    const scene = sceneOf(store.getState(), run, rows, scale, axis);
    Object.assign(scene, {
      first,
      last,
      rowHeight: sizes.row,
      colours: coloursOf(theme),
      now: now === null ? null : nowIn(run, Date.now()),
      needle: needle.current,
      brush: gestures.drag() ?? store.getState().brush,
    });
    const across = sizes.plot + 2 * PAD_PX;
    const context = begin(canvas.current, across, (last - first) * sizes.row);
    if (context) paintRows(context, scene);
    // The axis stays as it is while rows scroll.
    const text = needleText(scene, gestures.drag(), axis.origin);
    const key = JSON.stringify([scale, scene.brush, scene.needle, text, theme, pixelRatio()]);
    if (key === axisKey.current) return;
    const above = begin(axisCanvas.current, across, AXIS_PX);
    if (above) paintAxis(above, scene, AXIS_PX, text);
    axisKey.current = key;
  });
  useEffect(() => store.subscribe(redraw), [store, redraw]);
  useShimmer(run, now !== null, redraw);
  useShowSelection(scroller, rows, sizes.row, (from, to) => part.set(view.show(part.get(), axis, from, to)));
  useBrushFits(part, axis);
  const follow = useFollow(scroller, rows);

  const rowAt = (y: number) => {
    if (y < 0 || !scroller.current) return undefined;
    return rows[Math.floor((y + scroller.current.scrollTop) / sizes.row)];
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
      const row = rowAt(y);
      const span = row ? pick(run, row, scaleNow(), x + PAD_PX) : null;
      if (y < 0 || !span) {
        store.getState().setBrush(null);
        part.set(axis);
      } else part.set(view.fit({ from: span.from, to: span.to }, axis));
    },
    hover: (at) => {
      needle.current = at ? at.x + PAD_PX : -1;
      const row = at ? rowAt(at.y) : undefined;
      const found = at && row ? pick(run, row, scaleNow(), at.x + PAD_PX) : null;
      store.getState().hoverOver(found?.span ?? -1);
      tip.current?.show(found?.onBar ? found.span : -1, at);
      redraw();
    },
    redraw: () => redraw(),
  });

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

  const click = (event: MouseEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const at = (event.target as Element).closest<HTMLElement>("[data-row]");
    const row = at ? rows[Number(at.dataset.row)] : undefined;
    if (!row) return store.getState().select(-1);
    const x = event.clientX - box.left - sizes.label;
    const found = pick(run, row, scaleNow(), x);
    const label = x < 0;
    if (label && row.item.kind !== "span" && !row.open) store.getState().toggleFold(row.item.key);
    store.getState().select(label || !found ? Number(at!.dataset.span) : found.span);
  };

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
      <div className="tl-rows" style={{ height: rows.length * sizes.row }} onClick={click}>
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

/** What of a frame the store says. */
function sceneOf(state: RunState, run: Skeleton, rows: Row[], scale: Scale, axis: Props["axis"]): Scene {
  return {
    run,
    rows,
    scale,
    axis,
    first: 0,
    last: 0,
    rowHeight: 0,
    colours: coloursOf(useTheme.getState().drawn),
    ticks: ticks(scale.from, scale.to, scale.width, axis.origin, 58),
    heat: state.heat === "none" ? null : heat(run, state.heat),
    path: state.criticalPath,
    selected: state.selected,
    hover: state.hover,
    brush: state.brush,
    needle: -1,
    now: null,
    phase: STILL.matches ? 0 : ((performance.now() % SHIMMER_MS) + 1) / SHIMMER_MS,
  };
}

function needleText(scene: Scene, drag: view.Part | null, origin: number): string {
  if (drag) return `${format.place(drag.from - origin)}, ${format.duration(drag.to - drag.from)}`;
  const { scale } = scene;
  const time =
    scale.from + ((scene.needle - scale.left) / Math.max(1, scale.width)) * (scale.to - scale.from);
  return scale.to - scale.from < 5e9
    ? format.duration(Math.round(time - origin))
    : format.place(time - origin);
}
