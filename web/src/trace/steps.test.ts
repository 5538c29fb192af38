import { describe, expect, test } from "vitest";
import { FLAG } from "./skeleton";
import { foldSteps, runTime, shortRows, type Steps } from "./steps";
import { type TestSpan, testRun } from "./testing";

const SHOWN = { showInfrastructure: false };

/** An agent that asks twice, calls two sub-agents, and one tool that failed once. */
const RESEARCH: TestSpan[] = [
  { name: "invoke lead", category: "agent", start: 0, duration: 1000, agent: "lead" },
  {
    name: "chat",
    category: "llm",
    model: "m1",
    parent: 0,
    start: 0,
    duration: 100,
    input: 10,
    output: 1,
    cost: 5,
  },
  { name: "search", category: "tool", tool: "search", parent: 0, start: 100, duration: 50, error: "Timeout" },
  { name: "search", category: "tool", tool: "search", parent: 0, start: 150, duration: 150 },
  { name: "finder", category: "agent", parent: 0, start: 300, duration: 300 },
  {
    name: "chat",
    category: "llm",
    model: "m2",
    parent: 4,
    start: 300,
    duration: 300,
    input: 20,
    output: 2,
    cost: 7,
  },
  { name: "checker", category: "agent", parent: 0, start: 600, duration: 200, error: "Refused" },
  {
    name: "chat",
    category: "llm",
    model: "m1",
    parent: 0,
    start: 800,
    duration: 200,
    input: 30,
    output: 3,
    cost: 11,
  },
];

function cardsOf(steps: Steps) {
  return steps.cards.map(({ name, heads, parent, rows }) => ({
    name,
    heads,
    parent,
    rows: rows.map((row) => `${"  ".repeat(steps.rows[row]!.depth)}${steps.rows[row]!.name}`),
  }));
}

describe("cards and rows", () => {
  const run = testRun(RESEARCH);
  const steps = foldSteps(run, SHOWN);

  test("a card an agent, a row a step name in order of the first", () => {
    expect(cardsOf(steps)).toEqual([
      { name: "invoke lead", heads: [0], parent: -1, rows: ["m1", "search"] },
      { name: "finder", heads: [4], parent: 0, rows: ["m2"] },
      { name: "checker", heads: [6], parent: 0, rows: [] },
    ]);
  });

  test("rows count, sum time and say what failed", () => {
    const [m1, search, m2] = steps.rows;
    expect(m1).toMatchObject({ spans: [1, 7], failures: 0, time: 300e6, share: 0.3 });
    expect(search).toMatchObject({ spans: [2, 3], failures: 1, time: 200e6, share: 0.2 });
    expect(m2).toMatchObject({ spans: [5], time: 300e6, share: 0.3 });
  });

  test("cards sum what is below them", () => {
    expect(steps.cards[0]).toMatchObject({ spans: 8, tokens: 66, cost: 23, time: 1000e6, failures: 0 });
    expect(steps.cards[1]).toMatchObject({ spans: 2, tokens: 22, cost: 7 });
    expect(steps.cards[2]).toMatchObject({ spans: 1, failures: 1, tokens: NaN, cost: NaN });
  });

  test("each span finds its row and its card", () => {
    expect([...steps.rowOf]).toEqual([-1, 0, 1, 1, -1, 2, -1, 0]);
    expect([...steps.cardOf]).toEqual([0, 0, 0, 0, 1, 1, 2, 0]);
    expect(steps.spans).toBe(8);
  });
});

test("under a brush only what runs in it counts, and cards sum that", () => {
  const shown = Uint8Array.from([1, 0, 0, 0, 1, 1, 0, 0]);
  const steps = foldSteps(testRun(RESEARCH), { ...SHOWN, shown });
  expect(cardsOf(steps)).toEqual([
    { name: "invoke lead", heads: [0], parent: -1, rows: [] },
    { name: "finder", heads: [4], parent: 0, rows: ["m2"] },
  ]);
  expect(steps.cards[0]).toMatchObject({ spans: 3, tokens: 22, cost: 7 });
});

