/** Saved views: a filter, an order and a range under a name, in the menu and in the list. */

import { expectTotal, filterBy, inAddress, metric } from "./lists";
import { expect, test } from "./test";

test("a view is saved, opened from the menu and from the list, and deleted", async ({ page, empty }) => {
  await empty.replay("agno", "phoenix-http");
  await page.goto(`${empty.url}/ui/runs?range=all`);
  await expectTotal(page, 5);
  await filterBy(page, "is:failed");
  await expectTotal(page, 1);
  await metric(page, "Cost").getByRole("button").click();
  await expect(page).toHaveURL(/sort=-cost/);
  await page.getByRole("button", { name: "Save view" }).click();
  await page.getByLabel("Name of the view").fill("What broke");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "What broke", exact: true })).toBeVisible();
  const menu = page.getByRole("navigation", { name: "Main" }).first();
  await expect(menu.getByRole("link", { name: "What broke" })).toBeVisible();

  await page.goto(`${empty.url}/ui/runs?range=all`);
  await expectTotal(page, 5);
  await menu.getByRole("link", { name: "What broke" }).click();
  await expectTotal(page, 1);
  expect(inAddress(page, "q")).toBe("is:failed");
  expect(inAddress(page, "sort")).toBe("-cost");
  expect(inAddress(page, "range")).toBe("all");

  await page.getByRole("button", { name: "Remove is:failed" }).click();
  await expectTotal(page, 5);
  await page.getByRole("button", { name: "Save view" }).click();
  await page.getByRole("button", { name: /^What broke/ }).click();
  await expectTotal(page, 1);

  await page.getByRole("button", { name: "Delete What broke" }).click();
  await expect(page.getByRole("button", { name: "Delete What broke" })).toHaveCount(0);
  await page.keyboard.press("Escape");
  await expect(menu.getByRole("link", { name: "What broke" })).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole("button", { name: "Save view" })).toBeVisible();
});
