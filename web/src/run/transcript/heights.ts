/**
 * How tall each row of the transcript is, in pixels, known before it is painted: from character counts until its text
 * is there, then from the text itself. Only rows that were opened by hand are measured.
 */

import type { SpanText, Text } from "@/run/texts";
import { withoutMentions } from "@/ui/mentions";
import type { TranscriptRow } from "@/trace/transcript";
import type { Skeleton } from "@/trace/skeleton";
import { askedHere } from "./asked";
import { failureOf } from "./words";

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

/** Height of a row. `text` is what was fetched of its span, if it was; `told` what was of the words at the top. */
export function rowHeight(
  run: Skeleton,
  row: TranscriptRow,
  text: SpanText | undefined,
  measures: Measures,
  told: SpanText | null | undefined = null,
): number {
  const error = failureOf(run, row) >= 0 ? SMALL : 0;
  switch (row.kind) {
    case "words":
      return WORDS_PADDING + saidHeight(run.inputPreviewChars[row.span]!, text?.arguments, measures);
    case "answer":
      return MESSAGE_PADDING + saidHeight(run.outputPreviewChars[row.span]!, text?.result, measures);
    case "message":
      return row.level > 0 ? measures.row + error : messageHeight(run, row, text, measures, told) + error;
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
  row: Extract<TranscriptRow, { kind: "message" }>,
  text: SpanText | undefined,
  measures: Measures,
  told: SpanText | null | undefined,
): number {
  const thinks = thinkingOf(run, row.span, text) === null ? 0 : SMALL;
  const asked = askedHere(run, row, text, told);
  const words = asked ? WORDS_PADDING + saidHeight(0, asked, measures) : 0;
  const chars = text ? 0 : run.outputPreviewChars[row.span]!;
  const said = text?.text;
  if (!said && chars === 0) return words + thinks + (thinks ? MESSAGE_PADDING + LINE : measures.row);
  return words + thinks + MESSAGE_PADDING + saidHeight(chars, said, measures);
}

/** Lines of a text and "more" where it goes on; from its length alone until it is there. */
function saidHeight(chars: number, said: Text | null | undefined, measures: Measures): number {
  const more = said && isLong(said.text, said.chars, measures) ? SMALL : 0;
  return clamped(chars, said?.text, measures) * LINE + more;
}

/** "Thought, 1,240 characters", "Thought, 164 tokens", or null where the model did not say that it thought. */
export function thinkingOf(run: Skeleton, span: number, text: SpanText | undefined): string | null {
  if (text?.thinking) return `Thought, ${text.thinking.chars.toLocaleString("en-US")} characters`;
  const tokens = run.reasoning[span]!;
  return tokens > 0 ? `Thought, ${tokens.toLocaleString("en-US")} tokens` : null;
}

/** The text goes on beyond the lines that are shown. */
export function isLong(text: string, chars: number, measures: Measures): boolean {
  return chars > SHOWN_CHARS || lineCount(text, measures, LINES_SHOWN + 1) > LINES_SHOWN;
}

function clamped(chars: number, text: string | undefined, measures: Measures): number {
  if (text !== undefined) return Math.min(LINES_SHOWN, Math.max(1, lineCount(text, measures, LINES_SHOWN)));
  const perLine = Math.max(20, measures.textWidth / measures.widthOf("n"));
  return Math.min(LINES_SHOWN, Math.max(1, Math.ceil(chars / perLine)));
}

/** Characters of a text that its first lines can hold. */
const SHOWN_CHARS = 700;

/** The beginning of a text as its first lines show it: without empty lines. */
export function shownWords(text: string): string {
  return withoutMentions(text.slice(0, 3 * SHOWN_CHARS))
    .slice(0, SHOWN_CHARS)
    .trim()
    .replace(/\n\s*\n/g, "\n");
}

/** Lines that a text takes, counted up to `max`: words are put into lines as a browser does. */
export function lineCount(text: string, measures: Measures, max: number): number {
  let lines = 0;
  // Bold letters and the ends of words that are kept together make lines a little longer than counted.
  const width = measures.textWidth * 0.97;
  const space = measures.widthOf(" ");
  for (const paragraph of shownWords(text).split("\n")) {
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
