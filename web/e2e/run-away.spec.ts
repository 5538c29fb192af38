/** The server goes away and comes back, a run goes for good: a clear state, and never a reload. */

import { agent, id, otlp, tool } from "./otlp";
import { openRun, OTEL, panel, transcript, view } from "./openrun";
import { expect, test } from "./test";

test("while Clew is away the page stays, counts down, and goes on by itself when it is back", async ({
  page,
  empty,
  troubles,
}) => {
  const traceId = "2b".repeat(16);
  const began = Date.now() - 5_000;
  const root = { id: id(1), name: "invoke_agent stayer", start: 0, attributes: agent("stayer") };
  await empty.otlp(otlp(traceId, began, [root]));
  await openRun(page, empty, traceId);
  await page.evaluate(() => ((window as unknown as { kept: number }).kept = 1));
  await empty.stop();
  // The stream ends; the next thing that is asked finds nobody.
  await page.keyboard.press("/");
  await page.keyboard.type("stayer");
  const band = page.getByText(/trying again in \d s/);
  await expect(band).toContainText(/trying again in [1-5] s/, { timeout: 20_000 });
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(transcript(page)).toBeVisible();
  // A view whose code was not needed yet says so in its place, and comes when Clew is back.
  await view(page, "Tree").click();
  await expect(page.getByText("The tree could not be drawn")).toBeVisible();
  await empty.start();
  await empty.otlp(
    otlp(traceId, began, [
      {
        id: id(2),
        parent: id(1),
        name: "execute_tool after",
        start: 10,
        end: 20,
        attributes: tool("after", {}, "x"),
      },
    ]),
  );
  await expect(band).toBeHidden({ timeout: 20_000 });
  await page.getByRole("textbox", { name: "Find in run" }).fill("");
  await expect(page.getByRole("treeitem").filter({ hasText: "after" })).toBeVisible({ timeout: 20_000 });
  expect(await page.evaluate(() => (window as unknown as { kept?: number }).kept)).toBe(1);
  // What the browser says of requests that nobody answered.
  expect(
    troubles.every((line) =>
      /ERR_CONNECTION|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE|Failed to (load|fetch)/.test(line),
    ),
  ).toBe(true);
  troubles.splice(0);
});

test("on the way to a page that was never opened the old one stays, and the new one opens when Clew is back", async ({
  page,
  empty,
  troubles,
}) => {
  await empty.replay("otel-http-json");
  await openRun(page, empty, OTEL);
  await page.evaluate(() => ((window as unknown as { kept: number }).kept = 1));
  await empty.stop();
  await page.getByRole("link", { name: "Settings" }).first().click();
  await expect(page.getByText(/trying again in \d s/)).toBeVisible();
  await expect(transcript(page)).toBeVisible();
  await empty.start();
  await expect(page.getByRole("navigation", { name: "Settings" })).toBeVisible({ timeout: 20_000 });
  expect(await page.evaluate(() => (window as unknown as { kept?: number }).kept)).toBe(1);
  troubles.splice(0);
});

test("delete asks first, then the address says what went, when, by whom", async ({
  page,
  empty,
  troubles,
}) => {
  await empty.replay("otel-http-json");
  await openRun(page, empty, OTEL);
  await page.locator(".runbar").getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Delete this run" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete this run?" });
  await expect(dialog).toContainText("13 spans");
  await dialog.getByRole("button", { name: "Keep it" }).click();
  await expect(dialog).toBeHidden();
  await expect(transcript(page)).toBeVisible();
  await page.locator(".runbar").getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Delete this run" }).click();
  await dialog.getByRole("button", { name: "Delete the run" }).click();
  await expect(page).toHaveURL(/\/ui\/runs(\?|$)/);
  await page.goto(`${empty.url}/ui/runs/${OTEL}`);
  await expect(page.getByRole("heading", { name: "This run was deleted" })).toBeVisible();
  const gone = page.locator("dl.gone");
  await expect(gone).toContainText("13 spans");
  await expect(gone.getByRole("definition").nth(1)).toContainText("2026");
  await expect(gone.getByRole("definition").nth(2)).not.toHaveText("nobody said");
  await expect(gone).toContainText(OTEL);
  expect(troubles.every((line) => line.includes("404"))).toBe(true);
  troubles.splice(0);
});

test("a run that is deleted under an open page says so without a reload", async ({
  page,
  empty,
  troubles,
}) => {
  await empty.replay("otel-http-json");
  await openRun(page, empty, OTEL);
  await expect(panel(page)).toBeVisible();
  const answer = await fetch(`${empty.url}/api/v1/traces/${OTEL}`, { method: "DELETE" });
  expect(answer.ok).toBe(true);
  await expect(page.getByRole("heading", { name: "This run was deleted" })).toBeVisible({ timeout: 20_000 });
  troubles.splice(0);
});

test("an id that nobody knows says so, and leads back to the runs", async ({ page, empty, troubles }) => {
  await page.goto(`${empty.url}/ui/runs/${"77".repeat(16)}`);
  await expect(page.getByRole("heading", { name: "No such run" })).toBeVisible();
  await page.getByRole("link", { name: "All runs" }).click();
  await expect(page).toHaveURL(/\/ui\/runs(\?|$)/);
  expect(troubles.every((line) => line.includes("404"))).toBe(true);
  troubles.splice(0);
});
