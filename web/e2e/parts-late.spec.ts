/** Code that comes when it is first needed and does not come: said in its place, and asked for again. */

import { OTEL } from "./openrun";
import { rowOf } from "./lists";
import { expect, test } from "./test";

test("a run beside the list whose code does not come: the list stays, and it can be asked for again", async ({
  page,
  empty,
  troubles,
}) => {
  await empty.replay("otel-http-json");
  await page.route(/RunPeek-[^/]*\.js/, (route) => route.abort());
  await page.goto(`${empty.url}/ui/runs?range=all`);
  await rowOf(page, OTEL).click();
  const beside = page.getByRole("complementary", { name: "Run", exact: true });
  await expect(beside).toContainText("The run could not be drawn");
  await expect(rowOf(page, OTEL)).toBeVisible();
  await page.unroute(/RunPeek-[^/]*\.js/);
  await beside.getByRole("button", { name: "Draw it again" }).click();
  await expect(page.locator(".peek .facts")).toContainText("13 spans");
  troubles.splice(0);
});

test("a chart whose code does not come says so in its place, and can be asked for again", async ({
  page,
  clew,
  troubles,
}) => {
  await page.route(/Plot-[^/]*\.js/, (route) => route.abort());
  await page.goto(`${clew.url}/ui/overview`);
  await expect(page.getByText("The chart could not be drawn").first()).toBeVisible();
  await page.unroute(/Plot-[^/]*\.js/);
  await page.getByRole("button", { name: "Draw it again" }).first().click();
  await expect(page.locator(".chart canvas").first()).toBeVisible();
  troubles.splice(0);
});
