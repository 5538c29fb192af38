/** The timeline and the strip: zoom, brush, heat, critical path, and the twin in words. */

import type { Page } from "@playwright/test";
import { expectSelected, FAILING, openRun, OTEL, parameter, RESEARCH, strip, view } from "./openrun";
import { expect, test } from "./test";

function plot(page: Page) {
  return page.locator(".tl-scroll");
}

/** Where the axis is, in pixels of the page: its canvas, less the margins inside it. */
async function axis(page: Page) {
  return (await page.locator(".axisrow canvas").boundingBox())!;
}

test("rows are those of the tree, with place, duration and outcome in words", async ({ page, clew }) => {
  await openRun(page, clew, OTEL, "view=timeline");
  const rows = page.getByRole("list", { name: "13 rows by time" }).getByRole("listitem");
  await expect(rows).toHaveCount(13);
  // fixtures/expected/otel-http-json.json: 148.3 ms, 0.738 ms, 8.167 ms.
  await expect(rows.nth(2)).toContainText("148 ms");
  await expect(rows.nth(5)).toContainText("at 0:00.2, failed");
  await expect(rows.nth(5)).toContainText("738 µs");
  await expect(rows.nth(7)).toContainText("8 ms");
});

test("Ctrl and the wheel zoom at the pointer; 0 fits the whole run again", async ({ page, clew }) => {
  await openRun(page, clew, RESEARCH, "view=timeline");
  await expect(plot(page)).toBeVisible();
  await expect(page.getByRole("button", { name: "Fit the whole run" })).toBeHidden();
  const { x, y, width } = await axis(page);
  await page.mouse.move(x + width * 0.75, y + 60);
  await page.keyboard.down("Control");
  for (let turn = 0; turn < 4; turn++) await page.mouse.wheel(0, -240);
  await page.keyboard.up("Control");
  await expect(page.getByRole("button", { name: "Fit the whole run" })).toBeVisible();
  // Four turns of e^-1: a 55th of the run. What is brushed at the pointer now is near three quarters of 30.4 s.
  await page.keyboard.down("Shift");
  await page.mouse.move(x + width * 0.75 - 20, y + 60);
  await page.mouse.down();
  await page.mouse.move(x + width * 0.75 + 20, y + 60, { steps: 4 });
  await page.mouse.up();
  await page.keyboard.up("Shift");
  await expect.poll(() => parameter(page, "brush")).not.toBeNull();
  const [from, to] = parameter(page, "brush")!.split("-").map(Number) as [number, number];
  expect(from).toBeGreaterThan(22_000);
  expect(to).toBeLessThan(23_600);
  expect(to - from).toBeLessThan(200);
  await page.keyboard.press("0");
  await expect(page.getByRole("button", { name: "Fit the whole run" })).toBeHidden();
});

test("a drag on the plot brushes: sums are of the part, other views show only it, × ends it", async ({
  page,
  clew,
}) => {
  await openRun(page, clew, RESEARCH, "view=timeline");
  const { x, y, width } = await axis(page);
  // The first quarter of 30.4 s: the plan, and the researcher of prices.
  await page.mouse.move(x + 20, y + 60);
  await page.mouse.down();
  await page.mouse.move(x + width * 0.25, y + 60, { steps: 6 });
  await page.mouse.up();
  const part = page.locator(".fact.brushed");
  await expect(part).toContainText("of 15 spans");
  await expect(part).toContainText("tokens");
  await expect(page.locator(".where")).toContainText("of 30.4 s");
  await view(page, "Tree").click();
  const rows = page.getByRole("treeitem");
  await expect(rows.filter({ hasText: "prices" }).first()).toBeVisible();
  await expect(rows.filter({ hasText: "neighbour noise forum" })).toHaveCount(0);
  await page.reload();
  await expect(part).toContainText("of 15 spans");
  await page.getByRole("button", { name: "The whole run again" }).click();
  await expect(part).toBeHidden();
  await expect(rows.filter({ hasText: "TimeoutError" })).toBeVisible();
  await expect.poll(() => parameter(page, "brush")).toBeNull();
});

test("the table twin says the same rows in cells, and selects", async ({ page, clew }) => {
  await openRun(page, clew, OTEL, "view=timeline");
  await page.getByRole("button", { name: "Show as table" }).click();
  const table = page.getByRole("table", { name: "Timeline as a table" });
  await expect(table).toHaveAttribute("aria-rowcount", "14");
  const failed = table.getByRole("row").filter({ hasText: "broken_tool" });
  await expect(failed.getByRole("cell")).toHaveText(["execute_tool", "failed", "0:00.2", "738 µs", "–", "–"]);
  await expect(failed).toHaveAttribute("aria-current", "true");
  await table.getByRole("button", { name: "ask_researcher" }).click();
  await expectSelected(page, "ask_researcher");
  await page.getByRole("button", { name: "Show as timeline" }).click();
  await expect(plot(page)).toBeVisible();
});

test("heat goes from tokens to cost to off, the critical path explains the run; both are in the address", async ({
  page,
  clew,
}) => {
  await openRun(page, clew, FAILING, "view=timeline");
  await page.keyboard.press("h");
  await expect(page.locator(".where")).toContainText("Tokens by step");
  await expect(page.locator(".where")).toContainText("the loop is 30% of the tokens");
  await expect.poll(() => parameter(page, "heat")).toBe("tokens");
  await page.keyboard.press("h");
  await expect(page.locator(".where")).toContainText("Cost by step");
  await page.keyboard.press("h");
  await expect(page.locator(".where")).toContainText("Where 4m 42s went");
  await page.keyboard.press("x");
  await expect(page.locator(".where")).toContainText("Critical path");
  await expect(page.locator(".where")).toContainText(/explain \S+ \S+ of 4m 42s/);
  await expect.poll(() => parameter(page, "path")).toBe("1");
  await page.reload();
  await expect(page.locator(".where")).toContainText("Critical path");
});

test("keys walk the rows and open folds", async ({ page, clew }) => {
  await openRun(page, clew, FAILING, "view=timeline");
  const current = plot(page).locator("[aria-current=true]");
  await expect(current).toContainText("gpt-5");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  await expect(current).toContainText("read_file ×14");
  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("list", { name: "38 rows by time" })).toBeAttached();
  await page.keyboard.press("ArrowLeft");
  await expect(page.getByRole("list", { name: "10 rows by time" })).toBeAttached();
});

test("the strip's words lead to what they name; a drag on it brushes, a double click ends it", async ({
  page,
  clew,
}) => {
  await openRun(page, clew, FAILING);
  await strip(page).getByRole("button", { name: "PatchError" }).click();
  await expectSelected(page, "edit_file");
  await strip(page).getByRole("button", { name: "same call ×14" }).click();
  await expect(page.locator("[aria-current]").filter({ hasText: "read_file ×14" })).toBeVisible();
  const box = (await strip(page).boundingBox())!;
  await page.mouse.move(box.x + box.width * 0.3, box.y + 70);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, box.y + 70, { steps: 6 });
  await page.mouse.up();
  await expect(page.locator(".fact.brushed")).toContainText("of 200 spans");
  await page.mouse.dblclick(box.x + box.width * 0.8, box.y + 70);
  await expect(page.locator(".fact.brushed")).toBeHidden();
});
