import { describe, expect, it } from "vitest";
import { atLeast, bySpeed, percentile, type TimedStep } from "./slow";

const step = (name: string, duration: number | null): TimedStep => ({
  category: "tool",
  name,
  display_name: name,
  tool_name: name,
  model: null,
  duration_nanos: duration,
  trace_id: "t",
});

describe("bySpeed", () => {
  it("has the slowest first; what is open does not count", () => {
    const found = bySpeed([step("a", 10), step("b", 30), step("a", 20), step("a", null), step("b", -1)]);
    expect(found.map(({ name, calls, p50, p95 }) => [name, calls, p50, p95])).toEqual([
      ["b", 1, 30, 30],
      ["a", 2, 10, 20],
    ]);
    expect(found[0]!.condition).toBe("tool=b");
  });
});

describe("percentile", () => {
  it("is by nearest rank", () => {
    const hundred = Array.from({ length: 100 }, (_, at) => at + 1);
    expect([percentile(hundred, 0.5), percentile(hundred, 0.95)]).toEqual([50, 95]);
  });
});

describe("atLeast", () => {
  it("rounds down to what a filter can say", () => {
    expect([atLeast(4_280_000_000), atLeast(1_999_999), atLeast(75_900_000_000)]).toEqual([
      4_200_000_000, 1_000_000, 75_000_000_000,
    ]);
  });
});