test("a workflow has its card; names that differ after a colon are one step, with what is below indented", () => {
  const steps = foldSteps(
    testRun([
      { name: "lead", category: "agent", start: 0, duration: 100 },
      { name: "report", category: "workflow", parent: 0, start: 0, duration: 100 },
      { name: "draft: why", category: "chain", parent: 1, start: 0, duration: 50 },
      { name: "chat", category: "llm", model: "m", parent: 2, start: 0, duration: 40 },
      { name: "draft: who", category: "chain", parent: 1, start: 50, duration: 50 },
      { name: "chat", category: "llm", model: "m", parent: 4, start: 50, duration: 40 },
      { name: "check: one", category: "evaluator", parent: 1, start: 90, duration: 10 },
    ]),
    SHOWN,
  );
  expect(cardsOf(steps)).toEqual([
    { name: "lead", heads: [0], parent: -1, rows: [] },
    { name: "report", heads: [1], parent: 0, rows: ["draft", "  m", "check: one"] },
  ]);
});

test("a step inside itself is one row, and its time counts once", () => {
  const steps = foldSteps(
    testRun([
      { name: "lead", category: "agent", start: 0, duration: 100 },
      { name: "walk", category: "chain", parent: 0, start: 0, duration: 80 },
      { name: "walk", category: "chain", parent: 1, start: 10, duration: 60 },
      { name: "walk", category: "chain", parent: 2, start: 20, duration: 40 },
    ]),
    SHOWN,
  );
  expect(steps.rows).toHaveLength(1);
  expect(steps.rows[0]).toMatchObject({ name: "walk", spans: [1, 2, 3], time: 80e6, depth: 0 });
});

test("hundreds of agents of one name share a card, and so do those that they call", () => {
  const spans: TestSpan[] = [{ name: "lead", category: "agent", start: 0, duration: 1000 }];
  for (let at = 0; at < 40; at++) {
    const worker = spans.push({ name: "worker", category: "agent", parent: 0, start: at, duration: 10 }) - 1;
    const helper =
      spans.push({ name: "helper", category: "agent", parent: worker, start: at, duration: 5 }) - 1;
    spans.push({
      name: "chat",
      category: "llm",
      model: "m",
      parent: helper,
      start: at,
      duration: 5,
      cost: 2,
    });
  }
  const { cards, rows } = foldSteps(testRun(spans), SHOWN);
  expect(cards.map(({ name, heads }) => [name, heads.length])).toEqual([
    ["lead", 1],
    ["worker", 40],
    ["helper", 40],
  ]);
  expect(cards[1]).toMatchObject({ time: 400e6, cost: 80, spans: 120 });
  expect(rows.map(({ spans: all }) => all.length)).toEqual([40]);
});

test("two agents of one name keep their cards", () => {
  const { cards } = foldSteps(
    testRun([
      { name: "lead", category: "agent", start: 0, duration: 9 },
      { name: "worker", category: "agent", parent: 0, start: 0, duration: 1 },
      { name: "worker", category: "agent", parent: 0, start: 1, duration: 1 },
    ]),
    SHOWN,
  );
  expect(cards.map(({ heads }) => heads)).toEqual([[0], [1], [2]]);
  expect(new Set(cards.map(({ key }) => key)).size).toBe(3);
});

test("a chain of 5,000 agents is seven cards, the rest rows of the last", () => {
  const spans: TestSpan[] = [];
  for (let at = 0; at < 5_000; at++)
    spans.push({ name: `a${at % 3}`, category: "agent", parent: at - 1, start: at, duration: 1 });
  spans[0]!.parent = undefined;
  const steps = foldSteps(testRun(spans), SHOWN);
  expect(steps.cards).toHaveLength(7);
  expect(steps.cards[6]!.rows.map((row) => steps.rows[row]!.name)).toEqual(["a1", "a2", "a0"]);
  expect(steps.rows.reduce((all, row) => all + row.spans.length, 0)).toBe(4_993);
});

test("a thousand agents of different names: sixty cards, the rest rows", () => {
  const spans: TestSpan[] = [{ name: "lead", category: "agent", start: 0, duration: 1000 }];
  for (let at = 0; at < 1_000; at++)
    spans.push({ name: `w${at}`, category: "agent", parent: 0, start: at, duration: 1 });
  const steps = foldSteps(testRun(spans), SHOWN);
  expect(steps.cards).toHaveLength(60);
  expect(steps.cards[0]!.rows).toHaveLength(941);
});

