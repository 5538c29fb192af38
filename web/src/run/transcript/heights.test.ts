import { describe, expect, test } from "vitest";
import type { SpanText } from "@/run/texts";
import { testRun } from "@/trace/testing";
import type { TranscriptRow } from "@/trace/transcript";
import { isLong, lineCount, type Measures, rowHeight, thinkingOf } from "./heights";

/** Ten pixels a character; lines hold 48 characters (97 % of 500 px). */
const measures: Measures = { textWidth: 500, row: 30, widthOf: (text) => text.length * 10 };

const NONE: SpanText = {
  span_id: "",
  user: null,
  system: null,
  thinking: null,
  text: null,
  calls: [],
  arguments: null,
  result: null,
  media: [],
};
const words = (text: string, chars = text.length) => ({ text, chars });

describe("lineCount", () => {
  test("breaks between words, at line ends, and inside words that are too long", () => {
    expect(lineCount("short", measures, 9)).toBe(1);
    expect(lineCount("a\nb\n\nc", measures, 9)).toBe(3);
    // Four words of 20: two a line, with a space between 41 characters.
    expect(lineCount(Array(4).fill("x".repeat(20)).join(" "), measures, 9)).toBe(2);
    expect(lineCount("x".repeat(100), measures, 9)).toBe(3);
  });

  test("stops counting after the lines that matter", () => {
    expect(lineCount("a\n".repeat(50), measures, 4)).toBe(5);
  });
});

test("a text is long when it has more lines than are shown, or was cut", () => {
  expect(isLong("a\nb\nc", 5, measures)).toBe(false);
  expect(isLong("a\nb\nc\nd", 7, measures)).toBe(true);
  expect(isLong("a", 5000, measures)).toBe(true);
});

describe("rowHeight", () => {
  const run = testRun([
    { name: "chat", category: "llm", start: 0, duration: 1 },
    { name: "chat", category: "llm", start: 0, duration: 1, error: "RateLimit" },
    { name: "t", category: "tool", start: 0, duration: 1, error: "Timeout" },
  ]);
  run.outputPreviewChars[0] = 60;
  const base = { key: "k", level: 0, card: -1, inFold: "" } as const;
  const message = (span: number, level = 0): TranscriptRow => ({
    ...base,
    kind: "message",
    span,
    level,
    hasTools: false,
    asks: true,
    final: false,
  });

  test("a message is as tall as its lines, guessed from its length until it is there", () => {
    expect(rowHeight(run, message(0), undefined, measures)).toBe(18 + 2 * 22);
    expect(rowHeight(run, message(0), { ...NONE, text: words("one line") }, measures)).toBe(18 + 22);
    const long = { ...NONE, text: words("a\nb\nc\nd\ne") };
    expect(rowHeight(run, message(0), long, measures)).toBe(18 + 3 * 22 + 22);
  });

  test("thinking and a question above it make it taller, silence is one line", () => {
    const thought = { ...NONE, thinking: words("hm"), text: words("yes") };
    expect(rowHeight(run, message(0), thought, measures)).toBe(22 + 18 + 22);
    const asked = { ...NONE, user: words("why?"), text: words("so") };
    expect(rowHeight(run, message(0), asked, measures)).toBe(22 + 22 + 18 + 22);
    const told = { ...NONE, arguments: words("why?") };
    expect(rowHeight(run, message(0), asked, measures, told)).toBe(18 + 22);
    expect(rowHeight(run, message(0), NONE, measures)).toBe(30);
  });

  test("in a card a message is one line; failures add one", () => {
    expect(rowHeight(run, message(0, 1), undefined, measures)).toBe(30);
    expect(rowHeight(run, message(1, 1), undefined, measures)).toBe(52);
    expect(rowHeight(run, { ...base, kind: "call", span: 2, retry: false }, undefined, measures)).toBe(52);
  });
});

test("thinking is told by its characters, else by its tokens", () => {
  const run = testRun([{ name: "chat", category: "llm", start: 0, duration: 1 }]);
  expect(thinkingOf(run, 0, NONE)).toBe(null);
  run.reasoning[0] = 1640;
  expect(thinkingOf(run, 0, undefined)).toBe("Thought, 1,640 tokens");
  expect(thinkingOf(run, 0, { ...NONE, thinking: words("hm", 1240) })).toBe("Thought, 1,240 characters");
});
