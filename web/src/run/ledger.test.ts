import { describe, expect, it } from "vitest";
import type { LedgerLine } from "@/api/schema";
import { testRun } from "@/trace/testing";
import { byAgent, byModel, whyWords, within } from "./ledger";

const run = testRun([
  { name: "planner", category: "agent", agent: "planner", start: 0, duration: 100 },
  {
    name: "chat",
    category: "llm",
    parent: 0,
    start: 5,
    duration: 10,
    model: "big",
    input: 100,
    cacheRead: 60,
    output: 5,
    cost: 700,
  },
  { name: "helper", category: "agent", agent: "helper", parent: 0, start: 20, duration: 30 },
  {
    name: "chat",
    category: "llm",
    parent: 2,
    start: 25,
    duration: 10,
    model: "small",
    input: 30,
    output: 3,
    cost: 20,
  },
  { name: "chat", category: "llm", parent: 2, start: 60, duration: 10, model: "big", input: 10, output: 1 },
]);

describe("sums by agent", () => {
  it("hold fresh apart from cached, and absent apart from 0", () => {
    const [planner, helper] = byAgent(run);
    expect(planner).toMatchObject({
      name: "planner",
      calls: 1,
      fresh: 40,
      cacheRead: 60,
      output: 5,
      cost: 700,
    });
    expect(helper).toMatchObject({
      name: "helper",
      calls: 2,
      fresh: 40,
      cacheRead: NaN,
      output: 4,
      cost: 20,
    });
    expect(helper!.cacheWrite).toBeNaN();
  });
});

describe("sums of a run with a loop", () => {
  const call = (start: number) => ({
    name: "read",
    category: "tool" as const,
    tool: "read",
    parent: 0,
    start,
    duration: 1,
    call: 7,
    result: 9,
  });
  const chat = (start: number, cost: number) => ({
    name: "chat",
    category: "llm" as const,
    parent: 0,
    start,
    duration: 1,
    input: 10,
    output: 1,
    cost,
  });
  const looping = testRun([
    { name: "coder", category: "agent", agent: "coder", start: 0, duration: 100 },
    chat(1, 3),
    { name: "write", category: "tool", tool: "write", parent: 0, start: 2, duration: 1, call: 1, result: 1 },
    chat(4, 5),
    call(5),
    chat(6, 7),
    call(8),
    chat(9, 11),
    call(11),
  ]);
  it("keep what the loop cost apart, with the calls that asked for it", () => {
    expect(byAgent(looping).map(({ name, calls, cost, isLoop }) => [name, calls, cost, isLoop])).toEqual([
      ["coder", 1, 3, false],
      ["coder, loop", 3, 23, true],
    ]);
  });
});

describe("sums by model", () => {
  it("stand the dearest first", () => {
    expect(byModel(run).map(({ name, calls, cost }) => [name, calls, cost])).toEqual([
      ["big", 2, 700],
      ["small", 1, 20],
    ]);
  });
});

describe("a brushed part", () => {
  it("counts what was running in it", () => {
    expect(within(run, 14e6, 24e6)).toMatchObject({ spans: 3, calls: 1, cost: 700 });
    expect(within(run)).toMatchObject({ spans: 5, calls: 3, fresh: 80, cost: 720 });
  });
});

describe("why a line counts", () => {
  const line = (why: string, filled = false) => ({ why, filled }) as LedgerLine;
  it("is said in words", () => {
    expect(whyWords(line("own", true), "")).toBe("own call, details from its wrapper");
    expect(whyWords(line("shadowed_by"), "gpt-5")).toBe("same call as gpt-5");
    expect(whyWords(line("brand_new"), "")).toBe("brand_new");
  });
});
