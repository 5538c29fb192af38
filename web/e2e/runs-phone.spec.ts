/** The list on a phone: rows in two lines, the filter as a sheet, a run as a screen of its own. */

import { field, inAddress, rowOf, rows } from "./lists";
import { expect, test } from "./test";

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

const AGNO = "d0fc0bad38f42f397faa21436b3a42b7";

test("the list fits, filters in a sheet, and a run is a screen of its own", async ({ page, clew }) => {
  await page.goto(`${clew.url}/ui/runs?range=all`);
  await expect(rows(page).first()).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);

  await page.getByRole("button", { name: "Search and filter" }).tap();
  await field(page).fill("session:sess-123");
  await field(page).press("Enter");
  await page.getByRole("button", { name: "Show 8 traces" }).tap();
  await expect(rows(page)).toHaveCount(8);
  expect(inAddress(page, "q")).toBe("session:sess-123");
  const box = (await rowOf(page, AGNO).boundingBox())!;
  expect(box.height).toBeGreaterThanOrEqual(44);
  expect(box.x + box.width).toBeLessThanOrEqual(390);

  await rowOf(page, AGNO).tap();
  await expect(page).toHaveURL(new RegExp(`/ui/runs/${AGNO}`));
  await page.goBack();
  await expect(rows(page)).toHaveCount(8);
});

test("the address of a run beside a list leads a phone to the run", async ({ page, clew }) => {
  await page.goto(`${clew.url}/ui/runs?range=all&run=${AGNO}`);
  await expect(page).toHaveURL(new RegExp(`/ui/runs/${AGNO}`));
});

test("the bar at the bottom leads to the other pages", async ({ page, clew }) => {
  await page.goto(`${clew.url}/ui/runs?range=all`);
  const bar = page.locator("nav.tabbar");
  for (const [name, path] of [
    ["Sessions", "sessions"],
    ["Overview", "overview"],
    ["Settings", "settings"],
    ["Runs", "runs"],
  ] as const) {
    await bar.getByRole("link", { name }).tap();
    await expect(page).toHaveURL(new RegExp(`/ui/${path}`));
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  }
});
