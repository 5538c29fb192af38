/** Lists with nothing in them: a new install, and a filter that nothing meets. */

import { expectTotal, filterBy, inAddress, rows } from "./lists";
import { expect, test } from "./test";

for (const [path, title] of [
  ["runs", "No run has come yet"],
  ["spans", "No step has come yet"],
  ["sessions", "No session has come yet"],
] as const) {
  test(`an empty install teaches on /${path}`, async ({ page, empty }) => {
    await page.goto(`${empty.url}/ui/${path}`);
    await expect(page.getByText(title)).toBeVisible();
    await page.getByRole("link", { name: "Send your first trace" }).click();
    await expect(page).toHaveURL(/\/ui\/start/);
  });
}

test("the first run of an empty install comes by itself", async ({ page, empty }) => {
  await page.goto(`${empty.url}/ui/runs`);
  await expect(page.getByText("No run has come yet")).toBeVisible();
  await empty.replay("agno");
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page).first()).toContainText("What is the weather in Paris?");
});

test("where nothing matches the page says which condition is to blame and drops it", async ({
  page,
  clew,
}) => {
  await page.goto(`${clew.url}/ui/runs?range=all`);
  await expectTotal(page, 25);
  await filterBy(page, "session:sess-123");
  await filterBy(page, "user:jonas");
  await expect(page.getByText("No run matches these 2 filters")).toBeVisible();
  await expect(page.getByText("Without user:jonas there are 8.")).toBeVisible();
  await expect(page.getByText("Without session:sess-123 there are 3.")).toBeVisible();
  await page.getByRole("button", { name: "Drop user:jonas" }).click();
  await expectTotal(page, 8);
  expect(inAddress(page, "q")).toBe("session:sess-123");
});

test("a time range without runs offers all time", async ({ page, clew }) => {
  await page.goto(`${clew.url}/ui/runs?range=1h&q=session:sess-123`);
  await page.getByRole("button", { name: "All time" }).last().click();
  await expectTotal(page, 8);
  expect(inAddress(page, "range")).toBe("all");
});
