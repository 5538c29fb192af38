import { describe, expect, it } from "vitest";
import type { Row } from "@/trace/rows";
import { testRun } from "@/trace/testing";
import { pick } from "./pick";

const run = testRun([
  { name: "main", category: "agent", start: 0, duration: 100 },
  { name: "m", category: "llm", parent: 0, start: 10, duration: 20 },
  { name: "t", category: "tool", parent: 0, start: 60, duration: 20 },
]);
const row = (span: number, open: boolean): Row => ({
  item: { kind: "span", span },
  depth: 0,
  guides: 0,
  opens: true,
  open,
});
// A millisecond a pixel, from 5.
const scale = { from: 0, to: 100e6, left: 5, width: 100 };

describe("pick", () => {
  it("finds the step of a barcode", () => {
    expect(pick(run, row(0, false), scale, 20)).toEqual({ span: 1, from: 10e6, to: 30e6, onBar: true });
    expect(pick(run, row(0, false), scale, 87)).toEqual({ span: 2, from: 60e6, to: 80e6, onBar: true });
  });
  it("between its steps it is the row itself", () => {
    expect(pick(run, row(0, false), scale, 50)).toEqual({ span: 0, from: 0, to: 100e6, onBar: true });
  });
  it("of a bar says whether the pointer is on it", () => {
    expect(pick(run, row(1, false), scale, 80).onBar).toBe(false);
    expect(pick(run, row(1, false), scale, 30).onBar).toBe(true);
  });
});
