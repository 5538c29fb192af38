/** The strip's picture: what only changes with the run, the width and the theme is painted once and then copied. */

import { LANES, lanes } from "@/trace/lanes";
import { timeRange } from "@/trace/range";
import { CATEGORIES, FLAG, has, type Skeleton } from "@/trace/skeleton";
import { ticks } from "@/trace/ticks";
import { work } from "@/trace/work";
import { crisp } from "./canvas";
import type { Colours } from "./colours";
import { BAR_MIN_PX, barsOf, codeOf, FAILED } from "./density";
import type { LoopMark, Mark } from "./marks";
import { type Scale, toX } from "./scale";

/** Where things stand, from the top, in pixels. */
export interface Layout {
  height: number;
  /** Labels of the axis are written. */
  labelled: boolean;
  lanesTop: number;
  pitch: number;
  bar: number;
  /** Selection and brush reach from here to there. */
  top: number;
  bottom: number;
}

export function layoutOf(height: number): Layout {
  return height >= 60
    ? { height, labelled: true, lanesTop: 22, pitch: 9, bar: 7, top: 17, bottom: 70 }
    : { height, labelled: false, lanesTop: 5, pitch: 7, bar: 5, top: 2, bottom: 41 };
}

/** The lane at a height, from 0 to 4. */
export function laneAt(layout: Layout, y: number): number {
  return Math.min(LANES - 1, Math.max(0, Math.floor((y - layout.lanesTop + 1) / layout.pitch)));
}

/** The time that is free of work is left as the ground; agents' blocks are tinted. */
export function paintBase(
  context: CanvasRenderingContext2D,
  run: Skeleton,
  scale: Scale,
  layout: Layout,
  colours: Colours,
  axis: { origin: number; growing: boolean },
  marks: { failures: readonly Mark[]; loops: readonly LoopMark[] },
): void {
  paintTicks(context, scale, layout, colours, axis.origin, marks.failures);
  paintOutside(context, run, scale, layout, colours);
  const { spans, blocks } = lanes(run);
  context.fillStyle = colours.agentTint;
  for (const block of blocks) {
    const x = toX(scale, block.start);
    context.fillRect(
      x,
      layout.lanesTop + block.top * layout.pitch - 1,
      Math.max(2, toX(scale, block.end) - x),
      (block.bottom - block.top) * layout.pitch,
    );
  }
  const leftOut = axis.growing ? (span: number) => has(run, span, FLAG.open) : undefined;
  spans.forEach((lane, at) => {
    const y = layout.lanesTop + at * layout.pitch;
    const { bars, fills } = barsOf(run, lane, scale, leftOut);
    for (const fill of fills) {
      context.globalAlpha = 0.35 + 0.55 * fill.share;
      context.fillStyle = colourOf(colours, fill.code);
      context.fillRect(fill.x, y, fill.width, layout.bar);
      if (!fill.failed || fill.code === FAILED) continue;
      context.globalAlpha = 1;
      context.fillStyle = colours.error;
      context.fillRect(fill.x, y, fill.width, layout.bar / 2);
    }
    context.globalAlpha = 0.9;
    for (const bar of bars) {
      context.fillStyle = colourOf(colours, bar.code);
      // Half a pixel of ground keeps neighbours apart.
      const gap = bar.width > 4 ? 0.5 : 0;
      rounded(context, bar.x, y, bar.width - gap, layout.bar, 1);
    }
    context.globalAlpha = 1;
  });
  paintBrackets(context, marks.loops, layout, colours);
}

