/** Paints the bars of the rows in sight. The work of a frame is rows and pixels, never spans of the run. */

import type { Row } from "@/trace/rows";
import { criticalPath, piecesWithin } from "@/trace/critical";
import type { Heat } from "@/trace/heat";
import { ends } from "@/trace/order";
import { CATEGORIES, FLAG, has, type Skeleton } from "@/trace/skeleton";
import type { Ticks } from "@/trace/ticks";
import { crisp } from "../strip/canvas";
import type { Colours } from "../strip/colours";
import { codeOf, FAILED } from "../strip/density";
import { colourOf, rounded } from "../strip/picture";
import { type Scale, toX } from "../strip/scale";
import { barcodeOf, drawnAs } from "./barcode";
import type { Part } from "./window";
import { wordsOf } from "./words";

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

const LLM = CATEGORIES.indexOf("llm");
const MIN_PX = 2;
const BAR_PX = 12;
const LINE_PX = 4;
/** Heights of one, two or three lines of a barcode. */
const CODE_PX = [8, 5, 4];

export function paintRows(context: CanvasRenderingContext2D, scene: Scene): void {
  const height = (scene.last - scene.first) * scene.rowHeight;
  paintGrid(context, scene, height);
  for (let at = scene.first; at < scene.last; at++) {
    const row = scene.rows[at];
    if (row) paintRow(context, scene, row, (at - scene.first) * scene.rowHeight);
  }
  context.globalAlpha = 1;
  paintNow(context, scene, height);
  paintBrush(context, scene, height);
  if (scene.needle < 0) return;
  context.fillStyle = scene.colours.lineStrong;
  context.fillRect(Math.round(scene.needle), 0, 1, height);
}

function paintGrid(context: CanvasRenderingContext2D, scene: Scene, height: number): void {
  context.strokeStyle = scene.colours.lineFaint;
  context.lineWidth = 1;
  context.beginPath();
  for (const time of scene.ticks.at) {
    const x = crisp(toX(scene.scale, time));
    context.moveTo(x, 0);
    context.lineTo(x, height);
  }
  context.stroke();
}

function paintNow(context: CanvasRenderingContext2D, scene: Scene, height: number): void {
  if (scene.now === null) return;
  context.fillStyle = scene.colours.live;
  context.fillRect(Math.round(toX(scene.scale, scene.now)), 0, 1.5, height);
}

/** What is outside of the brush is greyed, its edges are lines of the accent. */
function paintBrush(context: CanvasRenderingContext2D, scene: Scene, height: number): void {
  if (!scene.brush) return;
  const { scale, colours } = scene;
  const all = scale.left * 2 + scale.width;
  const from = toX(scale, scene.brush.from);
  const to = toX(scale, scene.brush.to);
  context.fillStyle = colours.bg;
  context.globalAlpha = 0.6;
  context.fillRect(0, 0, Math.max(0, from), height);
  context.fillRect(to, 0, Math.max(0, all - to), height);
  context.globalAlpha = 1;
  context.fillStyle = colours.accent;
  context.fillRect(Math.round(from), 0, 1, height);
  context.fillRect(Math.round(to), 0, 1, height);
}

/** Where a row's bar lies, in pixels; open ones end now. */
interface Extent {
  x: number;
  width: number;
  middle: number;
  open: boolean;
  /** Its clock says that it ended before it began, or it had no length. */
  empty: boolean;
}

function paintRow(context: CanvasRenderingContext2D, scene: Scene, row: Row, top: number): void {
  const { run, scale } = scene;
  const { item } = row;
  if (item.kind === "span" && has(run, item.span, FLAG.placeholder)) return;
  const words = wordsOf(run, item);
  const open = item.kind === "span" ? has(run, item.span, FLAG.open) : false;
  const end = open && scene.now !== null ? scene.now : Math.max(words.start, words.end);
  const x = toX(scale, words.start);
  const extent: Extent = {
    x,
    width: Math.max(MIN_PX, toX(scale, end) - x),
    middle: top + scene.rowHeight / 2,
    open,
    empty: !(words.duration > 0) && !open,
  };
  const off = paintOff(context, scene, extent, words.start, end);
  if (off) return;
  context.globalAlpha = isOnPath(scene, row) ? 1 : 0.3;
  const drawn = drawnAs(run, item, row.open);
  if (drawn === "line") paintLine(context, scene, row, extent);
  else if (drawn === "barcode") paintBarcode(context, scene, row, extent);
  else paintBar(context, scene, item.kind === "span" ? item.span : item.covered[0]!, extent);
  context.globalAlpha = 1;
  if (scene.path) paintPieces(context, scene, row, extent);
}

function isOnPath(scene: Scene, row: Row): boolean {
  if (!scene.path) return true;
  const { on } = criticalPath(scene.run);
  return row.item.kind === "span" ? on[row.item.span] === 1 : row.item.covered.some((span) => on[span] === 1);
}

