import { describe, expect, it } from "vitest";
import type { ErrorGroup } from "./errors";
import { inWords, type Said, sentence } from "./sentence";

const figures = (part: object): Said["figures"] => ({
  count: 1284,
  error_count: 37,
  failed_count: 37,
  live_count: 2,
  span_count: 9,
  span_error_count: 0,
  tokens: null,
  usage: { input: null, output: null, cache_read: null, cache_write: null, reasoning: null, total: null },
  cost: { total: "212.4" },
  duration_nanos: null,
  ...part,
});
const worst = { name: "query_warehouse", runs: 12, condition: "tool=query_warehouse" } as ErrorGroup;
const said = (part: object, more: Partial<Said> = {}) =>
  sentence({ figures: figures(part), partial: false, worst: null, since: null, ...more })
    .map((one) => one.text)
    .join("");

describe("sentence", () => {
  it("says runs, live ones, failures, the worst of them, money", () => {
    expect(said({}, { worst, since: "05:40" })).toBe(
      "1,284 runs, 2 live. 37 failed. Twelve of them on query_warehouse, which began at 05:40. $212.40 spent.",
    );
  });
  it("tells failed runs from failed steps", () => {
    expect(said({ count: 5, live_count: 0, failed_count: 0, error_count: 1, cost: null })).toBe(
      "5 runs. None failed, but one has failed steps. ",
    );
    expect(said({ count: 9, live_count: 0, failed_count: 2, error_count: 5 })).toContain(
      "2 failed, three more have failed steps. ",
    );
  });
  it("is short where nothing happened", () => {
    expect(said({ count: 0 })).toBe("No run in this range.");
    expect(said({ count: 1, live_count: 0, failed_count: 0, error_count: 0 })).toBe(
      "1 run. It did not fail. $212.40 spent.",
    );
  });
  it("says that sums are of a part", () => {
    expect(said({ live_count: 0 }, { partial: true }).startsWith("At least 1,284 runs. ")).toBe(true);
  });
});

describe("inWords", () => {
  it("has letters up to twelve", () => {
    expect([inWords(1), inWords(12), inWords(13)]).toEqual(["one", "twelve", "13"]);
  });
});
