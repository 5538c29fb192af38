/**
 * How tall each row of the transcript is, in pixels, known before it is painted: from character counts until its text
 * is there, then from the text itself. Only rows that were opened by hand are measured.
 */

import type { SpanText } from "@/run/texts";
import type { TranscriptRow } from "@/trace/transcript";
import { failed, FLAG, has, type Skeleton } from "@/trace/skeleton";

/** Lines of a message before "more". */
export const LINES_SHOWN = 3;
/** Height of a line of conversation, of a small line (error, more, thinking). */
export const LINE = 22;
export const SMALL = 22;

/** Widths and heights that depend on the window. */
export interface Measures {
  /** Pixels for a line of conversation. */
  textWidth: number;
  /** One-line rows: 30, on a phone 40. */
  row: number;
  /** Width of a text in pixels, in the font of the conversation. */
  widthOf(text: string): number;
}

/** Pixels above and below a message. */
const MESSAGE_PADDING = 18;
const WORDS_PADDING = 22;
/** Margin above a card, its header, one line of In or Out, its foot, the foot of an open one. */
const CARD = { margin: 6, header: 36, line: 20, foot: 8, end: 11 } as const;

/** Height of a row. `text` is what was fetched of its span, if it was. */
export function rowHeight(
  run: Skeleton,
  row: TranscriptRow,
  text: SpanText | undefined,
  measures: Measures,
): number {
  const error = failed(run, row.span) && !has(run, row.span, FLAG.errorDerived) ? SMALL : 0;
  switch (row.kind) {
    case "words":
      return (
        WORDS_PADDING + clamped(run.inputPreviewChars[row.span]!, text?.arguments?.text, measures) * LINE
      );
    case "answer":
      return (
        MESSAGE_PADDING + clamped(run.outputPreviewChars[row.span]!, text?.result?.text, measures) * LINE
      );
    case "message":
      return row.level > 0 ? measures.row + error : messageHeight(run, row, text, measures) + error;
    case "call":
      return measures.row + error;
    case "loop":
      return measures.row + 10;
    case "fold":
    case "checks":
      return row.level > 0 ? measures.row : Math.max(28, measures.row - 2);
    case "card":
      return cardHeight(run, row.span, row.open) + (error ? SMALL + 2 : 0);
    case "end":
      return CARD.end;
  }
}

/** In and Out are shown where there is something to show. */
function cardHeight(run: Skeleton, span: number, open: boolean): number {
  const lines = (run.inputBytes[span]! > 0 ? 1 : 0) + (run.outputBytes[span]! > 0 ? 1 : 0);
  return (
    CARD.margin + CARD.header + lines * CARD.line + (lines > 0 ? CARD.foot : 0) + (open ? 0 : CARD.margin)
  );
}

function messageHeight(
  run: Skeleton,
  { span, asks }: Extract<TranscriptRow, { kind: "message" }>,
  text: SpanText | undefined,
  measures: Measures,
): number {
  const thinks = text ? thinkingOf(run, span, text) !== null : run.reasoning[span]! > 0;
  const words = asks && text?.user ? LINE * clamped(0, text.user.text, measures) + WORDS_PADDING : 0;
  const said = text ? text.text?.text : undefined;
  const lines = said || !text ? clamped(run.outputPreviewChars[span]!, said, measures) : 0;
  if (lines === 0) return words + measures.row + (thinks ? SMALL : 0);
  const overflows = said !== undefined && isLong(said, text?.text?.chars ?? 0, measures);
  return words + MESSAGE_PADDING + lines * LINE + (thinks ? SMALL : 0) + (overflows ? SMALL : 0);
}

/** "Thought, 1,240 characters", "Thought, 164 tokens", or null where the model did not say that it thought. */
export function thinkingOf(run: Skeleton, span: number, text: SpanText | undefined): string | null {
  if (text?.thinking) return `Thought, ${text.thinking.chars.toLocaleString("en-US")} characters`;
  const tokens = run.reasoning[span]!;
  return tokens > 0 ? `Thought, ${tokens.toLocaleString("en-US")} tokens` : null;
}

/** The text goes on beyond the lines that are shown. */
export function isLong(text: string, chars: number, measures: Measures): boolean {
  return chars > text.length || lineCount(text, measures, LINES_SHOWN + 1) > LINES_SHOWN;
}

function clamped(chars: number, text: string | undefined, measures: Measures): number {
  if (text !== undefined) return Math.min(LINES_SHOWN, Math.max(1, lineCount(text, measures, LINES_SHOWN)));
  const perLine = Math.max(20, measures.textWidth / measures.widthOf("n"));
  return Math.min(LINES_SHOWN, Math.max(1, Math.ceil(chars / perLine)));
}

/** Lines that a text takes, counted up to `max`: words are put into lines as a browser does. */
export function lineCount(text: string, measures: Measures, max: number): number {
  let lines = 0;
  // Bold letters and the ends of words that are kept together make lines a little longer than counted.
  const width = measures.textWidth * 0.97;
  const space = measures.widthOf(" ");
  for (const paragraph of text.trimEnd().split("\n")) {
    lines++;
    let used = 0;
    for (const word of paragraph.split(" ")) {
      if (lines > max) return lines;
      const long = measures.widthOf(word);
      if (used > 0 && used + space + long > width) {
        lines++;
        used = 0;
      }
      used += (used > 0 ? space : 0) + long;
      if (used > width) {
        lines += Math.ceil(used / width) - 1;
        used %= width;
      }
    }
  }
  return lines;
}
