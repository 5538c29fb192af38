import { describe, expect, it } from "vitest";
import { partition, PARTS, percents, stretches, type Shares } from "./partition";
import { FLAG } from "./skeleton";
import { testRun } from "./testing";

const shares = (part: Partial<Shares>): Shares =>
  ({ ...Object.fromEntries(PARTS.map((name) => [name, 0])), ...part }) as Shares;

const run = testRun([
  { name: "main", category: "agent", start: 0, duration: 100 },
  { name: "input", category: "guardrail", parent: 0, start: 0, duration: 5 },
  // Dark 5 to 10.
  { name: "m", category: "llm", parent: 0, start: 10, duration: 20, ttft: 5 },
  // Both 25 to 30, tool alone 30 to 40.
  { name: "t", category: "tool", parent: 0, start: 25, duration: 15 },
  { name: "bad", category: "tool", parent: 0, start: 40, duration: 30, error: "timeout" },
  // Its HTTP call and a model beside it change nothing.
  { name: "POST", category: "other", parent: 4, start: 41, duration: 20, flags: FLAG.infrastructure },
  { name: "m2", category: "llm", parent: 0, start: 60, duration: 20 },
  { name: "search", category: "retrieval", parent: 0, start: 80, duration: 10 },
]);

describe("partition", () => {
  it("gives each moment to one part, and adds to the whole", () => {
    expect(partition(run)).toEqual(
      shares({
        checks: 5e6,
        dark: 5e6 + 10e6,
        waiting: 5e6,
        model: 10e6 + 10e6,
        both: 5e6,
        tool: 10e6,
        failedTool: 30e6,
        retrieval: 10e6,
      }),
    );
  });

  it("of a part of the run", () => {
    expect(partition(run, { from: 20e6, to: 50e6 })).toEqual(
      shares({ model: 5e6, both: 5e6, tool: 10e6, failedTool: 10e6 }),
    );
  });

  it("of a part that reaches beyond the run is dark there", () => {
    expect(partition(run, { from: 95e6, to: 130e6 })).toEqual(shares({ dark: 35e6 }));
  });

  it("a tool that calls a sub-agent counts while nothing below it works", () => {
    const nested = testRun([
      { name: "delegate", category: "tool", start: 0, duration: 100 },
      { name: "sub", category: "agent", parent: 0, start: 10, duration: 80 },
      { name: "m", category: "llm", parent: 1, start: 20, duration: 60 },
    ]);
    expect(partition(nested)).toEqual(shares({ tool: 40e6, model: 60e6 }));
  });

  it("spans of no length and negative ones take nothing", () => {
    const odd = testRun([
      { name: "main", category: "agent", start: 0, duration: 10 },
      { name: "z", category: "tool", parent: 0, start: 5, duration: 0 },
      { name: "n", category: "llm", parent: 0, start: 5, duration: -3 },
    ]);
    expect(partition(odd)).toEqual(shares({ dark: 10e6 }));
  });
});

describe("percents", () => {
  it("adds to 100", () => {
    const found = percents(shares({ model: 1, tool: 1, dark: 1 }));
    expect(found.model).toBe(34);
    expect(found.tool).toBe(33);
    expect(found.dark).toBe(33);
  });
  it("of nothing is nothing", () => expect(percents(shares({})).model).toBe(0));
});

describe("stretches", () => {
  it("gives the longest first", () => {
    expect(stretches(run, ["dark"])).toEqual([
      { part: "dark", from: 90e6, to: 100e6 },
      { part: "dark", from: 5e6, to: 10e6 },
    ]);
  });
  it("takes parts that touch together", () => {
    expect(stretches(run, ["waiting", "model"])).toEqual([
      { part: "waiting", from: 10e6, to: 25e6 },
      // The failed tool has the moment until 70.
      { part: "model", from: 70e6, to: 80e6 },
    ]);
  });
});