/**
 * Marks what lies beyond the edges: an amber arrow where its time is off the scale of the run, a grey one where the
 * zoom leaves it out. True where nothing else of it is in sight.
 */
function paintOff(
  context: CanvasRenderingContext2D,
  scene: Scene,
  { x, width, middle }: Extent,
  start: number,
  end: number,
): boolean {
  const { scale, axis, colours } = scene;
  const right = scale.left + scale.width;
  const odd = { left: Math.min(start, end) < axis.from, right: Math.max(start, end) > axis.to };
  const gone = { left: x + width < scale.left, right: x > right };
  if (odd.left || gone.left) arrow(context, 2, middle, -1, odd.left ? colours.warn : colours.off);
  if (odd.right || gone.right)
    arrow(context, right + scale.left - 2, middle, 1, odd.right ? colours.warn : colours.off);
  return gone.left || gone.right;
}

function arrow(context: CanvasRenderingContext2D, x: number, y: number, way: -1 | 1, colour: string): void {
  context.fillStyle = colour;
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x - way * 6, y - 4);
  context.lineTo(x - way * 6, y + 4);
  context.fill();
}

function paintLine(context: CanvasRenderingContext2D, scene: Scene, row: Row, extent: Extent): void {
  const { run, colours } = scene;
  const { x, width, middle } = extent;
  const code = row.item.kind === "span" ? run.category[row.item.span]! : -1;
  const before = context.globalAlpha;
  context.globalAlpha = before * 0.75;
  context.fillStyle =
    row.item.kind === "loop" ? colours.warn : colourOf(colours, code < 0 ? CATEGORIES.length - 1 : code);
  rounded(context, x, middle - LINE_PX / 2, width, LINE_PX, 2);
  context.globalAlpha = before;
  if (row.item.kind === "span" && codeOf(run, row.item.span) === FAILED)
    outline(context, colours.error, x, middle - 4, width, 8);
  if (extent.open) paintOpen(context, scene, x, middle - LINE_PX / 2, width, LINE_PX);
}

function paintBar(context: CanvasRenderingContext2D, scene: Scene, span: number, extent: Extent): void {
  const { run, colours, scale, heat } = scene;
  const { x, width, middle } = extent;
  const top = middle - BAR_PX / 2;
  const code = codeOf(run, span);
  const odd = has(run, span, FLAG.oddClock) && extent.empty;
  context.fillStyle = heat ? colours.heat[heat.level[span]!]! : odd ? colours.warn : colourOf(colours, code);
  rounded(context, x, top, width, BAR_PX, 2);
  if (heat && code === FAILED) outline(context, colours.error, x, top, width, BAR_PX);
  // The pale head is the time to the first token.
  const head = toX(scale, run.start[span]! + run.ttft[span]!) - x;
  if (!heat && run.category[span] === LLM && code !== FAILED && head >= 1.5 && width > 5) {
    const before = context.globalAlpha;
    context.globalAlpha = before * 0.45;
    context.fillStyle = colours.bg;
    context.fillRect(x, top, Math.min(head, width), BAR_PX);
    context.globalAlpha = before;
  }
  if (extent.open) paintOpen(context, scene, x, top, width, BAR_PX);
  if (span === scene.hover) outline(context, colours.text, x - 1, top - 1, width + 2, BAR_PX + 2);
}

