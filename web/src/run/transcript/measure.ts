/** The width of texts as the browser will draw them, without touching the page: a canvas that is never shown. */

import type { Measures } from "./heights";

const FONT =
  '14px "Inter", ui-sans-serif, system-ui, -apple-system, "Segoe UI Variable Text", "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif';
/** Words come again and again. */
const KEPT_MAX = 20_000;
const kept = new Map<string, number>();
let context: CanvasRenderingContext2D | null | undefined;

/** Pixels of a text in the font of the conversation. */
function widthOf(text: string): number {
  const known = kept.get(text);
  if (known !== undefined) return known;
  if (context === undefined) {
    context = document.createElement("canvas").getContext("2d");
    if (context) context.font = FONT;
  }
  const width = context ? context.measureText(text).width : text.length * 7.3;
  if (kept.size >= KEPT_MAX) kept.clear();
  kept.set(text, width);
  return width;
}

/** What a row of conversation takes beside its text: offset, tile, numbers, gaps (transcript.css). */
const BESIDE = 332;
const BESIDE_NARROW = 192;
const BESIDE_PHONE = 118;
/** Narrower than this, tokens and cost leave the rows: two views stand side by side. */
export const NARROW_PX = 600;
/** Rows are at most so wide: numbers stay near what they belong to (transcript.css). */
const WIDTH_MAX = 1120;
/** Lines are at most so many zeros wide. */
const LINE_MAX_CHARS = 74;

/** The measures of a transcript of this width. */
export function measuresOf(width: number, phone: boolean): Measures {
  const beside = phone ? BESIDE_PHONE : width < NARROW_PX ? BESIDE_NARROW : BESIDE;
  const room = Math.min(width, WIDTH_MAX) - beside;
  return {
    textWidth: Math.max(120, Math.min(room, LINE_MAX_CHARS * widthOf("0"))),
    row: phone ? 40 : 30,
    widthOf,
  };
}
