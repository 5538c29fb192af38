import { describe, expect, it } from "vitest";
import { stepAtLeast, tickLabel, ticks } from "./ticks";

const S = 1e9;

describe("ticks", () => {
  it("of four minutes on 900 pixels stand at half minutes", () => {
    const found = ticks(0, 250 * S, 900);
    expect(found.step).toBe(30 * S);
    expect(found.labels).toEqual(["0:00", "0:30", "1:00", "1:30", "2:00", "2:30", "3:00", "3:30", "4:00"]);
  });
  it("go to whole minutes where there is less room", () => {
    expect(ticks(0, 250 * S, 300).labels).toEqual(["0:00", "1:00", "2:00", "3:00", "4:00"]);
  });
  it("of a part begin in it", () => {
    expect(ticks(151 * S, 152 * S, 400).labels).toEqual([
      "2:31.0",
      "2:31.2",
      "2:31.4",
      "2:31.6",
      "2:31.8",
      "2:32.0",
    ]);
  });
  it("of a short run have its unit", () => {
    expect(ticks(0, 0.5 * S, 400).labels).toEqual([
      "0\u202fms",
      "100\u202fms",
      "200\u202fms",
      "300\u202fms",
      "400\u202fms",
      "500\u202fms",
    ]);
    expect(ticks(0, 3 * S, 400).labels).toEqual([
      "0.0\u202fs",
      "0.5\u202fs",
      "1.0\u202fs",
      "1.5\u202fs",
      "2.0\u202fs",
      "2.5\u202fs",
      "3.0\u202fs",
    ]);
    expect(ticks(0, 20e3, 300).labels).toEqual([
      "0\u202fµs",
      "5\u202fµs",
      "10\u202fµs",
      "15\u202fµs",
      "20\u202fµs",
    ]);
  });
  it("count from the origin", () => {
    expect(ticks(1e18, 1e18 + 120 * S, 300, 1e18).labels).toEqual(["0:00", "0:30", "1:00", "1:30", "2:00"]);
  });
  it("are bounded however far the ends are apart", () => {
    expect(ticks(0, 1e21, 600).at.length).toBeLessThanOrEqual(200);
    expect(ticks(0, 0, 600).at.length).toBeLessThanOrEqual(12);
  });
});

describe("stepAtLeast", () => {
  it("goes 1, 2, 5 below a second and by clocks above", () => {
    expect(stepAtLeast(3e6)).toBe(5e6);
    expect(stepAtLeast(0.3 * S)).toBe(0.5 * S);
    expect(stepAtLeast(0.7 * S)).toBe(1 * S);
    expect(stepAtLeast(20 * S)).toBe(30 * S);
    expect(stepAtLeast(100 * 60 * S)).toBe(2 * 3600 * S);
  });
});

describe("tickLabel", () => {
  it("writes hours, days and what is before 0", () => {
    expect(tickLabel(3600 * S, 60 * S, 7200 * S)).toBe("1:00:00");
    expect(tickLabel(26 * 3600 * S, 3600 * S, 30 * 3600 * S)).toBe("1\u202fd 2:00:00");
    expect(tickLabel(3 * 86_400 * S, 86_400 * S, 9 * 86_400 * S)).toBe("3\u202fd");
    expect(tickLabel(-30 * S, 30 * S, 60 * S)).toBe("\u22120:30");
  });
});
