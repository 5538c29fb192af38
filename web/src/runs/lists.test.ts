import { describe, expect, test } from "vitest";
import { chosenColumns, fitting, move, toggled } from "./columnOrder";
import { filterDuration } from "./filterDuration";
import { firstSteps } from "./firstSteps";
import { nextSort, readSort, writeSort } from "./sort";

describe("order", () => {
  test("reads and writes", () => {
    expect(readSort("-cost,start")).toEqual([
      { field: "cost", descending: true },
      { field: "start", descending: false },
    ]);
    expect(writeSort(readSort("-cost,start"))).toBe("-cost,start");
    expect(writeSort([])).toBeUndefined();
  });

  test("a click goes large, small, none; words begin with A", () => {
    const click = (text: string, field: string, more = false) =>
      writeSort(nextSort(readSort(text), field, more));
    expect(click("", "cost")).toBe("-cost");
    expect(click("-cost", "cost")).toBe("cost");
    expect(click("cost", "cost")).toBeUndefined();
    expect(click("", "agent")).toBe("agent");
    expect(click("-cost", "tokens")).toBe("-tokens");
    expect(click("-cost", "tokens", true)).toBe("-cost,-tokens");
    expect(click("-cost,-tokens", "cost", true)).toBe("cost,-tokens");
    expect(click("cost,-tokens", "cost", true)).toBe("-tokens");
    expect(click("-cost,-tokens,-spans,-errors", "agent", true)).toBe("-tokens,-spans,-errors,agent");
  });
});

describe("columns", () => {
  test("what was kept, without what is gone or twice, the mark first", () => {
    const all = ["state", "a", "b", "c"];
    expect(chosenColumns(undefined, all, ["state", "a"])).toEqual(["state", "a"]);
    expect(chosenColumns(["c", "state", "x", "a", "c"], all, ["state", "a"])).toEqual(["state", "c", "a"]);
    expect(toggled(["state", "a"], "b")).toEqual(["state", "a", "b"]);
    expect(toggled(["state", "a", "b"], "a")).toEqual(["state", "b"]);
    expect(move(["a", "b", "c"], 2, -1)).toEqual(["a", "c", "b"]);
    expect(move(["a", "b", "c"], 0, -1)).toEqual(["a", "b", "c"]);
  });
});

test("columns that find no room go in the order given", () => {
  const columns = ["a", "b", "c"].map((id) => ({ id, min: 100 }));
  const sum = (some: readonly { min: number }[]) => some.reduce((all, one) => all + one.min, 0);
  const shown = (available: number) =>
    fitting(columns, sum, available, ["b", "a"])
      .map((one) => one.id)
      .join("");
  expect([300, 299, 150, 10].map(shown)).toEqual(["abc", "ac", "c", "c"]);
});

test("failed steps are among the first that are shown", () => {
  const steps = Array.from({ length: 9 }, (_, index) => ({ index, status: index > 6 ? "error" : "ok" }));
  expect(firstSteps(steps).map((step) => step.index)).toEqual([0, 1, 2, 7, 8]);
  expect(firstSteps(steps.slice(0, 2)).map((step) => step.index)).toEqual([0, 1]);
});

test("lengths of time as the filter language writes them", () => {
  expect([1_500, 350_400_000, 4_237_000_000, 250_000_000_000].map(filterDuration)).toEqual([
    "2us",
    "350ms",
    "4.2s",
    "250s",
  ]);
});
