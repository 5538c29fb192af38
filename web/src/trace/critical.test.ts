import { describe, expect, it } from "vitest";
import { criticalPath, piecesWithin } from "./critical";
import { testRun } from "./testing";

const MS = 1e6;

describe("criticalPath", () => {
  it("follows what the end waited for, and adds to the whole", () => {
    const run = testRun([
      { name: "main", category: "agent", start: 0, duration: 100 },
      { name: "m1", category: "llm", parent: 0, start: 5, duration: 25 },
      // Two at once: the longer one is waited for.
      { name: "short", category: "tool", parent: 0, start: 30, duration: 20 },
      { name: "long", category: "tool", parent: 0, start: 30, duration: 40 },
      { name: "m2", category: "llm", parent: 0, start: 75, duration: 20 },
    ]);
    const path = criticalPath(run);
    expect(path.pieces).toEqual([
      { span: 0, from: 0, to: 5 * MS },
      { span: 1, from: 5 * MS, to: 30 * MS },
      { span: 3, from: 30 * MS, to: 70 * MS },
      { span: 0, from: 70 * MS, to: 75 * MS },
      { span: 4, from: 75 * MS, to: 95 * MS },
      { span: 0, from: 95 * MS, to: 100 * MS },
    ]);
    expect(path.total).toBe(100 * MS);
    expect(path.explained).toBe(85 * MS);
    expect(path.steps).toBe(3);
    expect([...path.on]).toEqual([1, 1, 0, 1, 1]);
    expect(piecesWithin(path, 0, 1).length).toBe(3);
    expect(piecesWithin(path, 2, 3)).toEqual([]);
    expect(piecesWithin(path, 1, 5).map((piece) => piece.span)).toEqual([1, 3, 4]);
  });

  it("goes into sub-agents, and keeps what a tool did by itself", () => {
    const run = testRun([
      { name: "main", category: "agent", start: 0, duration: 50 },
      { name: "delegate", category: "tool", parent: 0, start: 0, duration: 50 },
      { name: "sub", category: "agent", parent: 1, start: 10, duration: 30 },
      { name: "m", category: "llm", parent: 2, start: 10, duration: 30 },
    ]);
    expect(criticalPath(run).pieces).toEqual([
      { span: 1, from: 0, to: 10 * MS },
      { span: 3, from: 10 * MS, to: 40 * MS },
      { span: 1, from: 40 * MS, to: 50 * MS },
    ]);
  });

  it("cuts a child that outlives its parent, and knows time between roots", () => {
    const run = testRun([
      { name: "first", category: "agent", start: 0, duration: 20 },
      { name: "late", category: "tool", parent: 0, start: 10, duration: 100 },
      { name: "second", category: "llm", start: 110, duration: 10 },
    ]);
    expect(criticalPath(run).pieces).toEqual([
      { span: 0, from: 0, to: 10 * MS },
      { span: 1, from: 10 * MS, to: 20 * MS },
      { span: -1, from: 20 * MS, to: 110 * MS },
      { span: 2, from: 110 * MS, to: 120 * MS },
    ]);
  });

  it("is quick and deep: 20,000 below each other", () => {
    const run = testRun(
      Array.from({ length: 20_000 }, (_, at) => ({
        name: "x",
        category: "chain" as const,
        start: 0,
        duration: 10,
        ...(at > 0 ? { parent: at - 1 } : {}),
      })),
    );
    expect(criticalPath(run).pieces).toEqual([{ span: 19_999, from: 0, to: 10 * MS }]);
  });
});
