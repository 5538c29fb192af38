import { describe, expect, it } from "vitest";
import { lanes } from "@/trace/lanes";
import { CATEGORIES } from "@/trace/skeleton";
import { testRun, type TestSpan } from "@/trace/testing";
import { barsOf, FAILED } from "./density";

const TOOL = CATEGORIES.indexOf("tool");
const LLM = CATEGORIES.indexOf("llm");

describe("barsOf", () => {
  it("gives single bars while there is room, at least 1.6 px wide, failures last", () => {
    const run = testRun([
      { name: "a", category: "llm", start: 0, duration: 50 },
      { name: "bad", category: "tool", start: 60, duration: 0, error: "timeout" },
      { name: "b", category: "tool", start: 80, duration: 20 },
    ]);
    const found = barsOf(run, lanes(run).spans[0]!, { from: 0, to: 100e6, left: 10, width: 100 });
    expect(found).toEqual({
      bars: [
        { span: 0, code: LLM, x: 10, width: 50 },
        { span: 2, code: TOOL, x: 90, width: 20 },
        { span: 1, code: FAILED, x: 70, width: 1.6 },
      ],
      fills: [],
    });
  });

  it("fills where more than two begin on a pixel, with the kind that has most of it", () => {
    // 1,000 steps of 1 ms on 100 pixels: a model call of 0.9 ms and a tool of 0.1 ms, one after the other.
    const spans: TestSpan[] = [];
    for (let at = 0; at < 1000; at++) {
      spans.push({ name: "m", category: "llm", start: at, duration: 0.9 });
      spans.push({ name: "t", category: "tool", start: at + 0.9, duration: 0.1 });
    }
    const run = testRun(spans);
    const all = Uint32Array.from({ length: 2000 }, (_, span) => span);
    const { bars, fills } = barsOf(run, all, { from: 0, to: 1000e6, left: 0, width: 100 });
    expect(bars).toEqual([]);
    expect(fills).toEqual([{ code: LLM, failed: false, x: 0, width: 100, share: 1 }]);
  });

  it("a failure among thousands is seen", () => {
    const spans: TestSpan[] = Array.from({ length: 1000 }, (_, at) => ({
      name: "t",
      category: "tool",
      start: at,
      duration: 1,
      ...(at === 505 ? { error: "timeout" } : {}),
    }));
    const run = testRun(spans);
    const all = Uint32Array.from({ length: 1000 }, (_, span) => span);
    const { fills } = barsOf(run, all, { from: 0, to: 1000e6, left: 0, width: 100 });
    expect(fills.map(({ code, failed, x, width }) => [code, failed, x, width])).toEqual([
      [TOOL, false, 0, 50],
      [TOOL, true, 50, 1],
      [TOOL, false, 51, 49],
    ]);
  });
});
