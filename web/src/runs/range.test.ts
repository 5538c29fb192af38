import { describe, expect, test } from "vitest";
import { conditions, lengthOf, rangeLabel, readRange, ticks } from "./range";

const at = (text: string) => String(BigInt(Date.parse(text)) * 1_000_000n);

describe("the range of an address", () => {
  test("relative stays relative", () => {
    expect(readRange({ range: "24h" }, "all")).toEqual({ around: "24h", from: null, to: null, chosen: true });
    expect(readRange({}, "all")).toEqual({ around: "all", from: null, to: null, chosen: false });
    expect(readRange({ range: "<b>" }, "24h").around).toBe("24h");
    expect(readRange({ from: "5", to: "x" }, "24h")).toEqual({
      around: "all",
      from: "5",
      to: null,
      chosen: true,
    });
    expect(lengthOf("3h")).toBe(10_800_000);
    expect(lengthOf("all")).toBeNull();
  });

  test("conditions", () => {
    const day = { around: "24h", from: null, to: null, chosen: true };
    expect(conditions(day, "trace")).toEqual(["start > -24h"]);
    expect(conditions(day, "session")).toEqual(["(end > -24h or start > -24h)"]);
    expect(conditions({ ...day, around: "all" }, "span")).toEqual([]);
    const exact = { ...day, from: at("2026-11-20T09:00:00Z"), to: at("2026-11-20T10:30:00.250Z") };
    expect(conditions(exact, "trace")).toEqual([
      "start >= 2026-11-20T09:00:00.000Z",
      "start < 2026-11-20T10:30:00.250Z",
    ]);
  });

  test("words", () => {
    const now = new Date(2026, 10, 20, 14, 0).getTime();
    const nanos = (...parts: [number, number, number, number, number]) =>
      String(BigInt(new Date(...parts).getTime()) * 1_000_000n);
    const range = { around: "24h", chosen: true, from: nanos(2026, 10, 20, 9, 0), to: null };
    expect(rangeLabel({ ...range, from: null }, now)).toBe("Last 24 hours");
    expect(rangeLabel({ ...range, around: "3h", from: null }, now)).toBe("Last 3 hours");
    expect(rangeLabel(range, now)).toBe("09:00 to now");
    expect(rangeLabel({ ...range, to: nanos(2026, 10, 20, 10, 30) }, now)).toBe("09:00 to 10:30");
    expect(
      rangeLabel({ ...range, from: nanos(2026, 10, 18, 9, 0), to: nanos(2026, 10, 19, 1, 5) }, now),
    ).toBe("18 Nov 09:00 to 19 Nov 01:05");
  });
});

test("marks stand at round times", () => {
  const from = new Date(2026, 10, 19, 14, 7).getTime();
  const marks = ticks(from, from + 24 * 3_600_000, 9);
  expect(marks.map((mark) => mark.label)).toEqual([
    "15:00",
    "18:00",
    "21:00",
    "Fri 20",
    "03:00",
    "06:00",
    "09:00",
    "12:00",
  ]);
  expect(ticks(from, from, 9)).toEqual([]);
  expect(ticks(from, from + 4_000, 9).map((mark) => mark.label)).toEqual([
    "14:07:00",
    "14:07:01",
    "14:07:02",
    "14:07:03",
  ]);
});