function paintBarcode(context: CanvasRenderingContext2D, scene: Scene, row: Row, extent: Extent): void {
  const { run, colours, scale, heat } = scene;
  const { item } = row;
  const { x, width, middle } = extent;
  const code = barcodeOf(run, item);
  const until = ends(run);
  const tall = CODE_PX[code.lines - 1]!;
  const all = code.lines * (tall + 1) - 1;
  const top = middle - all / 2;
  const loop = item.kind === "loop";
  const kind = item.kind === "span" ? run.category[item.span]! : CATEGORIES.length - 1;
  context.fillStyle = heat ? colours.active : loop ? colours.warnTint : colours.tints[kind]!;
  rounded(context, x, Math.min(top - 1, middle - BAR_PX / 2), width, Math.max(BAR_PX, all + 2), 2);
  if (extent.open) paintOpen(context, scene, x, top, width, all);
  /** Painted up to here, by line; failures are painted over what is there. */
  const painted = [-Infinity, -Infinity, -Infinity];
  // Short calls of a loop are ticks on the model calls between them, as long as there is room.
  const ticked = loop && item.spans.length * 4 < width;
  const crowded = failuresIn(run, item) * 5 > width;
  const edge = scale.left * 2 + scale.width;
  for (let at = 0; at < code.spans.length; at++) {
    const span = code.spans[at]!;
    const line = code.line[at]!;
    const end = has(run, span, FLAG.open) && scene.now !== null ? scene.now : until[span]!;
    const right = toX(scale, end);
    if (right < 0) continue;
    const left = toX(scale, run.start[span]!);
    if (left > edge) break;
    const bad = codeOf(run, span) === FAILED;
    const call = loop && run.category[span] !== LLM;
    const over = (bad && !crowded) || (call && ticked);
    if (bad && crowded) {
      // So many that they would cover everything: a red edge above.
      context.fillStyle = colours.error;
      context.fillRect(left, top - 2, Math.max(1, right - left), 2);
    }
    if (!over && right <= painted[line]! + 0.5) continue;
    const from = over ? left : Math.max(left, painted[line]!);
    context.fillStyle = heat
      ? colours.heat[heat.level[span]!]!
      : call && !bad
        ? colours.warn
        : colourOf(colours, bad && crowded ? run.category[span]! : codeOf(run, span));
    // Half a pixel of ground keeps neighbours apart.
    const gap = right - from > 3 ? 0.5 : 0;
    const y = top + line * (tall + 1);
    context.fillRect(from, y, Math.max(over ? 1.5 : 1, right - from - gap), tall);
    if (heat && bad) outline(context, colours.error, from, y, Math.max(2, right - from), tall);
    painted[line] = Math.max(painted[line]!, from + 1, right);
    if (span === scene.hover || span === scene.selected)
      outline(
        context,
        span === scene.selected ? colours.accent : colours.text,
        from - 1,
        y - 1,
        Math.max(3, right - from + 2),
        tall + 2,
      );
  }
}

/** Failed steps below a row. */
function failuresIn(run: Skeleton, item: Row["item"]): number {
  if (item.kind === "span") return run.subtreeErrors[item.span]!;
  return item.covered.reduce((all, span) => all + run.subtreeErrors[span]!, 0);
}

/** Open: a light runs over it, and its right edge fades. A still pattern where motion is not wanted (phase 0). */
function paintOpen(
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

/** What the run waited for, as a line under the bar. */
function paintPieces(context: CanvasRenderingContext2D, scene: Scene, row: Row, extent: Extent): void {
  const path = criticalPath(scene.run);
  const { item } = row;
  context.fillStyle = scene.colours.text;
  const y = extent.middle + BAR_PX / 2 + 1;
  // Between its steps an open row has slivers that say nothing.
  const least = row.open && item.kind === "span" ? 1.5 : 0;
  let painted = -Infinity;
  const paint = (first: number, end: number) => {
    for (const piece of piecesWithin(path, first, end)) {
      const x = toX(scene.scale, piece.from);
      const end = toX(scene.scale, piece.to);
      if (end - x < least) continue;
      const right = Math.max(x + 1, end);
      if (right <= painted + 0.5 && x >= painted - 1) continue;
      context.fillRect(x, y, right - x, 2);
      painted = right;
    }
  };
  if (item.kind !== "span") for (const span of item.covered) paint(span, scene.run.endIndex[span]!);
  else paint(item.span, row.open ? item.span + 1 : scene.run.endIndex[item.span]!);
}

function outline(
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

/** The axis above the rows: times, the brush, what is under the pointer. */
export function paintAxis(
  context: CanvasRenderingContext2D,
  scene: Pick<Scene, "scale" | "colours" | "ticks" | "needle" | "brush" | "now">,
  height: number,
  needleText: string,
): void {
  const { scale, colours, ticks } = scene;
  const all = scale.left * 2 + scale.width;
  if (scene.brush) {
    const from = Math.max(0, toX(scale, scene.brush.from));
    context.fillStyle = colours.accent;
    context.globalAlpha = 0.14;
    context.fillRect(from, 0, Math.max(2, Math.min(all, toX(scale, scene.brush.to)) - from), height);
    context.globalAlpha = 1;
  }
  context.font = `10.5px ${colours.font}`;
  context.fillStyle = colours.text3;
  ticks.at.forEach((time, at) => {
    const x = toX(scale, time);
    const text = ticks.labels[at]!;
    if (x > -4 && x + context.measureText(text).width + 4 <= all) context.fillText(text, x + 4, 16.5);
  });
  context.strokeStyle = colours.line;
  context.lineWidth = 1;
  context.beginPath();
  for (const time of ticks.at) {
    const x = crisp(toX(scale, time));
    context.moveTo(x, height - 5);
    context.lineTo(x, height);
  }
  context.stroke();
  if (scene.needle < 0) return;
  context.font = `500 10.5px ${colours.font}`;
  const wide = context.measureText(needleText).width + 8;
  const left = Math.min(Math.max(0, scene.needle - wide / 2), all - wide);
  context.fillStyle = colours.text;
  rounded(context, left, 5, wide, 16, 3);
  context.fillStyle = colours.bg;
  context.fillText(needleText, left + 4, 16.5);
}
