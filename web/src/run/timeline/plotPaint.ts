/** One frame of the plot: the scene as the store and the plot have it, onto the rows' canvas and the axis. */

import { useTheme } from "@/app/theme";
import * as format from "@/format";
import { heat } from "@/trace/heat";
import type { Row } from "@/trace/rows";
import type { Skeleton } from "@/trace/skeleton";
import { ticks } from "@/trace/ticks";
import type { RunState } from "../store";
import { begin, pixelRatio } from "../strip/canvas";
import { coloursOf } from "../strip/colours";
import { nowIn, type Scale } from "../strip/scale";
import { paintRows } from "./paint";
import { paintAxis } from "./paintAxis";
import type { Scene } from "./paintParts";
import { AXIS_PX, PAD_PX, SHIMMER_MS, STILL } from "./plotState";
import type { Part } from "./window";

/** What the plot itself knows of a frame. */
export interface Frame {
  run: Skeleton;
  rows: readonly Row[];
  first: number;
  last: number;
  rowHeight: number;
  scale: Scale;
  axis: { from: number; to: number; origin: number };
  growing: boolean;
  needle: number;
  /** What is brushed at the moment. */
  drag: Part | null;
}

export interface Canvases {
  rows: HTMLCanvasElement;
  axis: HTMLCanvasElement;
}

const PAINTED = new WeakMap<HTMLCanvasElement, string>();

/** Paints both canvases; the axis only where it is another than before, so that it is left alone while rows scroll. */
export function paintPlot(canvases: Canvases, state: RunState, frame: Frame): void {
  const scene = sceneOf(state, frame);
  const across = frame.scale.width + 2 * PAD_PX;
  const context = begin(canvases.rows, across, (frame.last - frame.first) * frame.rowHeight);
  if (context) paintRows(context, scene);
  const text = needleText(frame);
  const theme = useTheme.getState().drawn;
  const key = JSON.stringify([frame.scale, frame.axis, scene.brush, frame.needle, text, theme, pixelRatio()]);
  if (PAINTED.get(canvases.axis) === key) return;
  const above = begin(canvases.axis, across, AXIS_PX);
  if (above) paintAxis(above, scene, AXIS_PX, text);
  PAINTED.set(canvases.axis, key);
}

function sceneOf(state: RunState, frame: Frame): Scene {
  const { run, scale, axis } = frame;
  return {
    run,
    rows: frame.rows,
    first: frame.first,
    last: frame.last,
    rowHeight: frame.rowHeight,
    scale,
    axis,
    colours: coloursOf(useTheme.getState().drawn),
    ticks: ticks(scale.from, scale.to, scale.width, axis.origin, TICKS_APART_PX),
    heat: state.heat === "none" ? null : heat(run, state.heat),
    path: state.criticalPath,
    selected: state.selected,
    hover: state.hover,
    brush: frame.drag ?? state.brush,
    needle: frame.needle,
    now: frame.growing ? nowIn(run, Date.now()) : null,
    phase: STILL.matches ? 0 : ((performance.now() % SHIMMER_MS) + 1) / SHIMMER_MS,
  };
}

const TICKS_APART_PX = 58;
/** Zoomed in so far, the time under the pointer has its own unit. */
const FINE_NANOS = 5e9;

function needleText({ drag, needle, scale, axis: { origin } }: Frame): string {
  if (drag) return `${format.place(drag.from - origin)}, ${format.duration(drag.to - drag.from)}`;
  const length = scale.to - scale.from;
  const time = scale.from + ((needle - scale.left) / Math.max(1, scale.width)) * length;
  return length < FINE_NANOS ? format.duration(Math.round(time - origin)) : format.place(time - origin);
}
