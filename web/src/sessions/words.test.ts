import { describe, expect, it } from "vitest";
import { failedWords, gapBetween, gapWords, lengthWords, workingTime, workWords } from "./words";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe("gapWords", () => {
  it("says two units at most, and nothing below a minute", () => {
    expect(gapWords(59_999)).toBe(null);
    expect(gapWords(-5 * MINUTE)).toBe(null);
    expect(gapWords(6 * MINUTE + 3)).toBe("6 minutes later");
    expect(gapWords(MINUTE)).toBe("1 minute later");
    expect(gapWords(2 * HOUR + 5 * MINUTE)).toBe("2 hours 5 minutes later");
    expect(gapWords(7 * HOUR + 5 * MINUTE)).toBe("7 hours later");
    expect(gapWords(DAY + 22 * HOUR)).toBe("1 day 22 hours later");
    expect(gapWords(3 * DAY)).toBe("3 days later");
    expect(gapWords(40 * DAY + 5 * HOUR)).toBe("40 days later");
  });
});

const run = (start: string, end: string | null, duration: number | null) => ({
  start_nanos: start,
  end_nanos: end,
  duration_nanos: duration,
});

describe("gapBetween and workingTime", () => {
  it("counts from the end, or from the start of what never ended", () => {
    expect(gapBetween(run("0", "2000000", 2), run("5000000", null, null))).toBe(3);
    expect(gapBetween(run("1000000", null, null), run("5000000", null, null))).toBe(4);
  });
  it("adds what is known", () => {
    expect(workingTime([run("0", null, null), run("0", "7", 7), run("0", "5", 5)])).toBe(12);
    expect(workingTime([run("0", null, null)])).toBe(null);
  });
});

const work = { llm_calls: 0, tool_calls: 0, embedding_calls: 0, agents: [] as string[], span_count: 3 };

describe("workWords", () => {
  it("names what was done", () => {
    expect(workWords({ ...work, llm_calls: 38, tool_calls: 48, agents: ["a", "b", "c"] })).toBe(
      "38 calls, 48 tools, 2 sub-agents",
    );
    expect(workWords({ ...work, llm_calls: 1 })).toBe("1 call");
    expect(workWords(work)).toBe("3 steps");
    expect(workWords({ ...work, span_count: 0 })).toBe("events only");
  });
});

describe("failedWords", () => {
  it("names what failed", () => {
    expect(failedWords({ llm_calls_failed: 0, tool_calls_failed: 2, error_count: 3 })).toBe("2 tools failed");
    expect(failedWords({ llm_calls_failed: 0, tool_calls_failed: 0, error_count: 1 })).toBe("1 step failed");
    expect(failedWords({ llm_calls_failed: 0, tool_calls_failed: 0, error_count: 0 })).toBe("");
  });
});

describe("lengthWords", () => {
  it("counts the days of the reader", () => {
    const evening = new Date(2026, 10, 19, 23, 0).getTime();
    expect(lengthWords(4, evening, evening + 2 * HOUR)).toBe("4 runs over 2 days");
    expect(lengthWords(1, evening, evening)).toBe("1 run");
  });
});
