/** Paints the bars of the rows in sight. The work of a frame is rows and pixels, never spans of the run. */

import type { Row } from "@/trace/rows";
import { criticalPath, piecesWithin } from "@/trace/critical";
import { CATEGORIES, FLAG, has } from "@/trace/skeleton";
import { crisp } from "../strip/canvas";
import { codeOf, FAILED } from "../strip/density";
import { colourOf, rounded } from "../strip/picture";
import { toX } from "../strip/scale";
import { drawnAs } from "./barcode";
import { paintBarcode } from "./paintBarcode";
import { BAR_PX, type Extent, LLM, outline, paintOpen, type Scene } from "./paintParts";
import { wordsOf } from "./words";

const MIN_PX = 2;
const LINE_PX = 4;

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
