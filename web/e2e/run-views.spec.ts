/** One selection, one expansion and one address, whatever views are open. */

import {
  expectSelected,
  FAILING,
  openRun,
  OTEL,
  OTEL_SPANS,
  panel,
  parameter,
  transcript,
  tree,
  view,
} from "./openrun";
import { expect, test } from "./test";

test("what is selected in one view is selected in all four", async ({ page, clew }) => {
  await openRun(page, clew, OTEL);
  await transcript(page).getByRole("listitem").filter({ hasText: "city=Paris" }).first().click();
  await expect.poll(() => parameter(page, "span")).toBe(OTEL_SPANS.weather);
  await page.keyboard.press("r");
  await expect(tree(page).locator("[aria-selected=true]")).toContainText("get_weather");
  await page.keyboard.press("l");
  await expect(page.locator(".tl-scroll").locator("[aria-current=true]")).toContainText("get_weather");
  await page.keyboard.press("g");
  await expect(page.locator(".gstep[aria-current=true]")).toContainText("get_weather");
  await page.keyboard.press("t");
  await expect(transcript(page).locator("[aria-current]")).toContainText("temp_c=21");
});

test("two views stand side by side and share selection and hover", async ({ page, clew }) => {
  await openRun(page, clew, OTEL, "view=tree");
  await page.getByRole("button", { name: "A second view at its side" }).click();
  await page.getByRole("menuitem", { name: "Transcript" }).click();
  await expect(page).toHaveURL(/beside=transcript/);
  await transcript(page).getByRole("listitem").filter({ hasText: "ValueError" }).click();
  await expect(tree(page).locator("[aria-selected=true]")).toContainText("broken_tool");
  await transcript(page).getByRole("listitem").filter({ hasText: "city=Paris" }).first().hover();
  await expect(tree(page).locator(".tn.hov")).toContainText("get_weather");
  await page.reload();
  await expect(tree(page)).toBeVisible();
  await expect(transcript(page)).toBeVisible();
});

test("the address keeps view, span, search and fold of graph over a reload; back goes a view back", async ({
  page,
  clew,
}) => {
  await openRun(page, clew, OTEL);
  await view(page, "Tree").click();
  await expect(page).toHaveURL(/view=tree/);
  await tree(page).getByRole("treeitem").filter({ hasText: "ask_researcher" }).last().click();
  await expect.poll(() => parameter(page, "span")).toBe(OTEL_SPANS.ask);
  await page.getByRole("textbox", { name: "Find in run" }).fill("Paris");
  await expect.poll(() => parameter(page, "find")).toBe("Paris");
  await page.reload();
  await expectSelected(page, "ask_researcher");
  await expect(page.getByRole("textbox", { name: "Find in run" })).toHaveValue("Paris");
  await expect(view(page, "Tree")).toHaveAttribute("aria-selected", "true");
  await view(page, "Graph").click();
  await expect(page).toHaveURL(/view=graph/);
  await page.goBack();
  await expect(view(page, "Tree")).toHaveAttribute("aria-selected", "true");
  await expectSelected(page, "ask_researcher");
});

test("escape goes back one level at a time: panel, selection, list", async ({ page, clew }) => {
  await openRun(page, clew, FAILING);
  await expect(panel(page)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(panel(page)).toBeHidden();
  await expect(transcript(page).locator("[aria-current]")).toHaveCount(1);
  await page.keyboard.press("Escape");
  await expect(transcript(page).locator("[aria-current]")).toHaveCount(0);
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/\/ui\/runs(\?|$)/);
});

test("a run opens beside the list, is walked with j and k, and f makes it a page at the same place", async ({
  page,
  clew,
}) => {
  await page.goto(`${clew.url}/ui/runs?range=all`);
  await page.getByRole("row").filter({ hasText: "The nightly build is red" }).click();
  const peek = page.getByRole("complementary", { name: "Run", exact: true });
  await expect(peek.getByRole("heading", { level: 1 })).toContainText("The nightly build is red");
  await expect.poll(() => parameter(page, "run")).toBe(FAILING);
  await page.keyboard.press("j");
  await expect(peek.getByRole("heading", { level: 1 })).not.toContainText("The nightly build is red");
  await page.keyboard.press("k");
  await expect(peek.getByRole("heading", { level: 1 })).toContainText("The nightly build is red");
  await page.keyboard.press("r");
  await expect(tree(page)).toBeVisible();
  await page.keyboard.press("f");
  await expect(page).toHaveURL(new RegExp(`/ui/runs/${FAILING}\\?.*view=tree`));
  await expect(peek).toBeHidden();
  await expect(tree(page)).toBeVisible();
  await page.goBack();
  await expect(peek).toBeVisible();
});
