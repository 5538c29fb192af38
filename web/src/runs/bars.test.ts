import { expect, test } from "vitest";
import { bars, bucketsBetween, denseFrom, shareOf } from "./bars";

const bucket = (count: number, failed_count = 0) => ({ count, failed_count, error_count: failed_count });

test("the tallest is 1, failures are part of their bar, few are still seen", () => {
  expect(bars([bucket(10, 5), bucket(0), bucket(100), bucket(1, 1)], 40)).toEqual([
    { x: 0, width: 8, ok: 0.05, failed: 0.05 },
    { x: 10, width: 8, ok: 0, failed: 0 },
    { x: 20, width: 8, ok: 1, failed: 0 },
    { x: 30, width: 8, ok: 0, failed: 0.03 },
  ]);
  expect(bars([bucket(0)], 40)).toEqual([]);
});

test("a brush takes whole buckets", () => {
  expect(bucketsBetween(0.6, 0.26, 4)).toEqual({ first: 1, last: 2 });
  expect(bucketsBetween(-1, 9, 4)).toEqual({ first: 0, last: 3 });
  expect(shareOf(150, 100, 200)).toBe(0.5);
  expect(shareOf(99, 100, 200)).toBe(0);
  expect(shareOf(1, 1, 1)).toBe(0);
});

test("a lonely run far before the others is left out of the drawing", () => {
  const row = (...counts: number[]) => counts.map((count) => bucket(count));
  expect(denseFrom(row(1, 0, 0, 0, 0, 0, 30, 20))).toBe(6);
  expect(denseFrom(row(1, 0, 0, 30, 0, 0, 30, 20))).toBe(0);
  expect(denseFrom(row(10, 0, 0, 0, 0, 0, 30, 20))).toBe(0);
  expect(denseFrom(row(0, 0, 0))).toBe(0);
  expect(denseFrom([])).toBe(0);
});
