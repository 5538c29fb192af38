import { expect, test } from "vitest";
import { search } from "./search";
import { testRun } from "./testing";

const run = testRun([
  { name: "invoke", category: "agent", agent: "Planner", start: 0, duration: 1 },
  { name: "chat", category: "llm", model: "gpt-5", parent: 0, start: 0, duration: 1 },
  {
    name: "execute",
    category: "tool",
    tool: "read_file",
    parent: 0,
    start: 0,
    duration: 1,
    error: "TimeoutError",
  },
]);

test("finds names, models, agents, tools and errors in any case", () => {
  expect(search(run, "planner")).toEqual([0]);
  expect(search(run, "GPT")).toEqual([1]);
  expect(search(run, "timeout")).toEqual([2]);
  expect(search(run, "e")).toEqual([0, 2]);
});

test("all words must be there", () => {
  expect(search(run, "read timeout")).toEqual([2]);
  expect(search(run, "read gpt")).toEqual([]);
  expect(search(run, "   ")).toEqual([]);
});

test("finds ids by their beginning", () => {
  expect(search(run, "0000000000000002")).toEqual([1]);
  expect(search(run, "000000000000000")).toEqual([0, 1, 2]);
  expect(search(run, "000")).toEqual([]);
});
