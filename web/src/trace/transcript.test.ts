import { describe, expect, test } from "vitest";
import { FLAG, type Category, type Skeleton } from "./skeleton";
import { testRun, type TestSpan } from "./testing";
import { type Transcript, transcript } from "./transcript";

function span(category: Category, parent?: number, part: Partial<TestSpan> = {}): TestSpan {
  return { name: category, category, parent, start: 0, duration: 1, ...part };
}

function tell(run: Skeleton, part: Partial<Parameters<typeof transcript>[1]> = {}): Transcript {
  return transcript(run, {
    expanded: new Uint8Array(run.count).fill(1),
    openFolds: new Set(),
    showInfrastructure: false,
    fold: true,
    ...part,
  });
}

/** `words 0`, `  card 3 via 2`: level, kind and span of each row. */
function told({ rows }: Transcript): string[] {
  return rows.map((row) => {
    const extra = [
      row.kind === "card" && row.via >= 0 && `via ${row.via}`,
      row.kind === "card" && !row.open && "closed",
      row.kind === "message" && row.final && "final",
      row.kind === "call" && row.retry && "retry",
      row.kind === "checks" && row.spans.join(","),
    ].filter(Boolean);
    return "  ".repeat(row.level) + [row.kind, row.span, ...extra].join(" ");
  });
}

/** Gives the run an input at a span, as the words that began it. */
function withInput(run: Skeleton, at: number): Skeleton {
  run.inputBytes[at] = 10;
  return run;
}

