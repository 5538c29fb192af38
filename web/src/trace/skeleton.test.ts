import { expect, test } from "vitest";
import {
  category,
  decodeSkeleton,
  displayName,
  failed,
  FLAG,
  has,
  indexOf,
  SkeletonError,
  spanId,
} from "./skeleton";

/** Two spans, written byte by byte as docs/formats/skeleton.md has it. */
function answer(): ArrayBuffer {
  const columns = [
    { name: "span_id", type: "u8", offset: 0, length: 16 },
    { name: "parent", type: "i32", offset: 16, length: 2 },
    { name: "category", type: "u8", offset: 24, length: 2 },
    { name: "status", type: "u8", offset: 32, length: 2 },
    { name: "flags", type: "u32", offset: 40, length: 2 },
    { name: "start", type: "f64", offset: 48, length: 2 },
    { name: "duration", type: "f64", offset: 64, length: 2 },
    { name: "display_name", type: "u32", offset: 80, length: 2 },
    { name: "name", type: "u32", offset: 88, length: 2 },
  ];
  const header = new TextEncoder().encode(
    JSON.stringify({
      trace: { trace_id: "t" },
      receipt: {},
      commit_seq: 7,
      count: 2,
      strings: ["", "planner", "search"],
      categories: ["other", "tool", "agent", "a kind of tomorrow"],
      columns,
      orphans: { "1": "00f067aa0ba902b7" },
    }),
  );
  const base = Math.ceil((12 + header.length) / 8) * 8;
  const bytes = new Uint8Array(base + 96);
  bytes.set(new TextEncoder().encode("CLSK"));
  const view = new DataView(bytes.buffer);
  view.setUint32(4, 1, true);
  view.setUint32(8, header.length, true);
  bytes.set(header, 12);
  bytes.set([0, 0, 0, 0, 0, 0, 0, 0xab, 0, 0, 0, 0, 0, 0, 1, 2], base);
  view.setInt32(base + 16, -1, true);
  view.setInt32(base + 20, 0, true);
  bytes.set([2, 3], base + 24);
  bytes.set([1, 2], base + 32);
  view.setUint32(base + 44, FLAG.open, true);
  view.setFloat64(base + 56, 5e9, true);
  view.setFloat64(base + 64, 2e9, true);
  view.setFloat64(base + 72, NaN, true);
  view.setUint32(base + 80, 1, true);
  view.setUint32(base + 92, 2, true);
  return bytes.buffer;
}

test("columns are read in place, kinds by their word", () => {
  const run = decodeSkeleton(answer());
  expect([run.count, run.commitSeq]).toEqual([2, 7]);
  expect([spanId(run, 0), spanId(run, 1)]).toEqual(["00000000000000ab", "0000000000000102"]);
  expect([indexOf(run, "0000000000000102"), indexOf(run, "ff")]).toEqual([1, -1]);
  expect([category(run, 0), category(run, 1)]).toEqual(["agent", "other"]);
  expect([displayName(run, 0), displayName(run, 1)]).toEqual(["planner", "search"]);
  expect([failed(run, 0), failed(run, 1), has(run, 1, FLAG.open)]).toEqual([false, true, true]);
  expect(run.orphans.get(1)).toBe("00f067aa0ba902b7");
  // The open span began after the other ended: the run is at least that long.
  expect([run.begin, run.end]).toEqual([0, 5e9]);
});

test("another answer is refused with a reason", () => {
  expect(() => decodeSkeleton(new ArrayBuffer(4))).toThrow(SkeletonError);
  const other = answer();
  new DataView(other).setUint32(4, 2, true);
  expect(() => decodeSkeleton(other)).toThrow("another version");
});
