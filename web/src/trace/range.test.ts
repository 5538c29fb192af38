import { describe, expect, it } from "vitest";
import { side, timeRange } from "./range";
import { FLAG } from "./skeleton";
import { testRun } from "./testing";

const YEAR_MS = 365 * 86_400_000;

describe("timeRange", () => {
  it("is the whole of a usual run", () => {
    const run = testRun([
      { name: "root", category: "agent", start: 0, duration: 100 },
      { name: "a", category: "llm", parent: 0, start: 10, duration: 50 },
    ]);
    expect(timeRange(run)).toEqual({ from: 0, to: 100e6, origin: 0, before: 0, after: 0 });
  });

  it("leaves out one clock that is years ahead", () => {
    const run = testRun([
      { name: "root", category: "agent", start: 0, duration: 100 },
      { name: "a", category: "llm", parent: 0, start: 10, duration: 50 },
      { name: "odd", category: "tool", parent: 0, start: 3 * YEAR_MS, duration: 5, flags: FLAG.oddClock },
    ]);
    expect(timeRange(run)).toEqual({ from: 0, to: 100e6, origin: 0, before: 0, after: 1 });
    expect(side(run, 2, 0, 100e6)).toBe(1);
  });

  it("leaves it out without the mark too, and counts from the rest where the run's start is the odd one", () => {
    const run = testRun([
      { name: "odd", category: "tool", start: 0, duration: 0 },
      { name: "root", category: "agent", start: YEAR_MS, duration: 100 },
      { name: "a", category: "llm", parent: 1, start: YEAR_MS + 10, duration: 50 },
    ]);
    const from = YEAR_MS * 1e6;
    // One of six times may be left out at an end; the odd span has two, so both stay without a mark.
    expect(timeRange(run).from).toBe(0);
    const marked = testRun([
      { name: "odd", category: "tool", start: 0, duration: 0, flags: FLAG.oddClock },
      { name: "root", category: "agent", start: YEAR_MS, duration: 100 },
      { name: "a", category: "llm", parent: 1, start: YEAR_MS + 10, duration: 50 },
    ]);
    expect(timeRange(marked)).toEqual({ from, to: from + 100e6, origin: from, before: 1, after: 0 });
  });

  it("a long wait inside a run is no odd clock, and a child that outlives its parent stretches it", () => {
    const run = testRun([
      { name: "root", category: "agent", start: 0, duration: 60_000 },
      { name: "after", category: "tool", parent: 0, start: 50_000, duration: 100_000, flags: FLAG.oddClock },
    ]);
    expect(timeRange(run)).toEqual({ from: 0, to: 150_000e6, origin: 0, before: 0, after: 0 });
  });

  it("leaves out an end that is a day away from everything", () => {
    const spans = Array.from({ length: 20 }, (_, at) => ({
      name: "step",
      category: "llm" as const,
      start: at * 10,
      duration: 10,
    }));
    const run = testRun([...spans, { name: "odd", category: "tool", start: 5, duration: 10 * 86_400_000 }]);
    expect(timeRange(run)).toEqual({ from: 0, to: 200e6, origin: 0, before: 0, after: 1 });
  });

  it("an empty run has a range", () => {
    expect(timeRange(testRun([]))).toEqual({ from: 0, to: 1, origin: 0, before: 0, after: 0 });
  });

  it("one span of no length has a range", () => {
    const run = testRun([{ name: "a", category: "tool", start: 0, duration: 0 }]);
    expect(timeRange(run)).toEqual({ from: 0, to: 1, origin: 0, before: 0, after: 0 });
  });
});
