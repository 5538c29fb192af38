import { describe as group, expect, it } from "vitest";
import { FLAG } from "@/trace/skeleton";
import { testRun } from "@/trace/testing";
import { describe, wordsOf } from "./words";

const run = testRun([
  { name: "main", category: "agent", start: 0, duration: 5000 },
  {
    name: "m",
    category: "llm",
    parent: 0,
    model: "gpt-5",
    start: 0,
    duration: 1500,
    input: 900,
    output: 100,
    cost: 2e9,
  },
  { name: "t", category: "tool", parent: 0, tool: "grep", start: 1500, duration: 40, error: "timeout" },
  { name: "t", category: "tool", parent: 0, tool: "grep", start: 1600, duration: 40 },
  { name: "t", category: "tool", parent: 0, tool: "grep", start: 1700, duration: 40, flags: FLAG.oddClock },
  { name: "o", category: "tool", parent: 0, tool: "wait", start: 2000 },
]);

group("wordsOf", () => {
  it("of a span", () => {
    expect(wordsOf(run, { kind: "span", span: 2 })).toMatchObject({
      name: "grep",
      tone: "error",
      mono: true,
      status: "failed",
      start: 1500e6,
      duration: 40e6,
    });
    expect(wordsOf(run, { kind: "span", span: 4 }).status).toBe("odd clock");
    expect(wordsOf(run, { kind: "span", span: 5 }).status).toBe("open");
  });
  it("of folds", () => {
    const repeat = wordsOf(run, { kind: "repeat", key: "r", spans: [2, 3, 4], covered: [2, 3, 4] });
    expect([repeat.name, repeat.tone, repeat.start, repeat.end]).toEqual([
      "grep ×3",
      "error",
      1500e6,
      1740e6,
    ]);
    expect(wordsOf(run, { kind: "fine", key: "f", covered: [1, 3] }).name).toBe("2 steps, all fine");
    expect(
      wordsOf(run, { kind: "hundred", key: "h", covered: [1], from: 1001, to: 1100, within: "all" }).name,
    ).toBe("1,001 to 1,100");
  });
});

group("describe", () => {
  it("says a span in one line", () => {
    expect(describe(run, 1, 0)).toBe("gpt-5, at 0:00.0, 1.50\u202fs, 1.00k tokens, $0.0020");
    expect(describe(run, 2, 0)).toBe("grep, failed, at 0:01.5, 40\u202fms");
    expect(describe(run, 5, 0)).toBe("wait, open, at 0:02.0, still open");
  });
});
