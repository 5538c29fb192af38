/** Time range, histogram and brush; all of it in the address, and back works. */

import type { Page } from "@playwright/test";
import { expectTotal, filterBy, inAddress, metric, rowOf, rows } from "./lists";
import { expect, test } from "./test";

const AGNO = "d0fc0bad38f42f397faa21436b3a42b7";
const histogram = (page: Page) => page.getByRole("slider", { name: /^Runs over time/ });

test("a relative range stays relative in the address, and what is older goes", async ({ page, clew }) => {
  await page.goto(`${clew.url}/ui/runs?range=all&q=-user:user-42`);
  await expectTotal(page, 15);
  await page.getByRole("button", { name: "Time range: All time" }).click();
  await page.getByRole("menuitemradio", { name: "Last 6 hours" }).click();
  await expect(page.getByRole("button", { name: "Time range: Last 6 hours" })).toBeVisible();
  await expect.poll(() => inAddress(page, "range")).toBe("6h");
  expect(inAddress(page, "from")).toBeNull();
  // The demo's runs are minutes old, those of the recordings have their own times.
  await expectTotal(page, 8);
  await page.goBack();
  await expectTotal(page, 15);
  await page.goForward();
  await expectTotal(page, 8);
  await page.reload();
  await expectTotal(page, 8);
  expect(inAddress(page, "range")).toBe("6h");
});

test("a brush over the histogram sets the range; numbers, table and address follow, Escape lets go", async ({
  page,
  empty,
}) => {
  empty.command("demo", "--server", empty.url);
  await page.goto(`${empty.url}/ui/runs?range=1h&q=${encodeURIComponent("user:jonas or agent:coder")}`);
  await expectTotal(page, 4);
  const box = (await histogram(page).boundingBox())!;
  // jonas asked 5, 6 and 8 minutes ago, the coder ran half an hour ago: two thirds of the hour are left out.
  await page.mouse.move(box.x + box.width * 0.65, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width - 2, box.y + 20, { steps: 4 });
  await page.mouse.up();
  await expectTotal(page, 3);
  await expect(metric(page, "Traces").locator("dd")).toHaveText("3");
  await expect(metric(page, "Spans").locator("dd")).toHaveText("6");
  await expect(rows(page).first()).toContainText("And where do we eat?");
  expect(inAddress(page, "from")).toMatch(/^\d{19}$/);
  expect(inAddress(page, "range")).toBe("1h");
  await page.reload();
  await expectTotal(page, 3);
  await histogram(page).focus();
  await histogram(page).press("Escape");
  await expectTotal(page, 4);
  expect(inAddress(page, "from")).toBeNull();
});

test("the brush works with keys, and says what stands under it", async ({ page, empty }) => {
  empty.command("demo", "--server", empty.url);
  await page.goto(`${empty.url}/ui/runs?range=1h`);
  await expectTotal(page, 8);
  await histogram(page).focus();
  await histogram(page).press("ArrowRight");
  await expect(histogram(page)).toHaveAttribute("aria-valuetext", /, \d\d:\d\d.*: \d runs?$/);
  // The run that is still open began within the last three bars; jonas asked five minutes ago.
  await histogram(page).press("Shift+ArrowLeft");
  await histogram(page).press("Shift+ArrowLeft");
  await histogram(page).press("Enter");
  await expectTotal(page, 1);
  await expect(rows(page).first()).toContainText("nightly-indexer");
});

test("an exact range is typed", async ({ page, clew }) => {
  await page.goto(`${clew.url}/ui/runs?range=all&q=session:sess-123`);
  await page.getByRole("button", { name: /^Time range/ }).click();
  // phoenix, traceloop and logfire ran between 06:07 and 06:09 UTC; otel at 06:01, agno at 06:22.
  await page.getByLabel("From").fill("2026-11-20T06:07:00");
  await page.getByLabel("To").fill("2026-11-20T06:09:00");
  await page.getByRole("button", { name: "Show this range" }).click();
  await expectTotal(page, 6);
  await expect(page.getByRole("button", { name: /Time range: .*06:07 to 06:09/ })).toBeVisible();
});

test("every change of the view is a step back", async ({ page, clew }) => {
  await page.goto(`${clew.url}/ui/runs?range=all`);
  await expectTotal(page, 25);
  await filterBy(page, "session:sess-123");
  await expectTotal(page, 8);
  await metric(page, "Tokens").getByRole("button").click();
  await expect(page).toHaveURL(/sort=-tokens/);
  await rowOf(page, AGNO).click();
  await expect(page).toHaveURL(new RegExp(`run=${AGNO}`));
  await page.goBack();
  await expect(page).not.toHaveURL(/run=/);
  await expect(page).toHaveURL(/sort=-tokens/);
  await page.goBack();
  await expect(page).not.toHaveURL(/sort=/);
  await expectTotal(page, 8);
  await page.goBack();
  await expectTotal(page, 25);
  expect(inAddress(page, "q")).toBeNull();
});
