import { describe, expect, test } from "vitest";
import { children, type FoldOptions, inside, type Item, items, loops, oddities, totals } from "./children";
import { FLAG } from "./skeleton";
import { testRun, type TestSpan } from "./testing";

const FOLD: FoldOptions = { showInfrastructure: false, fold: true };

function agent(name: string, parent?: number, start = 0): TestSpan {
  return { name, category: "agent", parent, start, duration: 1000 };
}
function llm(parent: number, start: number, input = 100): TestSpan {
  return { name: "chat", category: "llm", parent, start, duration: 1, input, output: 10, cost: 5 };
}
function tool(parent: number, start: number, name: string, call: number, result = 1): TestSpan {
  return { name, category: "tool", tool: name, parent, start, duration: 1, call, result };
}

/** `3`, `loop 1-4`, `fine 1,2`: kind and what is covered. */
function told(found: Item[]): string[] {
  return found.map((item) =>
    item.kind === "span" ? String(item.span) : `${item.kind} ${item.covered.join(" ")}`,
  );
}

describe("children", () => {
  test("are the spans right below, roots at -1", () => {
    const run = testRun([agent("a"), llm(0, 1), agent("b", 0), llm(2, 2), llm(0, 3), agent("c")]);
    expect(children(run, -1)).toEqual([0, 5]);
    expect(children(run, 0)).toEqual([1, 2, 4]);
    expect(children(run, 1)).toEqual([]);
  });
});

