import { describe, expect, it } from "vitest";
import type { StatsRow } from "@/api/schema";
import { byGroup, overTime, pico, stepFor, timeline } from "./sums";

const HOUR = 3_600_000;

function row(hour: number, name: string | null, count: number, cost: string | null): StatsRow {
  return {
    group: [String(hour * HOUR * 1e6), name],
    agent: null,
    count,
    error_count: 0,
    failed_count: 0,
    live_count: 0,
    span_count: count,
    span_error_count: 0,
    tokens: null,
    usage: { input: null, output: null, cache_read: null, cache_write: null, reasoning: null, total: null },
    cost: cost === null ? null : { total: cost },
    duration_nanos: { p50: count * 1000, p95: count * 2000, p99: count * 3000 },
  } as StatsRow;
}

describe("stepFor", () => {
  it("takes days beyond four of them", () => {
    expect(stepFor(96 * HOUR)).toBe("hour");
    expect(stepFor(97 * HOUR)).toBe("day");
  });
});

describe("pico", () => {
  it("reads decimal dollars to the last digit", () => {
    expect(pico("0.000618")).toBe(618_000_000);
    expect(pico("12")).toBe(12_000_000_000_000);
    expect(pico("-0.5")).toBe(-500_000_000_000);
  });
});

describe("overTime", () => {
  const time = timeline([row(1, null, 3, "0.5"), row(3, null, 2, null)], "hour", HOUR, 4 * HOUR, 0);
  it("has every step, with 0 runs where none was", () => {
    expect(time.xs).toEqual([HOUR, 2 * HOUR, 3 * HOUR]);
    expect(overTime(time, "runs")).toEqual([3, 0, 2]);
  });
  it("knows absent cost from none spent", () => {
    expect(overTime(time, "cost")).toEqual([500_000_000_000, 0, null]);
  });
  it("has no duration where no run was", () => {
    expect(overTime(time, "p50")).toEqual([3000, null, 2000]);
  });
});

describe("byGroup", () => {
  const rows = [row(0, "a", 1, null), row(0, "b", 5, null), row(1, null, 2, null)];
  const time = timeline(rows, "hour", 0, 2 * HOUR, 0);
  it("has the largest first, and names what has none", () => {
    expect(byGroup(time, "runs", "no agent").map(({ label, values }) => [label, values])).toEqual([
      ["b", [5, null]],
      ["no agent", [null, 2]],
      ["a", [1, null]],
    ]);
  });
  it("adds up what is beyond the colours", () => {
    const many = "abcdefghij".split("").map((name, at) => row(0, name, 10 - at, null));
    const series = byGroup(timeline(many, "hour", 0, HOUR, 0), "runs", "");
    expect(series.length).toBe(8);
    expect([series[7]!.label, series[7]!.values]).toEqual(["3 more", [6]]);
    expect(byGroup(timeline(many, "hour", 0, HOUR, 0), "p95", "").length).toBe(7);
  });
});
