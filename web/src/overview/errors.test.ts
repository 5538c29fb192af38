import { describe, expect, it } from "vitest";
import { type FailedStep, groupErrors, spread } from "./errors";

const step = (part: Partial<FailedStep>): FailedStep => ({
  trace_id: "t1",
  span_id: "s",
  category: "tool",
  name: "execute_tool search",
  display_name: "search",
  agent_name: null,
  tool_name: "search",
  model: null,
  depth: 2,
  error: { kind: "TimeoutError", message: "TimeoutError: did not answer" },
  error_derived: false,
  start_nanos: "5000000000",
  ...part,
});

describe("groupErrors", () => {
  it("counts runs and times, most runs first", () => {
    const groups = groupErrors([
      step({ tool_name: "grep" }),
      step({ trace_id: "t2" }),
      step({}),
      step({ span_id: "s2" }),
    ]);
    expect(groups.map(({ kind, message, name, runs, times }) => [kind, message, name, runs, times])).toEqual([
      ["TimeoutError", "did not answer", "search", 2, 3],
      ["TimeoutError", "did not answer", "grep", 1, 1],
    ]);
    expect(groups[0]!.condition).toBe('status:error tool=search error:"TimeoutError"');
  });
  it("leaves out the agent that says what its step said", () => {
    const groups = groupErrors([
      step({ category: "agent", tool_name: null, display_name: "coder", depth: 0 }),
      step({}),
    ]);
    expect(groups.map(({ name }) => name)).toEqual(["search"]);
  });
  it("names an error without a kind by its words before the first number", () => {
    const [group] = groupErrors([step({ error: { kind: "", message: "exit code 1 of build" } })]);
    expect([group!.kind, group!.message]).toEqual(["exit code", "1 of build"]);
    expect(group!.condition).toBe('status:error tool=search error:"exit code"');
  });
  it("asks for no words where none were said", () => {
    const [group] = groupErrors([step({ error: null })]);
    expect([group!.kind, group!.condition]).toEqual(["Error", "status:error tool=search"]);
  });
});

describe("spread", () => {
  it("counts by parts; the end belongs to the last", () => {
    expect(spread(["0", "1000000", "3000000", "4000000", "9000000"], 0, 4, 4)).toEqual([1, 1, 0, 2]);
  });
});
