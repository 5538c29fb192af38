import { describe, expect, test } from "vitest";
import { beside, type GraphOptions, nodeOfSpan, NODES_MAX, spanGraph, threadOfNode } from "./graph";
import { FLAG, type Skeleton } from "./skeleton";
import { type TestSpan, testRun } from "./testing";

function graph(run: Skeleton, open: number[], more: Partial<GraphOptions> = {}) {
  const expanded = new Uint8Array(run.count);
  for (const span of open) expanded[span] = 1;
  return spanGraph(run, { expanded, openFolds: new Set(), showInfrastructure: false, anchor: -1, ...more });
}

/** "span" or "+count" for each node. */
function words(found: ReturnType<typeof graph>): string[] {
  return found.nodes.map((node) =>
    node.kind === "stub"
      ? `+${node.count} ${node.what}`
      : node.spans.length > 1
        ? `${node.span}×${node.spans.length}`
        : String(node.span),
  );
}

/** A root with so many leaves. */
function wide(leaves: number): TestSpan[] {
  const spans: TestSpan[] = [{ name: "root", category: "agent", start: 0, duration: 1e6 }];
  for (let at = 0; at < leaves; at++)
    spans.push({ name: `t${at}`, category: "tool", tool: `t${at}`, parent: 0, start: at, duration: 1 });
  return spans;
}

/** A chain of so many spans. */
function deep(levels: number): TestSpan[] {
  return Array.from({ length: levels }, (_, at) => ({
    name: `c${at}`,
    category: "chain" as const,
    parent: at === 0 ? undefined : at - 1,
    start: at,
    duration: 1,
  }));
}

