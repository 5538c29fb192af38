/** Overview, agents and users are of the same runs as the tables, and say the same numbers. */

import type { Page } from "@playwright/test";
import { expectTotal, inAddress, metric, rows, table } from "./lists";
import { expect, test } from "./test";

const grid = (page: Page, name: string) => page.getByRole("grid", { name, exact: true });
const rowOf = (page: Page, list: string, name: string) =>
  grid(page, list)
    .getByRole("row")
    .filter({ has: page.getByText(name, { exact: true }) });
/** What the cells of a row hold, without white space at their ends. */
const cells = async (page: Page, list: string, name: string) =>
  (await rowOf(page, list, name).getByRole("gridcell").allInnerTexts()).map((text) =>
    text.trim().replace(/\s+/g, " "),
  );

test("overview says what happened, and each number leads to the runs it is of", async ({ page, clew }) => {
  await page.goto(`${clew.url}/ui/overview?range=all&q=session:sess-123`);
  const said = page.locator(".say");
  // 8 runs: phoenix' refused call failed, five more have failed steps; $0.00183552.
  await expect(said).toContainText("8 runs. 1 failed, five more have failed steps.");
  await expect(said).toContainText("$0.0018 spent.");
  await said.getByRole("link", { name: "1 failed" }).click();
  await expectTotal(page, 1);
  expect(inAddress(page, "q")).toBe("session:sess-123 is:failed");
  await page.goBack();
  await said.getByRole("link", { name: "five more have failed steps" }).click();
  await expectTotal(page, 5);
  await page.goBack();
  await said.getByRole("link", { name: "8 runs" }).click();
  await expectTotal(page, 8);
  await expect(metric(page, "Cost").locator("dd")).toHaveText("$0.0018");
});

test("overview's dearest runs are the table's, in its order", async ({ page, clew }) => {
  await page.goto(`${clew.url}/ui/overview?range=all`);
  const dear = page.getByRole("region", { name: "What is dear" });
  // The coder $0.233, the planner $0.0395, Claude Code $0.0034.
  await expect(dear.locator("a.lr").nth(0)).toContainText("$0.233");
  await expect(dear.locator("a.lr").nth(1)).toContainText("$0.040");
  await expect(dear.locator("a.lr").nth(2)).toContainText("$0.0034");
  await dear.getByRole("link", { name: "All by cost" }).click();
  await expect(page).toHaveURL(/\/ui\/runs\?.*sort=-cost/);
  await expect(rows(page).nth(0)).toContainText("$0.233");
  await expect(rows(page).nth(2)).toContainText("$0.0034");
});

test("what fails is grouped, and a group leads to its runs", async ({ page, clew }) => {
  await page.goto(`${clew.url}/ui/overview?range=all&q=session:sess-123`);
  const fails = page.getByRole("region", { name: "What fails" });
  const first = fails.locator("a.lr").first();
  const runs = Number((await first.locator(".num").last().innerText()).trim());
  expect(runs).toBeGreaterThanOrEqual(1);
  await first.click();
  await expectTotal(page, runs);
});

test("a page of sums with nothing in it teaches", async ({ page, empty }) => {
  await page.goto(`${empty.url}/ui/overview`);
  await expect(page.getByText("No run has come yet")).toBeVisible();
});

test("agents: runs, failures, tokens and cost as the table of their runs has them", async ({
  page,
  clew,
}) => {
  await page.goto(`${clew.url}/ui/agents?range=all`);
  await expect(rowOf(page, "Agents", "claude-code")).toBeVisible();
  // Both runs of Claude Code: 1,014 + 169 tokens, $0.0033732 + $0.0005622.
  const claude = await cells(page, "Agents", "claude-code");
  expect([claude[2], claude[3], claude[6], claude[7]]).toEqual(["2", "0%", "1.18k", "$0.0039"]);
  // The coder's one run failed.
  const coder = await cells(page, "Agents", "coder");
  expect([coder[2], coder[3], coder[6], coder[7]]).toEqual(["1", "100%", "775k", "$0.233"]);
  await rowOf(page, "Agents", "claude-code").click();
  await expect(page).toHaveURL(/\/ui\/agents\/claude-code/);
});

test("an agent's page: its numbers, its runs, over time, by model and tool", async ({ page, clew }) => {
  await page.goto(`${clew.url}/ui/agents/claude-code?range=all`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("claude-code");
  await expect(metric(page, "Runs").locator("dd")).toHaveText("2");
  await expect(metric(page, "Cost").locator("dd")).toHaveText("$0.0039");
  await expect(metric(page, "Tokens").getByRole("button")).toHaveAttribute("title", /^1,183 tokens/);
  await expect(page.getByRole("region", { name: "Models" })).toContainText("claude-sonnet-4-5");
  for (const tool of ["Bash", "Agent", "Read"]) {
    await expect(page.getByRole("region", { name: "Tools" })).toContainText(tool);
  }
  await metric(page, "Runs").getByRole("button").click();
  await expectTotal(page, 2);
  await page.goBack();
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/\/ui\/agents(\?|$)/);
});

test("users: who ran what, and one user's page with sessions and agents", async ({ page, clew }) => {
  await page.goto(`${clew.url}/ui/users`);
  await expect(rowOf(page, "Users", "user-42")).toBeVisible();
  // 8 runs of sess-123 and 2 of Claude Code: 75 + 21 spans, 5,085 + 1,183 tokens, $0.00577092.
  const user = await cells(page, "Users", "user-42");
  expect(user.slice(3)).toEqual(["2", "10", "1", "96", "6.27k", "$0.0058"]);
  await rowOf(page, "Users", "user-42").click();
  await expect(page).toHaveURL(/\/ui\/users\/user-42/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("user-42");
  await expect(metric(page, "Runs").locator("dd")).toHaveText("10");
  await expect(metric(page, "Failed").locator("dd")).toHaveText(/^1\s*10\.0%$/);
  await expect(metric(page, "Tokens").getByRole("button")).toHaveAttribute("title", /^6,268 tokens/);
  const sessions = page.getByRole("region", { name: "Sessions" });
  await expect(sessions).toContainText("sess-123");
  await expect(sessions).toContainText("0233fda4");
  await metric(page, "Runs").getByRole("button").click();
  await expectTotal(page, 10);
  await expect(table(page)).toBeVisible();
});

test("the search for users keeps to what an id begins with", async ({ page, clew }) => {
  await page.goto(`${clew.url}/ui/users`);
  await expect(rowOf(page, "Users", "jonas")).toBeVisible();
  await page.getByLabel("Users whose id begins with").fill("jo");
  await expect(grid(page, "Users")).toHaveAttribute("aria-rowcount", "2");
  await page.getByLabel("Users whose id begins with").fill("nobody");
  await expect(page.getByText("No user's id begins so")).toBeVisible();
});
