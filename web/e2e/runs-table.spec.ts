/** The tables of runs, spans and sessions: tabs, columns, order, rows that open in place. */

import { columnsOf, expectTotal, inAddress, rowOf, rows, table } from "./lists";
import { expect, test } from "./test";

const AGNO = "d0fc0bad38f42f397faa21436b3a42b7";
const CLAUDE_CODE = "0da2b8bac9c26eab1db53ad0fe46ce05";

test("three tabs: the filter goes along from runs to their spans and sessions", async ({ page, clew }) => {
  await page.goto(`${clew.url}/ui/runs?range=all&q=session:sess-123`);
  const tabs = page.getByRole("navigation", { name: "Lists" });
  await expectTotal(page, 8);
  await expect(tabs.getByRole("link", { name: "Traces" })).toHaveAttribute("aria-current", "page");
  await tabs.getByRole("link", { name: "Spans" }).click();
  await expect(page).toHaveURL(/\/ui\/spans\?q=session:sess-123/);
  await expect(rows(page, "Spans").first()).toBeVisible();
  await tabs.getByRole("link", { name: "Sessions" }).click();
  await expect(page).toHaveURL(/\/ui\/sessions\?q=session:sess-123/);
  await expectTotal(page, 1, "Sessions");
  // 8 runs, 5,085 tokens: 822 + 1,241 + 1,096 + 137 + 8 + 959 + 822.
  await expect(rows(page, "Sessions")).toContainText(/sess-123.*8.*5\.08k|sess-123.*8.*5\.09k/s);
});

test("the list of spans holds model and tool calls; other kinds on demand", async ({ page, clew }) => {
  // agno's run: 6 model calls of gpt-5-mini.
  await page.goto(`${clew.url}/ui/spans?range=all&q=${encodeURIComponent(`trace:${AGNO} category:llm`)}`);
  await expect(rows(page, "Spans")).toHaveCount(6);
  await page.goto(`${clew.url}/ui/spans?range=all&q=${encodeURIComponent(`trace:${AGNO} tool:broken_tool`)}`);
  await expect(rows(page, "Spans")).toHaveCount(1);
  await expect(rows(page, "Spans").first()).toContainText("broken_tool");
  await rows(page, "Spans").first().click();
  await expect(page).toHaveURL(new RegExp(`run=${AGNO}.*span=|span=.*run=${AGNO}`));
});

test("columns are chosen, ordered and remembered", async ({ page, clew }) => {
  await page.goto(`${clew.url}/ui/runs?range=all`);
  await expectTotal(page, 25);
  const usual = [
    "Started",
    "Agent",
    "Input",
    "Session",
    "User",
    "Model",
    "Spans",
    "Tokens",
    "Cost",
    "Duration",
  ];
  expect(await columnsOf(page)).toEqual(usual);
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByRole("checkbox", { name: "Session" }).uncheck();
  await page.getByRole("checkbox", { name: "Tool calls" }).check();
  await page.getByRole("button", { name: "User further left" }).click();
  await page.keyboard.press("Escape");
  const chosen = [
    "Started",
    "Agent",
    "User",
    "Input",
    "Model",
    "Spans",
    "Tokens",
    "Cost",
    "Duration",
    "Tool calls",
  ];
  await expect.poll(() => columnsOf(page)).toEqual(chosen);
  await page.reload();
  await expectTotal(page, 25);
  expect(await columnsOf(page)).toEqual(chosen);
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByRole("button", { name: "As they were" }).click();
  await page.keyboard.press("Escape");
  await expect.poll(() => columnsOf(page)).toEqual(usual);
});

test("a click on a head sorts, again turns it round, with Shift it is a further key", async ({
  page,
  clew,
}) => {
  await page.goto(`${clew.url}/ui/runs?range=all&q=session:sess-123`);
  await expectTotal(page, 8);
  const head = (name: string) => table(page).getByRole("columnheader", { name });
  await expect(head("Started")).toHaveAttribute("aria-sort", "descending");
  await expect(rows(page).first()).toHaveAttribute("id", `row-${AGNO}`);

  await head("Tokens").getByRole("button").click();
  await expect(head("Tokens")).toHaveAttribute("aria-sort", "descending");
  expect(inAddress(page, "sort")).toBe("-tokens");
  // traceloop has most: 1,088 + 153.
  await expect(rows(page).first()).toHaveAttribute("id", "row-046b9dcd0598290d2a79d6867ea0a4c9");
  await expect(rows(page).first()).toContainText("1.24k");

  await head("Spans").getByRole("button").click();
  await head("Spans").getByRole("button").click();
  await expect(head("Spans")).toHaveAttribute("aria-sort", "ascending");
  await head("Duration")
    .getByRole("button")
    .click({ modifiers: ["Shift"] });
  await expect.poll(() => inAddress(page, "sort")).toMatch(/^spans,-duration$/);
  // Of the three runs of one span Response took longest: 91 ms, before 11 and 6.
  const ids = () => rows(page).evaluateAll((all) => all.slice(0, 3).map((row) => row.id.slice(4, 12)));
  await expect.poll(ids).toEqual(["4236159d", "5681d170", "d8df5fb5"]);
});

test("a run opens to its first steps in place, and a step opens the run at it", async ({ page, clew }) => {
  await page.goto(`${clew.url}/ui/runs?range=all&q=agent:claude-code`);
  await expectTotal(page, 2);
  const row = rowOf(page, CLAUDE_CODE);
  await row.hover();
  await row.getByRole("button", { name: "Show steps" }).click();
  await expect(row).toHaveAttribute("aria-expanded", "true");
  const steps = table(page).locator(".trow.kid:not(.end)");
  await expect(steps.first()).toBeVisible();
  const first = (await steps.first().getAttribute("id"))!.replace(`row-${CLAUDE_CODE}/`, "");
  await steps.first().click();
  await expect.poll(() => inAddress(page, "run")).toBe(CLAUDE_CODE);
  expect(inAddress(page, "span")).toBe(first);
  // Escape leads back one level at a time: the panel, the selected step, the run.
  const panel = page.getByRole("complementary", { name: "Run" }).locator(".panelzone");
  await expect(panel).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(panel).toBeHidden();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await expect.poll(() => inAddress(page, "run")).toBeNull();
  await row.getByRole("button", { name: "Hide steps" }).click();
  await expect(steps).toHaveCount(0);
});

test("rows are selected for export and delete", async ({ page, empty }) => {
  await empty.replay("agno", "phoenix-http");
  await page.goto(`${empty.url}/ui/runs`);
  await expectTotal(page, 5);
  await rowOf(page, AGNO).hover();
  await rowOf(page, AGNO).getByRole("checkbox", { name: "Select" }).check();
  await page.getByRole("button", { name: /^Delete/ }).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Delete/ })
    .click();
  await expect(rowOf(page, AGNO)).toContainText("deleted");
  await page.reload();
  await expectTotal(page, 4);
  await expect(rowOf(page, AGNO)).toHaveCount(0);
});
