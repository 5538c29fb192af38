import { expect, test } from "vitest";
import type { Category } from "./skeleton";
import { testRun } from "./testing";
import { threadOf, threads } from "./threads";

function span(name: string, category: Category, parent?: number) {
  return { name, category, parent, start: 0, duration: 1 };
}

test("each agent has a thread without its sub-agents' steps", () => {
  const run = testRun([
    span("main", "agent"),
    span("chat", "llm", 0),
    span("delegate", "tool", 0),
    span("sub", "agent", 2),
    span("chat", "llm", 3),
    span("chat", "llm", 0),
  ]);
  expect(threads(run)).toEqual([
    { agent: 0, name: "main", spans: [0, 1, 2, 5], parent: -1, depth: 0 },
    { agent: 3, name: "sub", spans: [3, 4], parent: 0, depth: 1 },
  ]);
  expect([...threadOf(run)]).toEqual([0, 0, 0, 1, 1, 0]);
});

test("what stands above the only agent belongs to it", () => {
  const run = testRun([span("POST", "other"), span("main", "agent", 0), span("chat", "llm", 1)]);
  expect(threads(run)).toEqual([{ agent: 1, name: "main", spans: [0, 1, 2], parent: -1, depth: 0 }]);
});

test("several agents side by side hang on a thread of no agent", () => {
  const run = testRun([span("flow", "workflow"), span("a", "agent", 0), span("b", "agent", 0)]);
  expect(threads(run)).toEqual([
    { agent: -1, name: "flow", spans: [0], parent: -1, depth: 0 },
    { agent: 1, name: "a", spans: [1], parent: 0, depth: 1 },
    { agent: 2, name: "b", spans: [2], parent: 0, depth: 1 },
  ]);
});

test("a run without agents is one thread, a run without spans an empty one", () => {
  const run = testRun([span("chat", "llm"), span("chat", "llm")]);
  expect(threads(run)).toEqual([{ agent: -1, name: "chat", spans: [0, 1], parent: -1, depth: 0 }]);
  expect(threads(testRun([]))).toEqual([{ agent: -1, name: "", spans: [], parent: -1, depth: 0 }]);
});
