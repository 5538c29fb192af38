import { describe, expect, it } from "vitest";
import { hit, lanes } from "./lanes";
import { FLAG } from "./skeleton";
import { testRun } from "./testing";
import { work, workAbove } from "./work";

describe("work", () => {
  it("is what does something: holders of other spans and infrastructure are not", () => {
    const run = testRun([
      { name: "agent", category: "agent", start: 0, duration: 100 },
      { name: "query", category: "tool", parent: 0, start: 0, duration: 50 },
      { name: "POST", category: "other", parent: 1, start: 0, duration: 40, flags: FLAG.infrastructure },
      { name: "step", category: "chain", parent: 0, start: 50, duration: 50 },
      { name: "model", category: "llm", parent: 3, start: 50, duration: 50 },
      { name: "opaque", category: "agent", parent: 0, start: 90, duration: 5 },
    ]);
    expect([...work(run)]).toEqual([0, 1, 0, 0, 1, 1]);
    expect([...workAbove(run)]).toEqual([-1, -1, 1, -1, -1, -1]);
  });
  it("a run of infrastructure alone has work", () => {
    const run = testRun([
      { name: "GET", category: "other", start: 0, duration: 10, flags: FLAG.infrastructure },
    ]);
    expect([...work(run)]).toEqual([1]);
  });
});

describe("lanes", () => {
  it("keeps the main agent in the first, and two sub-agents that run at once below, apart", () => {
    const run = testRun([
      { name: "main", category: "agent", start: 0, duration: 400 },
      { name: "plan", category: "llm", parent: 0, start: 0, duration: 100 },
      { name: "finder", category: "agent", parent: 0, start: 100, duration: 200 },
      { name: "f1", category: "llm", parent: 2, start: 100, duration: 50 },
      { name: "f2", category: "tool", parent: 2, start: 150, duration: 100 },
      { name: "f3", category: "tool", parent: 2, start: 160, duration: 80 },
      { name: "checker", category: "agent", parent: 0, start: 110, duration: 180 },
      { name: "c1", category: "llm", parent: 6, start: 110, duration: 180 },
      { name: "answer", category: "llm", parent: 0, start: 300, duration: 100 },
    ]);
    const { lane, blocks } = lanes(run);
    //                       main plan finder f1 f2 f3 checker c1 answer
    expect([...lane]).toEqual([255, 0, 255, 1, 1, 2, 255, 3, 0]);
    expect(blocks).toEqual([
      { thread: 1, top: 1, bottom: 3, start: 100e6, end: 250e6 },
      { thread: 2, top: 3, bottom: 4, start: 110e6, end: 290e6 },
    ]);
  });

  it("parallel tools of the main agent stand below each other, and touching steps share a lane", () => {
    const run = testRun([
      { name: "main", category: "agent", start: 0, duration: 300 },
      { name: "m", category: "llm", parent: 0, start: 0, duration: 100 },
      { name: "t1", category: "tool", parent: 0, start: 100, duration: 100 },
      { name: "t2", category: "tool", parent: 0, start: 110, duration: 100 },
      { name: "t3", category: "tool", parent: 0, start: 120, duration: 100 },
    ]);
    expect([...lanes(run).lane]).toEqual([255, 0, 0, 1, 2]);
  });

  it("never uses more than five, however much runs at once", () => {
    const spans = Array.from({ length: 40 }, (_, at) => ({
      name: "t",
      category: "tool" as const,
      parent: 0,
      start: 1 + at,
      duration: 100,
    }));
    const run = testRun([{ name: "main", category: "agent", start: 0, duration: 200 }, ...spans]);
    const { lane, spans: inLanes } = lanes(run);
    expect(Math.max(...lane.slice(1))).toBe(4);
    expect(inLanes.map((list) => list.length)).toEqual([8, 8, 8, 8, 8]);
  });

  it("a sub-agent of a sub-agent stands below its caller", () => {
    const run = testRun([
      { name: "main", category: "agent", start: 0, duration: 100 },
      { name: "m", category: "llm", parent: 0, start: 0, duration: 10 },
      { name: "a", category: "agent", parent: 0, start: 10, duration: 80 },
      { name: "a1", category: "llm", parent: 2, start: 10, duration: 10 },
      { name: "b", category: "agent", parent: 2, start: 20, duration: 60 },
      { name: "b1", category: "llm", parent: 4, start: 20, duration: 60 },
    ]);
    expect([...lanes(run).lane]).toEqual([255, 0, 255, 1, 255, 2]);
  });
});

describe("hit", () => {
  const run = testRun([
    { name: "a", category: "tool", start: 0, duration: 10 },
    { name: "b", category: "tool", start: 100, duration: 10 },
  ]);
  const lane = lanes(run).spans[0]!;
  it("finds what is open at a time", () => expect(hit(run, lane, 105e6, 0)).toBe(1));
  it("finds the nearest within reach", () => expect(hit(run, lane, 12e6, 5e6)).toBe(0));
  it("finds nothing out of reach", () => expect(hit(run, lane, 50e6, 5e6)).toBe(-1));
});
