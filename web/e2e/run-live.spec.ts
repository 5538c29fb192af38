/** A running run grows while one watches; what is open is marked; the end is followed only by those who are there. */

import type { Clew } from "./clew";
import { agent, chat, id, otlp, type SpanOptions, tool } from "./otlp";
import { openRun, panel, transcript, tree, view } from "./openrun";
import { expect, test } from "./test";

const TRACE = "1e".repeat(16);
const RUNS = "/api/ingest/v1/runs";

/** Sends spans of the live run, one request; times are milliseconds since it began, ten seconds ago. */
async function tell(clew: Clew, began: number, ...spans: SpanOptions[]): Promise<void> {
  await clew.otlp(otlp(TRACE, began, spans));
}

/** One of the AgentOS calls, as conformance/agentos.py makes them. */
async function call(clew: Clew, path: string, body: unknown): Promise<void> {
  await clew.send({
    path: RUNS + path,
    headers: { "content-type": "application/json" },
    body: Buffer.from(JSON.stringify(body)),
  });
}

function search(number: number, end?: number): SpanOptions {
  return {
    id: id(number),
    parent: id(1),
    name: `execute_tool search_${number}`,
    start: number * 20,
    ...(end === undefined ? {} : { end }),
    attributes: tool(`search_${number}`, { query: `question ${number}` }, `answer ${number}`),
  };
}

const root = (end?: number): SpanOptions => ({
  id: id(1),
  name: "invoke_agent watcher",
  start: 0,
  ...(end === undefined ? {} : { end }),
  attributes: agent("watcher"),
});

test("spans sent one by one appear without a reload; the open one is marked until it ends", async ({
  page,
  empty,
}) => {
  const began = Date.now() - 10_000;
  await tell(empty, began, root());
  await openRun(page, empty, TRACE);
  await page.evaluate(() => ((window as unknown as { kept: number }).kept = 1));
  await expect(page.getByRole("timer", { name: "Running for" })).toBeVisible();
  await expect(page.locator(".facts")).toContainText("1 span, 1 open");

  await tell(empty, began, search(2, 60));
  await expect(transcript(page)).toContainText("search_2");
  await tell(empty, began, search(3));
  const open = transcript(page).getByRole("listitem").filter({ hasText: "search_3" });
  await expect(open.getByRole("img", { name: "running" })).toBeVisible();
  await expect(page.locator(".facts")).toContainText("3 spans, 2 open");
  await open.click();
  await expect(panel(page)).toContainText("Running");

  await tell(empty, began, search(3, 90));
  await expect(open.getByRole("img", { name: "running" })).toHaveCount(0);
  await tell(empty, began, {
    id: id(4),
    parent: id(1),
    name: "chat",
    start: 100,
    end: 140,
    attributes: chat("gpt-5-mini", "And?", "Two answers.", [50, 5]),
  });
  await expect(transcript(page)).toContainText("Two answers.");
  await expect(page.locator(".facts")).toContainText("55 tokens");
  await tell(empty, began, root(200));
  await expect(page.locator(".runbar .outcome")).toHaveText("Completed");
  await expect(page.getByRole("timer")).toHaveCount(0);
  expect(await page.evaluate(() => (window as unknown as { kept?: number }).kept)).toBe(1);
});

test("who is at the end follows it; who scrolled away keeps the place and is told how many are new", async ({
  page,
  empty,
}) => {
  const began = Date.now() - 10_000;
  const many = Array.from({ length: 60 }, (_, at) => search(at + 2, at * 20 + 50));
  await tell(empty, began, root(), ...many);
  await openRun(page, empty, TRACE, "view=tree");
  await page.getByRole("button", { name: "Folded" }).click();
  await expect(page.getByText("Following the end")).toBeVisible();
  await expect(tree(page)).toContainText("search_61");
  await tell(empty, began, search(62, 1300), search(63, 1310));
  await expect(tree(page)).toContainText("search_63");

  await tree(page).hover();
  await page.mouse.wheel(0, -4000);
  await expect(tree(page)).toContainText("search_2");
  await expect(page.getByText("Following the end")).toBeHidden();
  await tell(empty, began, search(64, 1330), search(65, 1340), search(66, 1350));
  const pill = page.getByRole("button", { name: "3 new spans" });
  await expect(pill).toBeVisible();
  await expect(tree(page)).not.toContainText("search_66");
  await expect(tree(page)).toContainText("search_2");
  await pill.click();
  await expect(tree(page)).toContainText("search_66");
  await expect(page.getByText("Following the end")).toBeVisible();
});

