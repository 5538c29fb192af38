import { describe, expect, it } from "vitest";
import { amount, heat, heatFloor, heatLevel } from "./heat";
import { FLAG, type Skeleton } from "./skeleton";
import { testRun } from "./testing";

const run = testRun([
  { name: "main", category: "agent", start: 0, duration: 10, input: 1100, output: 25 },
  { name: "dear", category: "llm", parent: 0, start: 0, duration: 5, input: 900, output: 100, cost: 100 },
  { name: "cheap", category: "llm", parent: 0, start: 5, duration: 5, input: 100, output: 25, cost: 4 },
  { name: "free", category: "tool", parent: 0, start: 5, duration: 5 },
]);
// The agent only repeats what its calls said.
const counted: Skeleton = {
  ...run,
  flags: run.flags.map((bits, span) => (span === 0 ? bits & ~FLAG.counted : bits)),
};

describe("heat", () => {
  it("has five steps of a square root", () => {
    expect([0, 1, 4, 16, 36, 64, 100].map((own) => heatLevel(own, 100))).toEqual([0, 1, 2, 3, 4, 5, 5]);
    expect([1, 2, 3, 4, 5].map((step) => Math.round(heatFloor(step, 100)))).toEqual([0, 4, 16, 36, 64]);
  });
  it("of tokens leaves out what repeats", () => {
    expect(heat(counted, "tokens")).toEqual({
      level: Uint8Array.of(0, 5, 2, 0),
      most: 1000,
      hottest: 1,
      total: 1125,
    });
    expect(amount(counted, 0, "tokens")).toBe(0);
  });
  it("of cost", () => {
    expect(heat(counted, "cost")).toEqual({
      level: Uint8Array.of(0, 5, 2, 0),
      most: 100,
      hottest: 1,
      total: 104,
    });
  });
  it("of nothing", () => {
    expect(heatLevel(0, 0)).toBe(0);
    expect(heatLevel(NaN, 5)).toBe(0);
  });
});