function paintTicks(
  context: CanvasRenderingContext2D,
  scale: Scale,
  layout: Layout,
  colours: Colours,
  origin: number,
  failures: readonly Mark[],
): void {
  const found = ticks(scale.from, scale.to, scale.width, origin, layout.labelled ? 88 : 56);
  context.fillStyle = colours.text3;
  context.font = `10.5px ${colours.font}`;
  context.textBaseline = "alphabetic";
  context.strokeStyle = colours.line;
  context.lineWidth = 1;
  context.beginPath();
  found.at.forEach((time, at) => {
    const x = crisp(toX(scale, time));
    context.moveTo(x, layout.labelled ? 17 : 0);
    context.lineTo(x, layout.height);
    const room = scale.left * 2 + scale.width - x;
    const hidden = failures.some((mark) => x < mark.x + mark.width && mark.x < x + 44);
    if (layout.labelled && room > 40 && !hidden) context.fillText(found.labels[at]!, x + 4, 12.5);
  });
  context.stroke();
}

/** Arrows at the edges where spans lie beyond the scale. */
function paintOutside(
  context: CanvasRenderingContext2D,
  run: Skeleton,
  scale: Scale,
  layout: Layout,
  colours: Colours,
): void {
  const { before, after } = timeRange(run);
  const y = layout.lanesTop + layout.bar / 2;
  context.fillStyle = colours.warn;
  for (const [count, edge, way] of [
    [before, 3, -1],
    [after, scale.left * 2 + scale.width - 3, 1],
  ] as const) {
    if (count === 0) continue;
    context.beginPath();
    context.moveTo(edge, y);
    context.lineTo(edge - way * 7, y - 4.5);
    context.lineTo(edge - way * 7, y + 4.5);
    context.fill();
  }
}

function paintBrackets(
  context: CanvasRenderingContext2D,
  marks: readonly LoopMark[],
  layout: Layout,
  colours: Colours,
): void {
  context.strokeStyle = colours.warn;
  context.lineWidth = 1.5;
  context.beginPath();
  const tall = layout.labelled ? 5 : 3;
  for (const { x, width, label } of marks) {
    // A bracket shorter than its label stands above it.
    const y = label && width < label.width + 16 ? layout.bottom - 4 : layout.bottom;
    context.moveTo(x + 0.75, y);
    context.lineTo(x + 0.75, y + tall);
    context.lineTo(x + width - 0.75, y + tall);
    context.lineTo(x + width - 0.75, y);
  }
  context.stroke();
}

export function colourOf(colours: Colours, code: number): string {
  return code === FAILED ? colours.error : (colours.kinds[code] ?? colours.kinds[CATEGORIES.length - 1]!);
}

export function rounded(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  width: number,
  height: number,
  radius: number,
): void {
  if (width < radius * 2) return context.fillRect(x, y, width, height);
  context.beginPath();
  context.roundRect(x, y, width, height, radius);
  context.fill();
}

/** What of a run is still open and shown, for the part that is painted in each frame. */
export function openWork(run: Skeleton): number[] {
  const marks = work(run);
  const open: number[] = [];
  for (let span = 0; span < run.count; span++) if (marks[span] && has(run, span, FLAG.open)) open.push(span);
  return open;
}

/** Open steps up to now, without a right edge, and the line of now. */
export function paintNow(
  context: CanvasRenderingContext2D,
  run: Skeleton,
  open: readonly number[],
  scale: Scale,
  layout: Layout,
  colours: Colours,
  now: number,
): void {
  const { lane } = lanes(run);
  const end = toX(scale, now);
  for (const span of open) {
    const x = toX(scale, run.start[span]!);
    const y = layout.lanesTop + Math.min(LANES - 1, lane[span]!) * layout.pitch;
    context.fillStyle = colourOf(colours, codeOf(run, span));
    context.globalAlpha = 0.9;
    context.fillRect(x, y, Math.max(BAR_MIN_PX, end - x), layout.bar);
  }
  context.globalAlpha = 1;
  context.fillStyle = colours.live;
  context.fillRect(Math.round(end), layout.top, 1.5, layout.height - layout.top);
  if (!layout.labelled) return;
  context.fillStyle = colours.liveText;
  context.font = `500 10.5px ${colours.font}`;
  context.fillText("now", Math.round(end) + 6, 29);
}

