import { describe, expect, it } from "vitest";
import { testRun } from "@/trace/testing";
import { readBrush, take, viewOf, writeBrush, written } from "./address";
import { createRunStore } from "./store";

const store = () =>
  createRunStore(
    testRun([
      { name: "root", category: "agent", start: 0, duration: 100 },
      { name: "call", category: "llm", parent: 0, start: 10, duration: 20 },
      { name: "inner", category: "tool", parent: 1, start: 12, duration: 2 },
    ]),
  );

describe("a brush in the address", () => {
  it("is milliseconds, and covers what was brushed", () => {
    expect(writeBrush({ from: 1_200_400_000, to: 3_400_100_000 })).toBe("1200-3401");
    expect(writeBrush({ from: 5_000_000, to: 5_100_000 })).toBe("5-6");
    expect(writeBrush(null)).toBeUndefined();
  });
  it("is read back, also before the start", () => {
    expect(readBrush("1200-3401")).toEqual({ from: 1_200_000_000, to: 3_401_000_000 });
    expect(readBrush("-5-10")).toEqual({ from: -5_000_000, to: 10_000_000 });
  });
  it("is nothing where it is no range", () => {
    for (const text of [undefined, "", "12", "a-b", "10-10", "20-10"]) expect(readBrush(text)).toBeNull();
  });
});

describe("store and address", () => {
  it("leaves out what is usual", () => {
    expect(written(store().getState())).toEqual({
      span: undefined,
      find: undefined,
      brush: undefined,
      graph: undefined,
      heat: undefined,
      path: undefined,
      infra: undefined,
    });
  });
  it("takes an address in and gives the same back", () => {
    const open = store();
    const search = {
      span: "0000000000000003",
      find: "x y",
      brush: "10-20",
      graph: "spans",
      heat: "cost",
      path: "1",
      infra: "1",
    };
    take(open, search, ["span", "find", "brush", "graph", "heat", "path", "infra"]);
    expect(open.getState().selected).toBe(2);
    expect(open.getState().expanded[1]).toBe(1);
    expect(written(open.getState())).toEqual(search);
  });
  it("goes back to nothing, and ignores what it does not know", () => {
    const open = store();
    take(open, { span: "0000000000000003", heat: "cost" }, ["span", "heat"]);
    take(open, { span: "ffffffffffffffff", heat: "lava" }, ["span", "heat"]);
    expect(open.getState().selected).toBe(-1);
    expect(open.getState().heat).toBe("none");
  });
  it("knows four views", () => {
    expect(viewOf("graph")).toBe("graph");
    expect(viewOf(undefined)).toBe("transcript");
    expect(viewOf("sausage")).toBe("transcript");
  });
});
