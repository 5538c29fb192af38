import { describe, expect, it } from "vitest";
import { FLAG } from "@/trace/skeleton";
import { testRun } from "@/trace/testing";
import { cause, errorOf, failures, tidyError } from "./cause";

const failing = testRun(
  [
    { name: "root", category: "agent", start: 0, duration: 100, error: "TooLong" },
    { name: "retried", category: "tool", parent: 0, start: 1, duration: 2, error: "Timeout" },
    { name: "call", category: "llm", parent: 0, start: 10, duration: 5, error: "TooLong" },
    {
      name: "step",
      category: "chain",
      parent: 0,
      start: 80,
      duration: 10,
      error: "TooLong",
      flags: FLAG.errorDerived,
    },
    { name: "last", category: "llm", parent: 3, start: 81, duration: 5, error: "TooLong" },
  ],
  { root_status: "error" },
);

describe("failures", () => {
  it("are those of their own word, each error once on its way up", () => {
    expect(failures(failing)).toEqual([1, 2, 4]);
  });
});

describe("the cause", () => {
  it("is the deepest span with the root's error", () => expect(cause(failing)).toBe(4));
  it("is the last of several as deep", () => {
    const run = testRun(
      [
        { name: "root", category: "agent", start: 0, duration: 9, error: "Full" },
        { name: "first", category: "llm", parent: 0, start: 1, duration: 1, error: "Full" },
        { name: "second", category: "llm", parent: 0, start: 5, duration: 1, error: "Full" },
      ],
      { root_status: "error" },
    );
    expect(cause(run)).toBe(2);
  });
  it("is the root where nothing below says the same", () => {
    const run = testRun(
      [
        { name: "root", category: "agent", start: 0, duration: 9, error: "Cancelled" },
        { name: "tool", category: "tool", parent: 0, start: 1, duration: 1, error: "Timeout" },
      ],
      { root_status: "error" },
    );
    expect(cause(run)).toBe(0);
  });
  it("is the first failure of a run that came to its end", () => {
    const run = testRun(
      [
        { name: "root", category: "agent", start: 0, duration: 9 },
        { name: "one", category: "tool", parent: 0, start: 1, duration: 1, error: "Timeout" },
        { name: "two", category: "tool", parent: 0, start: 3, duration: 1, error: "Refused" },
      ],
      { root_status: "ok" },
    );
    expect(cause(run)).toBe(1);
  });
  it("is none where nothing failed", () => {
    expect(cause(testRun([{ name: "root", category: "agent", start: 0, duration: 9 }]))).toBe(-1);
  });
});

describe("an error in words", () => {
  it("says its kind once", () => {
    expect(tidyError("ValueError", "ValueError: no such key")).toEqual({
      kind: "ValueError",
      message: "no such key",
    });
    expect(tidyError("", "it broke")).toEqual({ kind: "Error", message: "it broke" });
    expect(errorOf(failing, 1)).toEqual({ kind: "Timeout", message: "" });
  });
});
