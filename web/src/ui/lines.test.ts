import { expect, test } from "vitest";
import { readRows, rowAt, rowsOf } from "./lines";

test("lines break at line breaks and at the width", () => {
  const rows = rowsOf("ab\ncdefg\r\n\nh", 3);
  expect(rows.count).toBe(5);
  expect(readRows(rows, 0, 9)).toEqual(["ab", "cde", "fg", "", "h"]);
  expect(readRows(rows, 2, 4)).toEqual(["fg", ""]);
});

test("a line that ends at the width is one row", () => {
  expect(readRows(rowsOf("abc\nd", 3), 0, 9)).toEqual(["abc", "d"]);
  expect(rowsOf("abc", 3).count).toBe(1);
  expect(rowsOf("", 3).count).toBe(1);
});

test("pairs of surrogates stay whole", () => {
  expect(readRows(rowsOf("ab😀cd", 3), 0, 9)).toEqual(["ab", "😀c", "d"]);
});

test("the row of a character, across remembered rows", () => {
  const rows = rowsOf("x\n".repeat(200), 10);
  expect(rows.count).toBe(201);
  expect([rowAt(rows, 0), rowAt(rows, 1), rowAt(rows, 2), rowAt(rows, 399), rowAt(rows, 400)]).toEqual([
    0, 0, 1, 199, 200,
  ]);
  expect(readRows(rows, 199, 201)).toEqual(["x", ""]);
});

test("rows end at words where one ends near the edge", () => {
  expect(readRows(rowsOf("the quick brown fox", 12), 0, 9)).toEqual(["the quick ", "brown fox"]);
  expect(readRows(rowsOf("a bcdefghijkl", 8), 0, 9)).toEqual(["a bcdefg", "hijkl"]);
});
