import { describe, expect, it } from "vitest";
import { grid, hasValues, type Series, stacked, wantsLog } from "./series";

const series = (...values: (number | null)[]): Series => ({
  id: "a",
  label: "a",
  colour: "--accent",
  values,
});

describe("stacked", () => {
  it("puts each on those before it; absent on absent stays absent", () => {
    expect(stacked([series(1, null, 0), series(2, null, 5)])).toEqual([
      [1, null, 0],
      [3, null, 5],
    ]);
  });
  it("takes absent on something for nothing more", () => {
    expect(stacked([series(4), series(null)])).toEqual([[4], [4]]);
  });
});

describe("hasValues", () => {
  it("0 is a value, absent is none", () => {
    expect(hasValues([series(null, 0)])).toBe(true);
    expect(hasValues([series(null)])).toBe(false);
  });
});

describe("wantsLog", () => {
  it("only where one is far above the middle", () => {
    expect(wantsLog([series(1, 2, 3, 250)])).toBe(false);
    expect(wantsLog([series(1, 2, 3, 350)])).toBe(true);
    expect(wantsLog([series(1, 900)])).toBe(false);
  });
});

describe("grid", () => {
  const hour = 3_600_000;
  it("covers what is touched", () => {
    expect(grid(hour / 2, 2.5 * hour, hour, 0)).toEqual([0, hour, 2 * hour]);
    expect(grid(0, hour, hour, 0)).toEqual([0]);
  });
  it("begins days at the reader's midnight", () => {
    // One hour east of UTC midnight is at 23:00 UTC.
    expect(grid(0, 2 * hour, 24 * hour, hour)).toEqual([-hour]);
  });
  it("keeps the newest of too many", () => {
    const all = grid(0, 5_000 * hour, hour, 0);
    expect(all.length).toBe(1_000);
    expect(all.at(-1)).toBe(4_999 * hour);
  });
});
