import { describe, expect, it } from "vitest";
import { testRun } from "@/trace/testing";
import { barcodeOf, drawnAs } from "./barcode";

const run = testRun([
  { name: "main", category: "agent", start: 0, duration: 100 },
  { name: "m", category: "llm", parent: 0, start: 0, duration: 40 },
  { name: "t1", category: "tool", parent: 0, start: 40, duration: 30 },
  { name: "t2", category: "tool", parent: 0, start: 45, duration: 30 },
  { name: "t3", category: "tool", parent: 0, start: 50, duration: 30 },
  { name: "t4", category: "tool", parent: 0, start: 55, duration: 40 },
  { name: "POST", category: "other", parent: 5, start: 55, duration: 40, flags: 32 },
]);

describe("barcodeOf", () => {
  it("stacks what runs at once in three lines, and no more", () => {
    expect(barcodeOf(run, { kind: "span", span: 0 })).toEqual({
      spans: Uint32Array.of(1, 2, 3, 4, 5),
      line: Uint8Array.of(0, 0, 1, 2, 0),
      lines: 3,
    });
  });
  it("of a fold has what it covers", () => {
    const fold = { kind: "repeat" as const, key: "repeat:x", spans: [2, 3], covered: [2, 3] };
    expect([...barcodeOf(run, fold).spans]).toEqual([2, 3]);
  });
  it("is kept", () => {
    expect(barcodeOf(run, { kind: "span", span: 0 })).toBe(barcodeOf(run, { kind: "span", span: 0 }));
  });
});

describe("drawnAs", () => {
  it("says line, barcode or bar", () => {
    expect(drawnAs(run, { kind: "span", span: 0 }, true)).toBe("line");
    expect(drawnAs(run, { kind: "span", span: 0 }, false)).toBe("barcode");
    expect(drawnAs(run, { kind: "span", span: 5 }, true)).toBe("bar");
    expect(drawnAs(run, { kind: "span", span: 5 }, false)).toBe("bar");
    expect(drawnAs(run, { kind: "span", span: 1 }, false)).toBe("bar");
  });
});
