/** Runs that break pages: each view opens in time, nothing of a sender is run, and the page says what is odd. */

import type { Page } from "@playwright/test";
import type { Clew } from "./clew";
import * as odd from "./odd";
import { openRun, panel, transcript, tree, view } from "./openrun";
import { expect, test } from "./test";

/** Requests to other places than the server. */
function strangers(page: Page, clew: Clew): string[] {
  const found: string[] = [];
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(clew.url) && !/^(data|blob):/.test(url)) found.push(url);
  });
  return found;
}

/** Nothing that came from a sender was run. */
async function expectUntouched(page: Page, strange: string[]): Promise<void> {
  expect(await page.evaluate(() => (window as unknown as { owned?: unknown }).owned)).toBeUndefined();
  expect(strange).toEqual([]);
}

/** Sends the run, opens it, and goes through the four views. */
async function walk(page: Page, clew: Clew, { traceId, request }: odd.Odd): Promise<string[]> {
  await clew.otlp(request);
  const strange = strangers(page, clew);
  await openRun(page, clew, traceId);
  await expect(transcript(page).getByRole("listitem").first()).toBeVisible();
  await view(page, "Tree").click();
  await expect(tree(page).getByRole("treeitem").first()).toBeVisible();
  await view(page, "Timeline").click();
  await expect(
    page
      .getByRole("list", { name: /rows? by time$/ })
      .getByRole("listitem")
      .first(),
  ).toBeVisible();
  await view(page, "Graph").click();
  await expect(page.locator(".gnode").first()).toBeVisible();
  await page.getByRole("tab", { name: "Spans" }).click();
  await expect(
    page
      .getByRole("group", { name: /^Graph of/ })
      .locator(".gnode")
      .first(),
  ).toBeVisible();
  await expectUntouched(page, strange);
  return strange;
}

test("10,000 children under one node: folded in hundreds, the failed one is found", async ({
  page,
  empty,
}) => {
  await walk(page, empty, odd.wide());
  await expect(page.locator(".facts")).toContainText("10,001 spans");
  await view(page, "Tree").click();
  await page.keyboard.press("e");
  await expect(panel(page)).toContainText("page 7777 is torn out");
  await expect(tree(page).locator("[aria-selected=true]")).toContainText("page 7777 is torn out");
  await page.keyboard.press("]");
  await expect(tree(page).getByRole("treeitem").first()).toBeVisible();
  expect(await tree(page).getByRole("treeitem").count()).toBeLessThan(120);
});

test("depth 5,000: rows stay on the page and say how deep they are", async ({ page, empty }) => {
  await walk(page, empty, odd.deep());
  await view(page, "Tree").click();
  await page.keyboard.press("]");
  await tree(page).focus();
  await page.keyboard.press("End");
  const last = tree(page).locator("[aria-selected=true]");
  await expect(last).toHaveAttribute("aria-level", "5000");
  await expect(last).toContainText("depth 4,999");
  await expect(last).toContainText("level-4999");
  await view(page, "Transcript").click();
  const marked = transcript(page).locator("[aria-current]");
  await expect(marked).toContainText("level-4999");
  await expect(marked).toBeInViewport();
  // The place of one view is not the place of another: back and forth, the selection stays in sight.
  await view(page, "Tree").click();
  await expect(last).toBeInViewport();
  await view(page, "Transcript").click();
  await expect(marked).toBeInViewport();
});

test("a circle of parents and an orphan: all four spans are drawn, and it is said", async ({
  page,
  empty,
}) => {
  await walk(page, empty, odd.cycle());
  await view(page, "Tree").click();
  await expect(tree(page).getByRole("treeitem")).toHaveCount(4);
  await expect(tree(page)).toContainText("its parents form a circle");
  await expect(tree(page).getByRole("treeitem").filter({ hasText: "orphan" })).toContainText("never came");
  await page.keyboard.press("i");
  await expect(page.getByRole("dialog")).toContainText("1 circle of parents");
  await expect(page.getByRole("dialog")).toContainText("1 span without its parent");
});

test("markup, bidi and names of 10 KB are text everywhere", async ({ page, empty }) => {
  const run = odd.hostileText();
  const strange = await walk(page, empty, run);
  await view(page, "Tree").click();
  await page.keyboard.press("]");
  const rows = tree(page).getByRole("treeitem");
  await expect(rows).toHaveCount(4);
  for (let row = 0; row < 4; row++) {
    await rows.nth(row).click();
    await expect(panel(page).getByRole("heading", { level: 2 })).toBeVisible();
    for (const name of [/^(Messages|Input|Call)/, "Attributes", "Events", "Raw"]) {
      const tab = panel(page).getByRole("tab", { name });
      await tab.click();
      await expect(tab).toHaveAttribute("aria-selected", "true");
      await expect(panel(page).getByRole("tabpanel")).toContainText(/\S/);
    }
    await expectUntouched(page, strange);
  }
  // No element was made of it, no link leads to a script, no name is longer than the page.
  expect(
    await page
      .locator("b:text-is('bold'), img[src='x'], a[href^='javascript'], img[src*='example.com']")
      .count(),
  ).toBe(0);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  await page.goto(`${empty.url}/ui/runs?range=all`);
  await expect(page.getByRole("row").filter({ hasText: "<script>" }).first()).toBeVisible();
  await page.goto(`${empty.url}/ui/sessions`);
  await expect(page.locator("main")).toContainText("<script>");
  await expectUntouched(page, strange);
});

test("zero, negative and far away times: marked, off the scale, in the receipt", async ({ page, empty }) => {
  await walk(page, empty, odd.oddClocks());
  await view(page, "Timeline").click();
  await expect(page.getByText("2 spans off the scale")).toBeVisible();
  await view(page, "Tree").click();
  const rows = tree(page).getByRole("treeitem");
  await expect(rows).toHaveCount(5);
  await expect(rows.filter({ hasText: "instant" })).toContainText("0 ms");
  await expect(rows.filter({ hasText: "backwards" })).toContainText("it ends before it starts");
  await page.keyboard.press("i");
  await expect(page.getByRole("dialog")).toContainText("with odd times");
});

test("a message of 50 MB: the page opens at once, reads it in pieces and finds its end", async ({
  page,
  empty,
}) => {
  test.slow();
  const strange = await walk(page, empty, odd.hugeMessage());
  await view(page, "Tree").click();
  await tree(page).getByRole("treeitem").last().click();
  const body = panel(page).getByRole("tabpanel");
  await expect(body).toContainText("needle?", { timeout: 30_000 });
  await expect(body).toContainText("Too long to read.");
  await expect(body).toContainText("50.0 MB");
  // Not all of it is in the page.
  expect((await body.innerText()).length).toBeLessThan(2_000_000);
  await expectUntouched(page, strange);
});
