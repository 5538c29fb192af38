import { expect, test } from "vitest";
import { arrival, type ListState, replaced } from "./arrive";

const run = (trace_id: string, start: number, commit_seq = 1, state = "done") => ({
  trace_id,
  start_nanos: String(start),
  commit_seq,
  state,
});
const rows = [run("c", 30), run("b", 20), run("a", 10)];
const at = (list: Partial<ListState>) => ({ isNewestFirst: true, hasMore: true, mayInsert: true, ...list });

test("a run of the list changes in its place, wherever the pointer is", () => {
  expect(arrival(run("b", 20, 2), rows, at({ mayInsert: false }))).toBe("replace");
  expect(replaced(rows, run("b", 20, 2)).map((row) => row.commit_seq)).toEqual([1, 2, 1]);
  expect(replaced(rows, run("b", 20, 1))).toBe(rows);
  expect(replaced(rows, run("b", 20, 0, "live"))).toBe(rows);
  expect(replaced(rows, run("b", 20, 1, "quiet"))[1]!.state).toBe("quiet");
  expect(replaced(rows, run("x", 20, 1))).toBe(rows);
});

test("a new one comes in at the top only while the reader rests there", () => {
  expect(arrival(run("d", 40), rows, at({}))).toBe("insert");
  expect(arrival(run("d", 40), rows, at({ mayInsert: false }))).toBe("wait");
  expect(arrival(run("d", 40), rows, at({ isNewestFirst: false }))).toBe("wait");
  expect(arrival(run("d", 40), [], at({ hasMore: false }))).toBe("insert");
});

test("one between the rows waits, one below them comes when the reader is there", () => {
  expect(arrival(run("d", 25), rows, at({}))).toBe("wait");
  expect(arrival(run("d", 5), rows, at({}))).toBe("later");
  expect(arrival(run("d", 5), rows, at({ hasMore: false }))).toBe("wait");
});
