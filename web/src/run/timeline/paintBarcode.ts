/** Paints folded rows: the work below them as a barcode. */

import { ends } from "@/trace/order";
import type { Row } from "@/trace/rows";
import { CATEGORIES, FLAG, has, type Skeleton } from "@/trace/skeleton";
import { codeOf, FAILED } from "../strip/density";
import { colourOf, rounded } from "../strip/picture";
import { toX } from "../strip/scale";
import { barcodeOf } from "./barcode";
import { BAR_PX, type Extent, LLM, outline, paintOpen, type Scene } from "./paintParts";

/** Heights of one, two or three lines of a barcode. */
const CODE_PX = [8, 5, 4];

export function paintBarcode(
  context: CanvasRenderingContext2D,
  scene: Scene,
  row: Row,
  extent: Extent,
): void {
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
