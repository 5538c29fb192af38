import { describe, expect, it } from "vitest";
import { testRun } from "@/trace/testing";
import { curlOf, linkTo } from "./actions";
import { clock, isoNanos } from "./instant";
import { short } from "./labels";
import { pauseAfter } from "./load";
import { inOrder } from "./neighbours";
import { panelWidth } from "./panelWidth";
import { place, union } from "./places";
import { createRunStore, nextOf } from "./store";

describe("the shell of a run", () => {
  it("asks for a growing run at most twice a second, and less where it is slow", () => {
    expect(pauseAfter(12)).toBe(500);
    expect(pauseAfter(300)).toBe(3000);
  });
  it("keeps nanoseconds in instants", () => {
    expect(isoNanos("1795165225925410780")).toBe("2026-11-20T09:00:25.925410780Z");
    expect(isoNanos("-1")).toBe("1969-12-31T23:59:59.999999999Z");
  });
  it("walks over places, round the end", () => {
    expect(nextOf([3, 7, 9], -1, 1)).toBe(3);
    expect(nextOf([3, 7, 9], 7, 1)).toBe(9);
    expect(nextOf([3, 7, 9], 9, 1)).toBe(3);
    expect(nextOf([3, 7, 9], 8, -1)).toBe(7);
    expect(nextOf([3, 7, 9], -1, -1)).toBe(9);
    expect(nextOf([], 4, 1)).toBe(-1);
  });
  it("says the how-manieth match is selected", () => {
    expect(place([2, 5, 8], 8)).toBe(2);
    expect(place([2, 5, 8], 6)).toBe(-1);
    expect(union([4, 9], [9, -1, 2])).toEqual([2, 4, 9]);
  });
  it("keeps the panel between its borders", () => {
    expect(panelWidth(536, 1392)).toBe(536);
    expect(panelWidth(100, 1392)).toBe(360);
    expect(panelWidth(2000, 1392)).toBe(835);
    expect(panelWidth(2000, 1000)).toBe(520);
  });
  it("reads a clock", () => {
    expect(clock(19)).toBe("0:19");
    expect(clock(3_847)).toBe("1:04:07");
  });
  it("knows the neighbours in a list", () => {
    expect(inOrder(["a", "b", "c"], "b", 1)).toBe("c");
    expect(inOrder(["a", "b", "c"], "a", -1)).toBeUndefined();
    expect(inOrder(["a"], "z", 1)).toBeUndefined();
  });
  it("writes a label in a few words", () => {
    expect(short({ name: "outcome", value: "resolved", score: 1 })).toBe("outcome: resolved");
    expect(short({ name: "quality", value: null, score: 0.8 })).toBe("quality 0.8");
    expect(short({ name: "looping", value: null, score: null })).toBe("looping");
  });
  it("links to the run's own page without the list behind it", () => {
    const store = createRunStore(testRun([{ name: "root", category: "agent", start: 0, duration: 1 }]));
    store.getState().select(0);
    expect(linkTo(store, { q: "status:error", run: "x", view: "tree" }, "http://h")).toBe(
      "http://h/ui/runs/00000000000000000000000000000001?span=0000000000000001&view=tree",
    );
  });
  it("names the key in a command only where one is needed", () => {
    expect(curlOf("ab", "http://h", false)).toBe("curl 'http://h/api/v1/traces/ab'");
    expect(curlOf("ab", "http://h", true)).toBe(
      `curl 'http://h/api/v1/traces/ab' -H "Authorization: Bearer $CLEW_KEY"`,
    );
  });
});