describe("transcript", () => {
  test("words, messages and calls in order, the last message is the end", () => {
    const run = withInput(testRun([span("agent"), span("llm", 0), span("tool", 0), span("llm", 0)]), 0);
    expect(told(tell(run))).toEqual(["words 0", "message 1", "call 2", "message 3 final"]);
  });

  test("the first question is the run's own, later ones are shown", () => {
    const asks = (told: Transcript) => told.rows.map((row) => row.kind === "message" && row.asks);
    const spans = [span("agent"), span("llm", 0), span("llm", 0)];
    expect(asks(tell(withInput(testRun(spans), 0)))).toEqual([false, false, true]);
    expect(asks(tell(testRun(spans)))).toEqual([true, true]);
  });

  test("wrappers are looked through, above the main agent and around single steps", () => {
    const run = testRun([
      span("other", undefined, { name: "POST" }),
      span("agent", 0),
      span("chain", 1),
      span("llm", 2),
      span("chain", 1),
      span("tool", 4),
      span("tool", 4),
    ]);
    expect(told(tell(run))).toEqual(["message 3", "call 5", "call 6"]);
  });

  test("a wrapper with model calls of its own is a card, one that failed by itself too", () => {
    const run = testRun([
      span("agent"),
      span("workflow", 0),
      span("llm", 1),
      span("llm", 1),
      span("chain", 0, { error: "ParseError" }),
      span("tool", 4),
      span("chain", 0),
    ]);
    expect(told(tell(run))).toEqual([
      "card 1",
      "  message 2",
      "  message 3",
      "  end 1",
      "card 4",
      "  call 5",
      "  end 4",
      "call 6",
    ]);
  });

  test("a sub-agent is a card, the tool that called it is named in it; cards nest", () => {
    const run = testRun([
      span("agent"),
      span("tool", 0, { tool: "delegate" }),
      span("agent", 1),
      span("llm", 2),
      span("agent", 2),
      span("llm", 4),
      span("llm", 0),
    ]);
    const all = tell(run);
    expect(told(all)).toEqual([
      "card 2 via 1",
      "  message 3",
      "  card 4",
      "    message 5",
      "    end 4",
      "  end 2",
      "message 6 final",
    ]);
    expect(all.rows.map((row) => row.card)).toEqual([-1, 0, 0, 2, 2, 0, -1]);
    const closed = tell(run, { expanded: new Uint8Array(run.count) });
    expect(told(closed)).toEqual(["card 2 via 1 closed", "message 6"]);
    // What is in a closed card, and the tool, show on it.
    expect([1, 2, 3, 5, 6].map(closed.rowOf)).toEqual([0, 0, 0, 0, 1]);
  });

  test("a tool with tools in it is a card; what it looked up stands below it", () => {
    const run = testRun([
      span("agent"),
      span("tool", 0),
      span("tool", 1),
      span("tool", 0),
      span("retrieval", 3),
    ]);
    expect(told(tell(run))).toEqual(["card 1", "  call 2", "  end 1", "call 3", "call 4"]);
  });

  test("checks that passed share a row, with what was remembered between; one that failed stands alone", () => {
    const run = testRun([
      span("agent"),
      span("guardrail", 0),
      span("memory", 0),
      span("guardrail", 0),
      span("guardrail", 0, { error: "Blocked" }),
      span("memory", 0),
      span("llm", 0),
    ]);
    const all = tell(run);
    expect(told(all)).toEqual(["checks 1 1,2,3", "call 4", "call 5", "message 6 final"]);
    expect(all.rowOf(3)).toBe(0);
    const opened = tell(run, { openFolds: new Set([all.rows[0]!.key]) });
    expect(told(opened).slice(0, 4)).toEqual(["checks 1 1,2,3", "call 1", "call 2", "call 3"]);
  });

  test("a call after one of the same tool that failed is a retry", () => {
    const search = (error?: string) => span("tool", 0, { tool: "search", error });
    const run = testRun([span("agent"), search(), search("Timeout"), span("llm", 0), search(), search()]);
    expect(told(tell(run))).toEqual(["call 1", "call 2", "message 3", "call 4 retry", "call 5"]);
  });

  test("loops are rows that open in place", () => {
    const read = (start: number) => span("tool", 0, { tool: "read", call: 7, start });
    const run = testRun([span("agent"), read(1), read(2), read(3), span("llm", 0, { start: 4 })]);
    const all = tell(run);
    expect(told(all)).toEqual(["loop 1", "message 4"]);
    expect([1, 2, 3].map(all.rowOf)).toEqual([0, 0, 0]);
    const opened = tell(run, { openFolds: new Set([all.rows[0]!.key]) });
    expect(told(opened)).toEqual(["loop 1", "call 1", "call 2", "call 3", "message 4 final"]);
    expect(opened.rows.map((row) => row.inFold)).toEqual(["", "loop", "loop", "loop", ""]);
    expect([1, 2, 3].map(opened.rowOf)).toEqual([1, 2, 3]);
  });

  test("infrastructure is left out, spans of an unknown kind are not", () => {
    const http = (parent: number) => span("other", parent, { flags: FLAG.infrastructure });
    const run = testRun([
      span("agent"),
      http(0),
      span("other", 0, { name: "decision" }),
      http(0),
      http(0),
      http(0),
    ]);
    expect(told(tell(run))).toEqual(["call 2"]);
    expect(told(tell(run, { showInfrastructure: true }))).toHaveLength(5);
  });

  test("a brush leaves what runs in it", () => {
    const run = testRun([
      span("agent", undefined, { duration: 30 }),
      span("llm", 0, { start: 1 }),
      span("llm", 0, { start: 20 }),
    ]);
    expect(told(tell(run, { within: { from: 15e6, to: 25e6 } }))).toEqual(["message 2"]);
  });

  test("where no model call was traced, the agent's output is the answer", () => {
    const run = testRun([span("agent"), span("tool", 0)]);
    run.outputBytes[0] = 5;
    expect(told(tell(run))).toEqual(["call 1", "answer 0"]);
  });

  test("a single model call, several roots, and no spans at all", () => {
    expect(told(tell(testRun([span("llm")])))).toEqual(["message 0"]);
    const several = testRun([span("agent"), span("llm", 0), span("agent"), span("llm", 2)]);
    expect(told(tell(several))).toEqual([
      "card 0",
      "  message 1",
      "  end 0",
      "card 2",
      "  message 3",
      "  end 2",
    ]);
    expect(told(tell(testRun([])))).toEqual([]);
  });

  test("agents 5,000 levels deep do not exhaust the stack", () => {
    const run = testRun(
      Array.from({ length: 5000 }, (_, at) => span("agent", at === 0 ? undefined : at - 1)),
    );
    const { rows } = tell(run);
    // The main agent is the conversation itself; the last has nothing to open.
    expect(rows).toHaveLength(4999 + 4998);
    expect(rows[4998]!.level).toBe(4998);
  });
});
