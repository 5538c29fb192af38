import { describe, expect, it } from "vitest";
import type { Receipt } from "@/api/schema";
import { FLAG, type Skeleton } from "@/trace/skeleton";
import { testRun } from "@/trace/testing";
import { gaps, receiptWord } from "./receipt";

const NONE: Receipt = {
  orphans: 0,
  missing_root: false,
  duplicates: 0,
  placeholders: 0,
  open_spans: 0,
  dropped_by_sender: 0,
  truncated: 0,
  odd_clocks: 0,
  skewed: 0,
  cycles: 0,
  rejected_numbers: 0,
  unpriced: 0,
  suspect_cumulative: 0,
  gaps: 0,
};

function run(receipt: Partial<Receipt>): Skeleton {
  const made = testRun([
    { name: "root", category: "agent", start: 0 },
    { name: "lost", category: "tool", start: 1, duration: 1, flags: FLAG.orphan },
    { name: "call", category: "llm", parent: 0, start: 2, duration: 1, input: 10, output: 2 },
    { name: "priced", category: "llm", parent: 0, start: 4, duration: 1, input: 10, output: 2, cost: 5 },
  ]);
  return { ...made, receipt: { ...NONE, ...receipt } };
}

describe("gaps", () => {
  it("are none of a whole run", () => {
    expect(gaps(run({}), false)).toEqual([]);
    expect(receiptWord(gaps(run({}), false), false)).toEqual({ text: "Complete", tone: "" });
    expect(receiptWord(gaps(run({}), true), true)).toEqual({ text: "Complete so far", tone: "" });
  });
  it("name their spans, what is missing first", () => {
    const found = gaps(run({ orphans: 1, open_spans: 1, unpriced: 1, dropped_by_sender: 3 }), false);
    expect(found.map(({ key, missing, spans }) => ({ key, missing, spans }))).toEqual([
      { key: "orphans", missing: true, spans: [1] },
      { key: "dropped", missing: true, spans: [] },
      { key: "open", missing: false, spans: [0] },
      { key: "unpriced", missing: false, spans: [2] },
    ]);
    expect(found[0]!.title).toBe("1 span without its parent");
  });
  it("are counted on the chip, oddities only where nothing is missing", () => {
    expect(receiptWord(gaps(run({ orphans: 1, open_spans: 1 }), false), false)).toEqual({
      text: "1 gap",
      tone: "warn",
    });
    expect(receiptWord(gaps(run({ cycles: 1, skewed: 2 }), false), false)).toEqual({
      text: "2 oddities",
      tone: "warn",
    });
  });
  it("do not hold against a running run what is still to come", () => {
    expect(gaps(run({ open_spans: 1, missing_root: true }), true)).toEqual([]);
  });
});
