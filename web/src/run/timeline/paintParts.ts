/** What all that paints the timeline shares: the scene of a frame, a bar's extent, outlines and the look of what is open. */

import type { Heat } from "@/trace/heat";
import type { Row } from "@/trace/rows";
import { CATEGORIES, type Skeleton } from "@/trace/skeleton";
import type { Ticks } from "@/trace/ticks";
import { crisp } from "../strip/canvas";
import type { Colours } from "../strip/colours";
import type { Scale } from "../strip/scale";
import type { Part } from "./window";

/** What a frame shows. */
export interface Scene {
  run: Skeleton;
  rows: readonly Row[];
  /** First row of the canvas and one past the last. */
  first: number;
  last: number;
  rowHeight: number;
  scale: Scale;
  /** Beyond it times are off the scale. */
  axis: Part;
  colours: Colours;
  ticks: Ticks;
  heat: Heat | null;
  path: boolean;
  selected: number;
  hover: number;
  brush: Part | null;
  /** Pixel of the pointer, -1 for none. */
  needle: number;
  /** Now, in a growing run. */
  now: number | null;
  /** 0 to 1, where the shimmer of open bars is. */
  phase: number;
}

export const LLM = CATEGORIES.indexOf("llm");
export const BAR_PX = 12;

/** Where a row's bar lies, in pixels; open ones end now. */
export interface Extent {
  x: number;
  width: number;
  middle: number;
  open: boolean;
  /** Its clock says that it ended before it began, or it had no length. */
  empty: boolean;
}

/** Open: a light runs over it, and its right edge fades. A still pattern where motion is not wanted (phase 0). */
export function paintOpen(
  context: CanvasRenderingContext2D,
  scene: Scene,
  x: number,
  y: number,
  width: number,
  height: number,
): void {
  const { colours, now, phase } = scene;
  if (now === null) {
    // Nobody said an end: a dashed one at the last that is known.
    context.strokeStyle = colours.text3;
    context.setLineDash([2, 2]);
    context.beginPath();
    context.moveTo(crisp(x + width), y - 3);
    context.lineTo(crisp(x + width), y + height + 3);
    context.stroke();
    context.setLineDash([]);
    return;
  }
  const before = context.globalAlpha;
  if (phase === 0) {
    context.globalAlpha = before * 0.4;
    context.fillStyle = colours.bg;
    for (let at = x + 4; at < x + width; at += 8) context.fillRect(at, y, 2, height);
  } else {
    const band = Math.max(24, Math.min(120, width / 2));
    const at = x - band + (width + band) * phase;
    const light = context.createLinearGradient(at, 0, at + band, 0);
    light.addColorStop(0, `${colours.bg}00`);
    light.addColorStop(0.5, `${colours.bg}80`);
    light.addColorStop(1, `${colours.bg}00`);
    context.fillStyle = light;
    const from = Math.max(x, at);
    context.fillRect(from, y, Math.max(0, Math.min(x + width, at + band) - from), height);
  }
  context.globalAlpha = before;
}

export function outline(
  context: CanvasRenderingContext2D,
  colour: string,
  x: number,
  y: number,
  width: number,
  height: number,
): void {
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.strokeRect(crisp(x), crisp(y), Math.max(1, Math.round(width) - 1), Math.round(height) - 1);
}
