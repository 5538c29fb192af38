import { describe, expect, it } from "vitest";
import { type Call, growth } from "./context";

const call = (
  at: number,
  input: number | null,
  cache: number | null = null,
  part: Partial<Call> = {},
): Call => ({
  trace_id: "t",
  span_id: `s${at}`,
  start_nanos: String(at),
  agent_name: "main",
  depth: 1,
  model: null,
  display_name: "m",
  usage:
    input === null
      ? null
      : { input, output: 1, cache_read: cache, cache_write: null, reasoning: null, total: input + 1 },
  ...part,
});

describe("growth", () => {
  it("is in the order of time, with what came from the cache apart", () => {
    const found = growth([call(20, 300, 100), call(3, 100)])!;
    expect(found.calls.map(({ span_id }) => span_id)).toEqual(["s3", "s20"]);
    expect([found.fresh, found.cached]).toEqual([
      [100, 200],
      [null, 100],
    ]);
    expect([found.most, found.last]).toEqual([300, 300]);
  });
  it("marks where a context began anew", () => {
    expect(growth([call(1, 100), call(2, 200), call(3, 139), call(4, 141)])!.breaks).toEqual([2]);
  });
  it("is of the outermost agent", () => {
    const sub = { agent_name: "sub", depth: 3 };
    const found = growth([call(1, 10, null, sub), call(2, 20, null, sub), call(3, 30)])!;
    expect([found.agent, found.calls.length]).toEqual(["main", 1]);
  });
  it("is nothing where no call says its tokens", () => {
    expect(growth([call(1, null)])).toBe(null);
  });
});
