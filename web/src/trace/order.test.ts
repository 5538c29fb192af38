import { describe, expect, it } from "vitest";
import { ascending, byStart, ends } from "./order";
import { testRun } from "./testing";

describe("ascending", () => {
  it("gives places by time, equal ones by place", () => {
    expect([...ascending(Float64Array.of(30, 10, 20, 10))]).toEqual([1, 3, 2, 0]);
  });
  it("sorts negative times and times years apart", () => {
    expect([...ascending(Float64Array.of(9e16, -3, 0, 9e16 + 1e9))]).toEqual([1, 2, 0, 3]);
  });
  it("knows nothing and one", () => {
    expect([...ascending(new Float64Array(0))]).toEqual([]);
    expect([...ascending(Float64Array.of(5))]).toEqual([0]);
  });
});

describe("of a run", () => {
  const run = testRun([
    { name: "root", category: "agent", start: 0, duration: 100 },
    { name: "late", category: "tool", parent: 0, start: 60, duration: 10 },
    { name: "early", category: "tool", parent: 0, start: 20, duration: -5 },
    { name: "open", category: "tool", parent: 0, start: 90 },
  ]);
  it("spans by start", () => expect([...byStart(run)]).toEqual([0, 2, 1, 3]));
  it("ends: a negative duration ends at its start, an open span at the run's end", () => {
    expect([...ends(run)]).toEqual([100e6, 70e6, 20e6, 100e6]);
  });
});