describe("what is drawn", () => {
  test("only what is open; a closed node says how much is below", () => {
    const run = testRun([
      { name: "root", category: "agent", start: 0, duration: 9 },
      { name: "a", category: "chain", parent: 0, start: 0, duration: 1 },
      { name: "a1", category: "chain", parent: 1, start: 0, duration: 1 },
      { name: "a2", category: "chain", parent: 1, start: 0, duration: 1 },
      { name: "b", category: "chain", parent: 0, start: 2, duration: 1 },
    ]);
    const found = graph(run, [0]);
    expect(words(found)).toEqual(["0", "1", "4"]);
    expect(found.nodes[1]).toMatchObject({ open: false, below: 2, parent: found.nodes[0]!.id });
    expect(found).toMatchObject({ drawn: 3, total: 5, beyond: 0 });
    expect(words(graph(run, [0, 1]))).toEqual(["0", "1", "4", "2", "3"]);
  });

  test("siblings beyond the first few are a stub that opens", () => {
    const run = testRun(wide(40));
    const closed = graph(run, [0]);
    expect(words(closed)).toEqual(["0", "1", "2", "3", "4", "5", "6", "+34 siblings"]);
    const stub = closed.nodes.at(-1)!;
    const opened = graph(run, [0], { openFolds: new Set([stub.kind === "stub" ? stub.key : ""]) });
    expect(words(opened).slice(6, 9)).toEqual(["6", "7", "8"]);
    expect(words(opened).at(-1)).toBe("+10 siblings");
  });

  test("failures and the anchor with its neighbours are always drawn", () => {
    const spans = wide(40);
    spans[30]!.error = "Timeout";
    expect(words(graph(testRun(spans), [0], { anchor: 20 }))).toEqual([
      "0",
      "1",
      "2",
      "3",
      "4",
      "5",
      "+13 siblings",
      "19",
      "20",
      "21",
      "+8 siblings",
      "30",
      "+10 siblings",
    ]);
  });

  test("a stub never stands for one alone", () => {
    const spans = wide(9);
    spans[9]!.error = "Timeout";
    expect(words(graph(testRun(spans), [0], { anchor: 8 }))).toEqual([
      "0",
      "1",
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

  test("infrastructure is left out until it is shown", () => {
    const http = {
      name: "GET",
      category: "other" as const,
      parent: 1,
      duration: 1,
      flags: FLAG.infrastructure,
    };
    const run = testRun([
      { name: "root", category: "agent", start: 0, duration: 9 },
      { name: "fetch", category: "tool", parent: 0, start: 0, duration: 5 },
      ...[0, 1, 2, 3].map((start) => ({ ...http, start })),
    ]);
    expect(words(graph(run, [0, 1]))).toEqual(["0", "1"]);
    expect(graph(run, [0, 1]).nodes[1]).toMatchObject({ below: 0 });
    expect(words(graph(run, [0, 1], { showInfrastructure: true }))).toEqual(["0", "1", "2", "3", "4", "5"]);
  });

  test("a loop is two nodes and a line back; opened it is its spans", () => {
    const spans: TestSpan[] = [{ name: "root", category: "agent", start: 0, duration: 99 }];
    for (let at = 0; at < 3; at++) {
      spans.push({ name: "chat", category: "llm", model: "m", parent: 0, start: at * 9, duration: 4 });
      spans.push({
        name: "f",
        category: "tool",
        tool: "f",
        parent: 0,
        start: at * 9 + 5,
        duration: 3,
        call: 7,
        result: 1,
      });
    }
    const run = testRun(spans);
    const closed = graph(run, [0]);
    expect(words(closed)).toEqual(["0", "1×3", "2×3"]);
    expect(closed.loops).toEqual([{ from: closed.nodes[2]!.id, to: closed.nodes[1]!.id, rounds: 3 }]);
    expect(closed.drawn).toBe(7);
    const fold = closed.nodes[2]!;
    const opened = graph(run, [0], { openFolds: new Set([fold.kind === "span" ? fold.fold : ""]) });
    expect(words(opened)).toEqual(["0", "1", "2", "3", "4", "5", "6"]);
  });
});

describe("ceilings", () => {
  test("ten thousand children are seven nodes", () => {
    const found = graph(testRun(wide(10_000)), [0]);
    expect(words(found)).toEqual(["0", "1", "2", "3", "4", "5", "6", "+9994 siblings"]);
    expect(found.total).toBe(10_001);
  });

  test("a chain of 5,000 is its first levels, and the last ones where something is selected", () => {
    const run = testRun(deep(5_000));
    const all = Array.from({ length: 5_000 }, (_, at) => at);
    const top = graph(run, all);
    expect(words(top).slice(-2)).toEqual(["15", "+4984 below"]);
    expect(top.nodes).toHaveLength(17);
    const bottom = words(graph(run, all, { anchor: 4_999 }));
    expect(bottom.slice(14)).toEqual([
      "14",
      "15",
      "+4977 levels",
      "4993",
      "4994",
      "4995",
      "4996",
      "4997",
      "4998",
      "4999",
    ]);
  });

  test("levels open one helping at a time", () => {
    const run = testRun(deep(100));
    const all = Array.from({ length: 100 }, (_, at) => at);
    const stub = graph(run, all).nodes.at(-1)!;
    const more = words(graph(run, all, { openFolds: new Set([stub.kind === "stub" ? stub.key : ""]) }));
    expect(more.slice(-2)).toEqual(["31", "+68 below"]);
  });

  test("never more than 400 nodes, and it says how many had no room; the anchor always has", () => {
    const spans: TestSpan[] = [{ name: "root", category: "agent", start: 0, duration: 1e6 }];
    for (let a = 0; a < 6; a++) {
      const one = spans.push({ name: `a${a}`, category: "chain", parent: 0, start: a, duration: 1 }) - 1;
      for (let b = 0; b < 6; b++) {
        const two = spans.push({ name: `b${b}`, category: "chain", parent: one, start: a, duration: 1 }) - 1;
        for (let c = 0; c < 6; c++) {
          const three =
            spans.push({ name: `c${c}`, category: "chain", parent: two, start: a, duration: 1 }) - 1;
          for (let d = 0; d < 6; d++)
            spans.push({ name: `d${d}`, category: "chain", parent: three, start: a, duration: 1 });
        }
      }
    }
    const run = testRun(spans);
    const all = spans.map((_, at) => at);
    const last = spans.length - 1;
    const found = graph(run, all, { anchor: last });
    expect(found.nodes).toHaveLength(NODES_MAX);
    // 1 + 6 + 36 + 216 + 1296 are open.
    expect(found.beyond).toBe(1155);
    expect(found.nodeOf.get(last)).toBeDefined();
  });
});

describe("finding the way", () => {
  const run = testRun([
    { name: "root", category: "agent", start: 0, duration: 9 },
    { name: "a", category: "chain", parent: 0, start: 0, duration: 1 },
    { name: "a1", category: "chain", parent: 1, start: 0, duration: 1 },
    { name: "b", category: "chain", parent: 0, start: 2, duration: 1 },
  ]);

  test("a span below a closed node is on that node", () => {
    const found = graph(run, [0]);
    expect(nodeOfSpan(run, found, 2)).toBe(found.nodes[1]!.id);
    expect(nodeOfSpan(run, found, -1)).toBe("");
  });

  test("the thread is the node and all above it", () => {
    const found = graph(run, [0, 1]);
    const [root, a, , a1] = found.nodes.map(({ id }) => id);
    expect([...threadOfNode(found, a1!)]).toEqual([a1, a, root]);
  });

  test("arrows lead to parent, middle child and neighbours", () => {
    const nodes = [
      { id: "root", parent: "" },
      { id: "a", parent: "root" },
      { id: "b", parent: "root" },
      { id: "c", parent: "root" },
    ];
    const centres = new Map([
      ["root", { x: 100, y: 0 }],
      ["a", { x: 0, y: 50 }],
      ["b", { x: 110, y: 50 }],
      ["c", { x: 220, y: 50 }],
    ]);
    expect(beside(nodes, centres, "a", "up")).toBe("root");
    expect(beside(nodes, centres, "root", "down")).toBe("b");
    expect(beside(nodes, centres, "b", "left")).toBe("a");
    expect(beside(nodes, centres, "b", "right")).toBe("c");
    expect(beside(nodes, centres, "c", "right")).toBe("");
    expect(beside(nodes, centres, "root", "up")).toBe("");
  });
});
