import { describe, expect, test } from "vitest";
import { foldsAbove, onThread, type Row, rowOf, threadLines, visibleRows, wayTo } from "./rows";
import { FLAG, type Skeleton } from "./skeleton";
import { testRun, type TestSpan } from "./testing";

function span(name: string, parent?: number, start = 0, duration = 1): TestSpan {
  return { name, category: "tool", tool: name, parent, start, duration };
}

/**
 * 0 a
 * ├ 1 b
 * │ └ 2 c
 * └ 3 d
 */
const small = testRun([span("a"), span("b", 0, 0, 4), span("c", 1, 2, 1), span("d", 0, 8, 2)]);

function rows(run: Skeleton, part: Partial<Parameters<typeof visibleRows>[1]> = {}): Row[] {
  return visibleRows(run, {
    expanded: new Uint8Array(run.count).fill(1),
    openFolds: new Set(),
    showInfrastructure: false,
    fold: true,
    ...part,
  });
}

/** Depth and span of each row. */
function told(found: Row[]): string[] {
  return found.map(
    (row) => "-".repeat(row.depth) + (row.item.kind === "span" ? row.item.span : row.item.key),
  );
}

describe("visibleRows", () => {
  test("shows what is open, in order, with guide lines", () => {
    const all = rows(small);
    expect(told(all)).toEqual(["0", "-1", "--2", "-3"]);
    // b goes on to d at depth 1; c stands beside that line.
    expect(all.map((row) => row.guides)).toEqual([0, 2, 2, 0]);
    expect(all.map((row) => row.opens)).toEqual([true, true, false, false]);
    expect(told(rows(small, { expanded: Uint8Array.of(1, 0, 1, 1) }))).toEqual(["0", "-1", "-3"]);
  });

  test("a brush leaves what runs in it and what is above", () => {
    expect(told(rows(small, { within: { from: 1.5e6, to: 2.5e6 } }))).toEqual(["0", "-1", "--2"]);
    expect(told(rows(small, { within: { from: 9e6, to: 9.5e6 } }))).toEqual(["0", "-3"]);
    expect(told(rows(small, { only: [2] }))).toEqual(["0", "-1", "--2"]);
  });

  test("folds open by their key, one level deeper", () => {
    const run = testRun([span("a"), ...[1, 2, 3].map((at) => ({ ...span("r", 0, at), call: 5 }))]);
    expect(told(rows(run))).toEqual(["0", "-loop:0000000000000002"]);
    const opened = rows(run, { openFolds: new Set(["loop:0000000000000002"]) });
    expect(told(opened)).toEqual(["0", "-loop:0000000000000002", "--1", "--2", "--3"]);
  });

  test("hidden infrastructure has no row, and a span with nothing else does not open", () => {
    const http = (parent: number) => ({
      name: "GET",
      category: "other" as const,
      parent,
      start: 0,
      duration: 1,
      flags: FLAG.infrastructure,
    });
    const run = testRun([span("a"), http(0), span("b", 0), http(2), http(2), http(0)]);
    const hidden = rows(run);
    expect(told(hidden)).toEqual(["0", "-2"]);
    expect(hidden.map((row) => row.opens)).toEqual([true, false]);
    expect(hidden.map((row) => row.guides)).toEqual([0, 0]);
    expect(rows(run, { showInfrastructure: true })).toHaveLength(6);
  });

  test("a chain of 5,000 levels does not exhaust the stack", () => {
    const run = testRun(
      Array.from({ length: 5000 }, (_, at) => span(`s${at % 7}`, at === 0 ? undefined : at - 1)),
    );
    const all = rows(run);
    expect(all).toHaveLength(5000);
    expect(all[4999]!.depth).toBe(4999);
  });
});

describe("rowOf", () => {
  test("is the span's own row, its fold's, or that of what is closed above it", () => {
    expect(rowOf(small, rows(small), 2)).toBe(2);
    const closed = rows(small, { expanded: Uint8Array.of(1, 0, 0, 0) });
    expect(rowOf(small, closed, 2)).toBe(1);
    expect(rowOf(small, closed, 3)).toBe(2);
    expect(rowOf(small, closed, -1)).toBe(-1);
    const run = testRun([
      span("a"),
      ...[1, 2, 3].map((at) => ({ ...span("r", 0, at), call: 5 })),
      span("z", 0, 9),
    ]);
    expect(rowOf(run, rows(run), 3)).toBe(1);
    expect(rowOf(run, rows(run), 4)).toBe(2);
  });
});

describe("the thread", () => {
  test("is the way from the root to the selected row", () => {
    const all = rows(small);
    expect(wayTo(all, 2)).toEqual([0, 1, 2]);
    expect(all.map((row) => onThread(small, row, 2))).toEqual([true, true, true, false]);
    expect(onThread(small, all[0]!, -1)).toBe(false);
  });

  test("runs in the column of each ancestor down to the next", () => {
    // Selected is d: its line runs in column 0 past b and c.
    const way = wayTo(rows(small), 3);
    expect(way).toEqual([0, 3]);
    expect([0, 1, 2, 3].map((place) => threadLines(way, place))).toEqual([0, 1, 1, 1]);
    // Selected is c: column 0 down to b, column 1 down to c.
    expect([0, 1, 2, 3].map((place) => threadLines(wayTo(rows(small), 2), place))).toEqual([0, 1, 2, 0]);
    expect(threadLines(wayTo(rows(small), -1), 2)).toBe(0);
  });
});

describe("foldsAbove", () => {
  test("names the folds that hide a span, outermost first", () => {
    const run = testRun([
      span("a"),
      ...Array.from({ length: 150 }, (_, at) => ({ ...span("r", 0, at), call: 5 })),
    ]);
    const options = { showInfrastructure: false, fold: true };
    expect(foldsAbove(run, 120, options)).toEqual(["loop:0000000000000002", "hundred:none:0000000000000066"]);
    expect(foldsAbove(run, 0, options)).toEqual([]);
  });
});