test("updates can be held and taken in later", async ({ page, empty }) => {
  const began = Date.now() - 10_000;
  await tell(empty, began, root(), search(2, 60));
  await openRun(page, empty, TRACE);
  await page.getByRole("button", { name: "Pause updates" }).click();
  await tell(empty, began, search(3, 90));
  await expect
    .poll(
      async () => (await empty.get<{ trace: { span_count: number } }>(`/traces/${TRACE}`)).trace.span_count,
    )
    .toBe(3);
  await expect(transcript(page)).not.toContainText("search_3");
  await page.keyboard.press(".");
  await expect(transcript(page)).toContainText("search_3");
});

test("a live run's open spans stand in timeline and graph, too", async ({ page, empty }) => {
  const began = Date.now() - 10_000;
  await tell(empty, began, root(), search(2, 60), search(3));
  await openRun(page, empty, TRACE, "view=timeline");
  const row = page.getByRole("listitem").filter({ hasText: "search_3" });
  await expect(row).toContainText("open");
  await view(page, "Graph").click();
  await expect(page.locator(".gstep").filter({ hasText: "search_3" }).locator(".live-t")).toBeVisible();
});

test("a run told by the AgentOS calls: steps begin and end on the page", async ({ page, empty }) => {
  const run = "0b7c1a52-6d1c-4f6e-9f35-0000000000e1";
  const at = (ms: number) => new Date(Date.now() - 5_000 + ms).toISOString();
  await call(empty, "", {
    run_id: run,
    agent_name: "planner",
    session_id: "sess-1",
    user_id: "user-1",
    input: "What is the weather in Paris?",
    start_time: at(0),
  });
  await call(empty, `/${run}/spans`, {
    spans: [
      { id: "a1", start_time: at(1), name: "planner", kind: "agent" },
      {
        id: "t1",
        start_time: at(5),
        name: "get_weather",
        kind: "tool",
        parent_id: "a1",
        data: { arguments: { city: "Paris" } },
      },
    ],
  });
  await openRun(page, empty, run.replaceAll("-", ""), "view=tree");
  const weather = tree(page).getByRole("treeitem").filter({ hasText: "get_weather" });
  await expect(weather.getByRole("img", { name: "running" })).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("What is the weather in Paris?");
  await call(empty, `/${run}/spans`, {
    spans: [
      { id: "t1", end_time: at(7), end_data: { result: { temp_c: 21 } } },
      { id: "a1", end_time: at(10) },
    ],
  });
  await call(empty, `/${run}/complete`, { output: "It is 21C." });
  await expect(weather.getByRole("img", { name: "running" })).toHaveCount(0);
  await expect(page.locator(".runbar .outcome")).toHaveText("Completed");
});

test("a run with events only shows them by time, and no views of spans", async ({ page, empty }) => {
  const run = "0b7c1a52-6d1c-4f6e-9f35-0000000000e2";
  const events = [
    { id: "e1", name: "note", time: "2026-11-18T11:06:40.001Z", data: { to: "ada", reason: "refund" } },
    { id: "e2", name: "end", time: "2026-11-18T11:06:42.001Z" },
  ];
  await call(empty, `/${run}/events`, { events });
  await page.goto(`${empty.url}/ui/runs/${run.replaceAll("-", "")}`);
  const list = page.getByRole("list", { name: "Events" });
  await expect(list.getByRole("listitem")).toHaveCount(2);
  await expect(list.getByRole("listitem").first()).toContainText("0:00.0");
  await expect(list.getByRole("listitem").first()).toContainText("to: ada, reason: refund");
  await expect(list.getByRole("listitem").last()).toContainText("0:02.0");
  await expect(page.getByRole("tablist", { name: "View" })).toHaveCount(0);
  await expect(page.getByRole("group", { name: /^Timeline of the run/ })).toHaveCount(0);
  await list.getByRole("button").first().click();
  await expect(list).toContainText('"reason": "refund"');
  // The first span brings the views.
  await call(empty, `/${run}/spans`, {
    spans: [
      {
        id: "t1",
        start_time: "2026-11-18T11:06:40.500Z",
        end_time: "2026-11-18T11:06:41.000Z",
        name: "get_weather",
        kind: "tool",
      },
    ],
  });
  await expect(view(page, "Tree")).toBeVisible();
  await view(page, /^Events 2/).click();
  await expect(list.getByRole("listitem")).toHaveCount(2);
});
