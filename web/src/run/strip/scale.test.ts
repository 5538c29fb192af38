import { describe, expect, it } from "vitest";
import { testRun } from "@/trace/testing";
import { axisOf, nowIn, toTime, toX } from "./scale";

const run = (state: "live" | "done") =>
  testRun(
    [
      { name: "main", category: "agent", start: 0 },
      { name: "m", category: "llm", parent: 0, start: 0, duration: 10_000 },
    ],
    { state, start_nanos: "1000000000000000000" },
  );
const START_MS = 1e12;

describe("pixels and times", () => {
  const scale = { from: 0, to: 100, left: 10, width: 200 };
  it("are each other's inverse", () => {
    expect(toX(scale, 25)).toBe(60);
    expect(toTime(scale, 60)).toBe(25);
  });
  it("are bounded far outside", () => {
    expect(toX(scale, 1e18)).toBe(20_000);
    expect(toX(scale, -1e18)).toBe(-20_000);
  });
});

describe("a live run", () => {
  it("has a now between its last news and two minutes after", () => {
    expect(nowIn(run("live"), START_MS + 15_000)).toBe(15e9);
    expect(nowIn(run("live"), START_MS - 5_000)).toBe(10e9);
    expect(nowIn(run("live"), START_MS + 1e9)).toBe(130e9);
    expect(nowIn(run("done"), START_MS + 15_000)).toBe(null);
  });
  it("has none where every step that came has ended: its root may never come", () => {
    const ended = testRun([{ name: "m", category: "llm", start: 0, duration: 10_000 }], {
      state: "live",
      start_nanos: "1000000000000000000",
    });
    expect(nowIn(ended, START_MS + 15_000)).toBe(null);
  });
  it("has an axis with room, which grows in steps", () => {
    // 19.4 s: steps of 5 s; 19.4 × 1.03 / 5 + 0.2 is 4.2, so five of them.
    expect(axisOf(run("live"), 19.4e9)).toEqual({ from: 0, to: 25e9, origin: 0 });
    expect(axisOf(run("live"), 22e9)).toEqual({ from: 0, to: 25e9, origin: 0 });
    expect(axisOf(run("done"), null)).toEqual({ from: 0, to: 10e9, origin: 0 });
  });
});
