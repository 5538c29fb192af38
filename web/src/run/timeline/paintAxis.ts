/** Paints the axis above the rows. */

import { crisp } from "../strip/canvas";
import { rounded } from "../strip/picture";
import { toX } from "../strip/scale";
import type { Scene } from "./paintParts";

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