test("without an agent the top span is the card, and leaves at the top share one", () => {
  const steps = foldSteps(
    testRun([
      { name: "graph", category: "chain", start: 0, duration: 10 },
      { name: "chat", category: "llm", model: "m", parent: 0, start: 0, duration: 5 },
      { name: "embed", category: "embedding", start: 10, duration: 5, cost: 3 },
    ]),
    SHOWN,
  );
  expect(cardsOf(steps)).toEqual([
    { name: "graph", heads: [0], parent: -1, rows: ["m"] },
    { name: "top level", heads: [], parent: -1, rows: ["embed"] },
  ]);
  expect(steps.cards[1]).toMatchObject({ spans: 1, cost: 3, time: 5e6 });
});

test("infrastructure is not shown, and what stands below it seems to stand above", () => {
  const http = (parent: number | undefined, start: number): TestSpan => ({
    name: "POST",
    category: "other",
    parent,
    start,
    duration: 1,
    flags: FLAG.infrastructure,
  });
  const run = testRun([
    { ...http(undefined, 0), duration: 100 },
    { name: "lead", category: "agent", parent: 0, start: 0, duration: 90 },
    { name: "fetch", category: "tool", tool: "fetch", parent: 1, start: 0, duration: 10 },
    http(2, 1),
    http(2, 2),
    http(2, 3),
    http(2, 4),
  ]);
  const steps = foldSteps(run, SHOWN);
  expect(cardsOf(steps)).toEqual([{ name: "lead", heads: [1], parent: -1, rows: ["fetch"] }]);
  expect(steps).toMatchObject({ spans: 3, hidden: 4 });
  expect([...steps.rowOf]).toEqual([-1, -1, 0, 0, 0, 0, 0]);
  expect(foldSteps(run, { showInfrastructure: true })).toMatchObject({ spans: 7, hidden: 0 });
});

test("rounds with the same answer are one arrow from what asks to what is called", () => {
  const spans: TestSpan[] = [{ name: "lead", category: "agent", start: 0, duration: 1000 }];
  for (let at = 0; at < 5; at++) {
    spans.push({
      name: "chat",
      category: "llm",
      model: "m",
      parent: 0,
      start: at * 10,
      duration: 4,
      cost: 100,
    });
    spans.push({
      name: "fetch",
      category: "tool",
      tool: "fetch",
      parent: 0,
      start: at * 10 + 5,
      duration: 4,
      call: 7,
      result: 9,
    });
  }
  const steps = foldSteps(testRun(spans), SHOWN);
  expect(steps.cards[0]!.loops).toEqual([
    { from: 0, to: 1, rounds: 5, cost: 500, sameResults: true, span: 2 },
  ]);
  expect(steps.rows.map(({ looped }) => looped)).toEqual([true, true]);
});

test("closed cards show what failed and what took long, in order", () => {
  const spans: TestSpan[] = [{ name: "lead", category: "agent", start: 0, duration: 1000 }];
  for (let at = 0; at < 6; at++)
    spans.push({ name: `t${at}`, category: "tool", tool: `t${at}`, parent: 0, start: at, duration: at + 1 });
  spans[1]!.error = "broken";
  const steps = foldSteps(testRun(spans), SHOWN);
  expect(shortRows(steps, steps.cards[0]!, 3)).toEqual({ rows: [0, 4, 5], more: 3 });
  // One row more takes no more room than the words "1 more".
  expect(shortRows(steps, steps.cards[0]!, 5)).toEqual({ rows: [0, 1, 2, 3, 4, 5], more: 0 });
});

test("shares are of the only root's time, else of the whole run's", () => {
  expect(runTime(testRun([{ name: "a", category: "agent", start: 5, duration: 20 }]))).toBe(20e6);
  expect(
    runTime(
      testRun([
        { name: "a", category: "agent", start: 0, duration: 20 },
        { name: "b", category: "agent", start: 70, duration: 30 },
      ]),
    ),
  ).toBe(100e6);
});