/** A span between two lines of the accent. */
export function paintSelection(
  context: CanvasRenderingContext2D,
  scale: Scale,
  layout: Layout,
  colours: Colours,
  from: number,
  to: number,
): void {
  const x = toX(scale, from);
  const width = Math.max(2, toX(scale, to) - x);
  context.fillStyle = colours.accent;
  context.globalAlpha = colours.bg === "#ffffff" ? 0.1 : 0.16;
  context.fillRect(x, layout.top, width, layout.bottom - layout.top);
  context.globalAlpha = 1;
  context.fillRect(Math.round(x), layout.top, 1, layout.bottom - layout.top);
  context.fillRect(Math.round(x + width), layout.top, 1, layout.bottom - layout.top);
}

/** A frame round the bar under the pointer, here or in another view. */
export function paintHover(
  context: CanvasRenderingContext2D,
  run: Skeleton,
  span: number,
  end: number,
  scale: Scale,
  layout: Layout,
  colours: Colours,
): void {
  const at = lanes(run).lane[span]!;
  const x = toX(scale, run.start[span]!);
  const width = Math.max(3, toX(scale, end) - x);
  context.strokeStyle = colours.text;
  context.lineWidth = 1;
  if (at >= LANES) {
    // An agent or what only holds others: its time, above the lanes.
    context.fillStyle = colours.text3;
    context.fillRect(x, layout.lanesTop - 4, width, 2);
    return;
  }
  const y = layout.lanesTop + at * layout.pitch;
  context.strokeRect(crisp(x) - 1, y - 1, Math.round(width) + 1, layout.bar + 2);
}

/** What is outside of the brush fades; its edges can be taken. */
export function paintBrush(
  context: CanvasRenderingContext2D,
  scale: Scale,
  layout: Layout,
  colours: Colours,
  from: number,
  to: number,
): void {
  const [left, right] = [toX(scale, from), toX(scale, to)];
  const all = scale.left * 2 + scale.width;
  context.fillStyle = colours.sunken;
  context.globalAlpha = 0.72;
  context.fillRect(0, 0, Math.max(0, left), layout.height);
  context.fillRect(right, 0, Math.max(0, all - right), layout.height);
  context.globalAlpha = 1;
  context.fillStyle = colours.accent;
  for (const x of [left, right]) {
    context.fillRect(Math.round(x) - 0.5, 0, 1.5, layout.height);
    rounded(context, x - 2.5, layout.height / 2 - 8, 5, 16, 2);
  }
}

/** The part of time that the view below shows, where that is not all. */
export function paintOnScreen(
  context: CanvasRenderingContext2D,
  scale: Scale,
  layout: Layout,
  colours: Colours,
  from: number,
  to: number,
): void {
  const x = Math.max(1, toX(scale, from));
  const end = Math.min(scale.left * 2 + scale.width - 1, toX(scale, to));
  const y = layout.height - 2;
  context.strokeStyle = colours.text3;
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(x, y - 4);
  context.lineTo(x, y);
  context.lineTo(Math.max(x + 4, end), y);
  context.lineTo(Math.max(x + 4, end), y - 4);
  context.stroke();
}

/** The line under the pointer with its time and the name of what is there. */
export function paintNeedle(
  context: CanvasRenderingContext2D,
  scale: Scale,
  layout: Layout,
  colours: Colours,
  x: number,
  text: string,
): void {
  context.fillStyle = colours.text3;
  context.fillRect(Math.round(x), layout.labelled ? 16 : 0, 1, layout.height);
  if (!layout.labelled) return;
  context.font = `500 10.5px ${colours.font}`;
  const wide = context.measureText(text).width + 8;
  const left = Math.min(Math.max(0, x - wide / 2), scale.left * 2 + scale.width - wide);
  context.fillStyle = colours.text;
  rounded(context, left, 1, wide, 15, 3);
  context.fillStyle = colours.bg;
  context.fillText(text, left + 4, 12);
}
