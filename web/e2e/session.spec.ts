/** A session reads as one conversation over its runs, with its totals beside. */

import type { Page } from "@playwright/test";
import { expectTotal, filterBy, metric, rows } from "./lists";
import { expect, test } from "./test";

/** A line of the totals. */
const total = (page: Page, label: string) =>
  page.getByRole("complementary", { name: "About this session" }).locator(`dt:text-is("${label}") + dd`);
const runs = (page: Page) => page.getByRole("navigation", { name: "Runs of this session" });
const feed = (page: Page) => page.getByRole("feed", { name: "Conversation" });

test("three runs of a chat are one conversation, oldest first", async ({ page, clew }) => {
  await page.goto(`${clew.url}/ui/sessions/lisbon-0`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("lisbon-0");
  await expect(runs(page)).toContainText("3 runs");
  const asked = ["Plan me two days in Lisbon", "It will rain on day two.", "And where do we eat?"];
  for (const words of asked) await expect(feed(page).getByText(words).first()).toBeVisible();
  const text = await feed(page).innerText();
  const places = asked.map((words) => text.indexOf(words));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
});

test("its totals are those of its row, worked from the recordings", async ({ page, clew }) => {
  await page.goto(`${clew.url}/ui/sessions/sess-123`);
  await expect(runs(page)).toContainText("8 runs");
  await expect(total(page, "Spans")).toHaveText("75");
  // Model calls 6 + 10 + 8 + 1 + 0 + 1 + 7 + 6, tools 4 + 3 + 3 + 5 + 4.
  await expect(total(page, "Model calls, tools")).toHaveText("39, 19");
  await expect(total(page, "Tokens")).toHaveText(/^5\.0[89]k$/);
  await expect(total(page, "Cost")).toHaveText("$0.0018");
  await expect(total(page, "Failed runs")).toHaveText("1");
  await expect(total(page, "Failed steps")).toHaveText("8");
  await page.goto(`${clew.url}/ui/runs?range=all&q=session:sess-123`);
  await expect(metric(page, "Spans").locator("dd")).toHaveText("75");
  await expect(metric(page, "Cost").locator("dd")).toHaveText("$0.0018");
});

test("j and k go from run to run, Enter opens one, Escape leads to the sessions", async ({ page, clew }) => {
  await page.goto(`${clew.url}/ui/sessions/lisbon-0`);
  await expect(runs(page)).toContainText("3 runs");
  await page.keyboard.press("j");
  await expect(page).toHaveURL(/run=cc623af8783354e700000000000bc1e0/);
  await page.keyboard.press("k");
  await expect(page).toHaveURL(/run=2e2ac13ef8e8d8d200000000000ac1e0/);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/ui\/runs\/2e2ac13ef8e8d8d200000000000ac1e0/);
  await page.goBack();
  await expect(runs(page)).toContainText("3 runs");
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/\/ui\/sessions(\?|$)/);
});

test("a run that comes is read on at the end of the conversation", async ({ page, empty }) => {
  await empty.replay("phoenix-http");
  await page.goto(`${empty.url}/ui/sessions/sess-123`);
  await expect(runs(page)).toContainText("4 runs");
  await empty.replay("agno");
  await expect(runs(page)).toContainText("5 runs");
});

test("the list of sessions filters, and a row opens the conversation", async ({ page, clew }) => {
  await page.goto(`${clew.url}/ui/sessions?range=all`);
  await expectTotal(page, 7, "Sessions");
  await filterBy(page, "user:user-42");
  await expectTotal(page, 2, "Sessions");
  await filterBy(page, "agent:claude-code");
  await expectTotal(page, 1, "Sessions");
  await rows(page, "Sessions").first().click();
  await expect(page).toHaveURL(/\/ui\/sessions\/0233fda4-ee1d-402f-9b2e-3ce447f3b18f/);
  await expect(total(page, "Spans")).toHaveText("21");
  await expect(total(page, "Cost")).toHaveText("$0.0039");
});

test("a session that nobody names is told so", async ({ page, clew, troubles }) => {
  await page.goto(`${clew.url}/ui/sessions/nobody`);
  await expect(page.getByText("No run of this session is here")).toBeVisible();
  await page.getByRole("link", { name: "All sessions" }).click();
  await expectTotal(page, 7, "Sessions");
  // The one that is not there is asked for once.
  expect(troubles.splice(0).join()).toContain("404");
});