describe("items", () => {
  test("three calls with the same arguments are a loop, with the model calls that asked for them", () => {
    const run = testRun([
      agent("a"),
      llm(0, 1),
      tool(0, 2, "grep", 7),
      llm(0, 3),
      tool(0, 4, "read", 9),
      llm(0, 5),
      tool(0, 6, "read", 9),
      llm(0, 7),
      tool(0, 8, "read", 9),
      llm(0, 9),
    ]);
    const found = items(run, 0, FOLD);
    expect(told(found)).toEqual(["1", "2", "loop 3 4 5 6 7 8", "9"]);
    expect(found[2]).toEqual({
      kind: "loop",
      key: "loop:0000000000000005",
      spans: [4, 6, 8],
      covered: [3, 4, 5, 6, 7, 8],
      sameArguments: true,
      sameResults: true,
    });
  });

  test("another answer makes the results differ, two calls make no loop", () => {
    const run = testRun([
      agent("a"),
      tool(0, 1, "read", 9, 1),
      tool(0, 2, "read", 9, 1),
      tool(0, 3, "read", 9, 2),
      tool(0, 4, "list", 5),
      tool(0, 5, "list", 5),
    ]);
    const found = items(run, 0, FOLD);
    expect(told(found)).toEqual(["loop 1 2 3", "4", "5"]);
    expect(found[0]).toMatchObject({ sameResults: false });
  });

  test("the same tool with other arguments is a repeat; a loop inside it stands for itself", () => {
    const run = testRun([
      agent("a"),
      tool(0, 1, "read", 1),
      tool(0, 2, "read", 2),
      tool(0, 3, "read", 3),
      tool(0, 4, "read", 4),
      tool(0, 5, "read", 4),
      tool(0, 6, "read", 4),
    ]);
    expect(told(items(run, 0, FOLD))).toEqual(["repeat 1 2 3", "loop 4 5 6"]);
  });

  test("a repeat does not hide a call that failed", () => {
    const read = (at: number, error?: string) => ({ ...tool(0, at, "read", at), error });
    const run = testRun([
      agent("a"),
      read(1),
      read(2),
      read(3),
      read(4, "torn"),
      read(5),
      read(6),
      read(7),
      read(8),
    ]);
    expect(told(items(run, 0, FOLD))).toEqual(["repeat 1 2 3", "4", "repeat 5 6 7 8"]);
  });

  test("calls without known arguments are a repeat, never a loop", () => {
    const run = testRun([agent("a"), tool(0, 1, "read", 0), tool(0, 2, "read", 0), tool(0, 3, "read", 0)]);
    expect(told(items(run, 0, FOLD))).toEqual(["repeat 1 2 3"]);
    expect(loops(run)).toEqual([]);
  });

  test("a failed model call or another step between ends a repeat", () => {
    const failing = { ...llm(0, 3), error: "RateLimit" };
    const run = testRun([
      agent("a"),
      tool(0, 1, "read", 1),
      tool(0, 2, "read", 1),
      failing,
      tool(0, 4, "read", 1),
    ]);
    expect(told(items(run, 0, FOLD))).toEqual(["1", "2", "3", "4"]);
  });

  test("a wrapper with a single call counts as that call", () => {
    const wrapped = (at: number): TestSpan[] => [
      { name: "tools", category: "chain", parent: 0, start: at, duration: 1 },
      tool(at, at, "read", 9),
    ];
    const run = testRun([agent("a"), ...wrapped(1), ...wrapped(3), ...wrapped(5)]);
    const found = items(run, 0, FOLD);
    expect(told(found)).toEqual(["loop 1 3 5"]);
    expect(found[0]).toMatchObject({ spans: [1, 3, 5] });
    expect(loops(run)[0]).toMatchObject({ name: "read", calls: [1, 3, 5] });
  });

  test("six steps of a sub-agent with nothing to say fold; what failed and the answer do not", () => {
    const run = testRun([
      agent("main"),
      agent("sub", 0),
      llm(1, 1),
      tool(1, 2, "a", 1),
      llm(1, 3),
      tool(1, 4, "b", 2),
      llm(1, 5),
      tool(1, 6, "c", 3),
      { ...tool(1, 7, "d", 4), error: "Timeout" },
      llm(1, 8),
    ]);
    const found = items(run, 1, FOLD);
    expect(told(found)).toEqual(["fine 2 3 4 5 6 7", "8", "9"]);
    expect(told(inside(run, found[0] as never, FOLD))).toEqual(["2", "3", "4", "5", "6", "7"]);
    expect(told(items(run, 1, { ...FOLD, fold: false }))).toHaveLength(8);
    expect(told(items(run, 1, { ...FOLD, keep: new Set([5]) }))).toEqual([
      "2",
      "3",
      "4",
      "5",
      "6",
      "7",
      "8",
      "9",
    ]);
  });

  test("the main agent's steps fold only where there are many", () => {
    const few = testRun([agent("a"), ...Array.from({ length: 20 }, (_, at) => tool(0, at, `t${at}`, at))]);
    expect(told(items(few, 0, FOLD))).toHaveLength(20);
    const many = testRun([agent("a"), ...Array.from({ length: 41 }, (_, at) => tool(0, at, `t${at}`, at))]);
    expect(items(many, 0, FOLD)).toMatchObject([{ kind: "fine" }]);
  });

  test("infrastructure is one item at the end; fewer than four in the run are shown", () => {
    const http = (parent: number, start: number): TestSpan => ({
      name: "POST",
      category: "other",
      parent,
      start,
      duration: 1,
      flags: FLAG.infrastructure,
    });
    const run = testRun([agent("a"), http(0, 1), llm(0, 2), http(2, 2), http(0, 3), http(0, 4)]);
    expect(told(items(run, 0, FOLD))).toEqual(["2", "infrastructure 1 4 5"]);
    expect(told(items(run, 0, { ...FOLD, showInfrastructure: true }))).toEqual(["1", "2", "4", "5"]);
    expect(told(items(run, 0, { ...FOLD, keep: new Set([4]) }))).toEqual(["2", "4", "infrastructure 1 5"]);
    const three = testRun([agent("a"), http(0, 1), llm(0, 2), http(0, 3), http(0, 4)]);
    expect(told(items(three, 0, FOLD))).toEqual(["1", "2", "3", "4"]);
  });

  test("infrastructure above a step of the agent's, and one that failed, is shown", () => {
    const http = (start: number, parent?: number, error?: string): TestSpan => ({
      name: "POST",
      category: "other",
      parent,
      start,
      duration: 1,
      error,
      flags: FLAG.infrastructure,
    });
    const run = testRun([
      http(0),
      agent("a", 0),
      http(1, 1),
      http(2, 1, "refused"),
      http(3, 1),
      http(4, 1),
      http(5, 1),
    ]);
    expect(told(items(run, -1, FOLD))).toEqual(["0"]);
    expect(told(items(run, 1, FOLD))).toEqual(["3", "infrastructure 2 4 5 6"]);
  });

  test("more than a hundred come in hundreds", () => {
    const failing = Array.from({ length: 250 }, (_, at) => ({ ...tool(0, at, `t${at}`, at), error: "no" }));
    const run = testRun([agent("a"), ...failing]);
    const found = items(run, 0, FOLD);
    expect(found.map((item) => item.kind === "hundred" && [item.from, item.to, item.covered[0]])).toEqual([
      [1, 100, 1],
      [101, 200, 101],
      [201, 250, 201],
    ]);
    expect(inside(run, found[2] as never, FOLD)).toHaveLength(50);
  });

  test("a loop of thousands opens in hundreds", () => {
    const run = testRun([agent("a"), ...Array.from({ length: 1000 }, (_, at) => tool(0, at, "read", 9))]);
    const found = items(run, 0, FOLD);
    expect(found).toMatchObject([{ kind: "loop" }]);
    const opened = inside(run, found[0] as never, FOLD);
    expect(opened).toHaveLength(10);
    expect(inside(run, opened[9] as never, FOLD)[99]).toEqual({ kind: "span", span: 1000 });
  });

  test("what is not shown is left out before folding", () => {
    const run = testRun([agent("a"), tool(0, 1, "r", 1), tool(0, 2, "r", 1), tool(0, 3, "r", 1)]);
    expect(told(items(run, 0, { ...FOLD, shown: Uint8Array.of(1, 1, 0, 1) }))).toEqual(["1", "3"]);
  });
});

