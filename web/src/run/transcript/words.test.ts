import { describe, expect, test } from "vitest";
import { items } from "@/trace/children";
import { FLAG, type Skeleton } from "@/trace/skeleton";
import { testRun, type TestSpan } from "@/trace/testing";
import type { TranscriptRow } from "@/trace/transcript";
import {
  argumentWords,
  cardWords,
  failureOf,
  foldWords,
  growthTicks,
  largeWords,
  oddWords,
  promptGrowth,
} from "./words";

function llm(start: number, input: number): TestSpan {
  return { name: "chat", category: "llm", parent: 0, start, duration: 1, input };
}
function tool(start: number, name: string, call: number, result = 1): TestSpan {
  return { name, category: "tool", tool: name, parent: 0, start, duration: 1, call, result };
}
const agent: TestSpan = { name: "a", category: "agent", start: 0, duration: 100 };

function firstFold(run: Skeleton) {
  return items(run, 0, { showInfrastructure: false, fold: true }).find((item) => item.kind !== "span")!;
}

describe("foldWords", () => {
  test("a loop says what is the same, a repeat that nothing is", () => {
    const loop = testRun([agent, tool(1, "read", 7), tool(2, "read", 7), tool(3, "read", 7)]);
    expect(foldWords(loop, firstFold(loop) as never)).toEqual({
      head: "read ×3",
      rest: "same arguments, same answer",
    });
    const polling = testRun([agent, tool(1, "read", 7, 1), tool(2, "read", 7, 2), tool(3, "read", 7, 3)]);
    expect(foldWords(polling, firstFold(polling) as never).rest).toBe("same arguments, other answers");
    const repeat = testRun([agent, tool(1, "read", 1), tool(2, "read", 2), tool(3, "read", 3)]);
    expect(foldWords(repeat, firstFold(repeat) as never)).toEqual({
      head: "read ×3",
      rest: "other arguments each time",
    });
  });

  test("steps are counted, model calls first, then the most frequent", () => {
    const run = testRun([agent, tool(1, "b", 1), llm(2, 1), tool(3, "c", 2), llm(4, 1), tool(5, "c", 3)]);
    const item = { kind: "fine", key: "", covered: [1, 2, 3, 4, 5] } as const;
    expect(foldWords(run, { ...item, covered: [...item.covered] })).toEqual({
      head: "5 steps, all fine",
      rest: "2 model calls, 2 c, b",
    });
  });
});

test("a card counts its spans, calls and tools", () => {
  expect(cardWords(testRun([agent, llm(1, 1), tool(2, "t", 1), llm(3, 1)]), 0)).toBe(
    "4 spans · 2 calls · 1 tool",
  );
});

test("arguments read as values", () => {
  expect(argumentWords('{"path":"a/b.py"}')).toBe("a/b.py");
  expect(argumentWords('{"q":"x","n":3,"deep":{"a":1}}')).toBe('q=x  n=3  deep={"a":1}');
  expect(argumentWords('{"cut":"by the ser')).toBe('{"cut":"by the ser');
  expect(argumentWords("plain")).toBe("plain");
  expect(argumentWords("{}")).toBe("");
});

describe("a result that is far larger than usual", () => {
  const run = testRun([
    agent,
    llm(1, 4_000),
    tool(2, "open", 1),
    llm(3, 16_100),
    ...[4, 5, 6].map((at) => tool(at, `t${at}`, at)),
  ]);
  [0, 0, 48_111, 0, 100, 120, 90].forEach((bytes, span) => (run.outputBytes[span] = bytes));

  test("says its size and what the prompt grew by", () => {
    expect(largeWords(run, 2)).toBe("48.1\u202fKB, prompt +12.1k");
    expect(largeWords(run, 4)).toBe(null);
  });

  test("growth is known between two model calls only", () => {
    expect(promptGrowth(run, 2)).toBe(12_100);
    expect(promptGrowth(run, 4)).toBe(0);
  });
});

test("ticks grow with the prompts, at most as many as fit", () => {
  const run = testRun([agent, llm(1, 100), llm(2, 150), llm(3, 200)]);
  expect(growthTicks(run, [1, 2, 3])).toEqual([4, 8, 12]);
  expect(growthTicks(run, [1, 2])).toEqual([]);
  const same = testRun([agent, llm(1, 5), llm(2, 5), llm(3, 5)]);
  expect(growthTicks(same, [1, 2, 3])).toEqual([6, 6, 6]);
});

test("what is odd is said in words", () => {
  const run = testRun([
    { ...agent, flags: FLAG.cycle },
    { ...llm(1, 1), flags: FLAG.orphan },
    { ...llm(2, 1), duration: -5, flags: FLAG.oddClock },
    llm(3, 1),
  ]);
  expect(oddWords(run, 0)).toEqual(["its parents form a circle: it was put at the top"]);
  expect(oddWords({ ...run, orphans: new Map([[1, "00ab"]]) }, 1)).toEqual(["its parent 00ab never came"]);
  expect(oddWords(run, 2)).toEqual(["it ends before it starts"]);
  expect(oddWords(run, 3)).toEqual([]);
});

test("an odd clock of no duration inside its parent's time is an end before the start", () => {
  const run = testRun([
    { ...agent, start: 0, duration: 10 },
    { ...llm(2, 1), duration: 0, flags: FLAG.oddClock },
    { ...llm(99, 1), duration: 0, flags: FLAG.oddClock },
  ]);
  expect(oddWords(run, 1)).toEqual(["it ends before it starts"]);
  expect(oddWords(run, 2)).toEqual(["its clock does not fit its parent's"]);
});

describe("the failure that stands in a row", () => {
  const call = (span: number): TranscriptRow => ({
    kind: "call",
    key: String(span),
    span,
    level: 0,
    card: -1,
    inFold: "",
    retry: false,
  });
  const run = testRun([
    agent,
    { ...tool(1, "Read", 1), error: "tool_error", flags: FLAG.errorDerived },
    { name: "blocked_on_user", category: "other", parent: 1, start: 1, duration: 1 },
    { name: "execution", category: "other", parent: 1, start: 1, duration: 1, error: "tool_error" },
    { ...tool(4, "Task", 2), error: "tool_error", flags: FLAG.errorDerived },
    { ...tool(5, "Bash", 3), parent: 4, error: "tool_error" },
    tool(6, "Fine", 4),
  ]);

  test("of a call it is that of the step below it, which has no row", () => {
    expect(failureOf(run, call(1))).toBe(3);
    expect(failureOf(run, call(5))).toBe(5);
    expect(failureOf(run, call(6))).toBe(-1);
  });

  test("a failed call below has a row of its own", () => {
    expect(failureOf(run, call(4))).toBe(-1);
  });
});
