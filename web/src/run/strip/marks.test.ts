import { describe, expect, it } from "vitest";
import { testRun, type TestSpan } from "@/trace/testing";
import { failureMarks, loopMarks } from "./marks";

// A millisecond a pixel, from 10.
const scale = { from: 0, to: 1000e6, left: 10, width: 1000 };

describe("failureMarks", () => {
  it("labels each failure at its start, one of two that overlap, and keeps it on the strip", () => {
    const run = testRun([
      { name: "main", category: "agent", start: 0, duration: 1000 },
      { name: "a", category: "tool", parent: 0, start: 100, duration: 50, error: "timeout" },
      { name: "c", category: "tool", parent: 0, start: 120, duration: 49, error: "late" },
      { name: "b", category: "llm", parent: 0, start: 990, duration: 10, error: "refused" },
    ]);
    // "timeout" is 7 characters: 7 × 6.2 + 22 = 65.4, so 66 pixels.
    expect(failureMarks(run, scale)).toEqual([
      { span: 1, text: "timeout", x: 110, width: 66 },
      { span: 3, text: "refused", x: 944, width: 66 },
    ]);
  });

  it("of many counts each kind once", () => {
    const spans = Array.from({ length: 20 }, (_, at): TestSpan => ({
      name: "t",
      category: "tool",
      start: at * 50,
      duration: 1,
      error: at === 15 ? "refused" : "timeout",
    }));
    expect(failureMarks(testRun(spans), scale).map((mark) => [mark.span, mark.text])).toEqual([
      [0, "timeout ×19"],
      [15, "refused"],
    ]);
  });

  it("an agent fails at its end, and not where a step below it did", () => {
    const alone = testRun([
      { name: "main", category: "agent", start: 0, duration: 600, error: "gave up" },
      { name: "m", category: "llm", parent: 0, start: 0, duration: 500 },
    ]);
    expect(failureMarks(alone, scale).map((mark) => mark.x)).toEqual([610]);
    const both = testRun([
      { name: "main", category: "agent", start: 0, duration: 600, error: "timeout" },
      { name: "m", category: "llm", parent: 0, start: 0, duration: 500, error: "timeout" },
    ]);
    expect(failureMarks(both, scale).map((mark) => mark.span)).toEqual([1]);
  });
});

describe("loopMarks", () => {
  it("has a bracket over the calls and a label in its middle", () => {
    const run = testRun([
      { name: "main", category: "agent", start: 0, duration: 1000 },
      ...Array.from({ length: 4 }, (_, at): TestSpan => ({
        name: "read",
        category: "tool",
        tool: "read_file",
        parent: 0,
        start: 200 + at * 100,
        duration: 100,
        call: 7,
      })),
    ]);
    const [mark] = loopMarks(run, scale);
    expect([mark!.x, mark!.width]).toEqual([210, 400]);
    // 12 characters: 12 × 6.2 + 22 = 96.4, so 97 pixels about 410.
    expect(mark!.label).toEqual({ span: 1, text: "same call ×4", x: 361.5, width: 97 });
  });
});