describe("loops", () => {
  test("are found anywhere, with their time, tokens and cost", () => {
    const run = testRun([
      agent("main"),
      agent("sub", 0),
      { ...llm(1, 10, 100), duration: 5 },
      tool(1, 15, "read", 9),
      { ...llm(1, 20, 200), duration: 5 },
      tool(1, 25, "read", 9),
      { ...llm(1, 30, 300), duration: 5 },
      { ...tool(1, 35, "read", 9), duration: 4 },
    ]);
    expect(loops(run)).toEqual([
      {
        key: "loop:0000000000000004",
        parent: 1,
        calls: [3, 5, 7],
        covered: [2, 3, 4, 5, 6, 7],
        name: "read",
        start: 10e6,
        end: 39e6,
        tokens: 630,
        cost: 15,
        sameResults: true,
      },
    ]);
  });
});

describe("totals", () => {
  test("nobody said is not 0", () => {
    const run = testRun(
      [tool(-1, 1, "a", 1), tool(-1, 5, "b", 2)].map((span) => ({ ...span, parent: undefined })),
    );
    expect(totals(run, [0, 1])).toEqual({
      start: 1e6,
      end: 6e6,
      tokens: NaN,
      cost: NaN,
      spans: 2,
      errors: 0,
    });
  });
});

describe("oddities", () => {
  test("own failures, first calls of loops, odd clocks and orphans; not failures taken from below", () => {
    const run = testRun([
      { ...agent("a"), error: "x", flags: FLAG.errorDerived },
      { ...llm(0, 1), error: "x" },
      tool(0, 2, "r", 1),
      tool(0, 3, "r", 1),
      tool(0, 4, "r", 1),
      { ...llm(0, 5), flags: FLAG.oddClock },
      { ...llm(0, 6), flags: FLAG.orphan },
    ]);
    expect(oddities(run)).toEqual([1, 2, 5, 6]);
  });
});
