/** The tree: every span below its parent, search, errors, all open and closed, by pointer and by key. */

import { expectSelected, FAILING, openRun, OTEL, panel, parameter, tree, view } from "./openrun";
import { expect, test } from "./test";

/** fixtures/expected/otel-http-json.json: name and level of each span, in the order of the tree. */
const OTEL_TREE: [string, number][] = [
  ["demo-run", 1],
  ["planner", 2],
  ["gpt-5-mini", 3],
  ["get_weather", 3],
  ["gpt-5-mini", 3],
  ["broken_tool", 3],
  ["gpt-5-mini", 3],
  ["ask_researcher", 3],
  ["researcher", 4],
  ["gpt-5-mini", 5],
  ["get_weather", 5],
  ["gpt-5-mini", 5],
  ["gpt-5-mini", 3],
];

test("a recorded run's tree has each span once, in order, at its level", async ({ page, clew }) => {
  await openRun(page, clew, OTEL, "view=tree");
  const rows = tree(page).getByRole("treeitem");
  await expect(rows).toHaveCount(13);
  const seen = await rows.evaluateAll((items) =>
    items.map((item) => [item.querySelector(".nm")!.textContent, Number(item.getAttribute("aria-level"))]),
  );
  expect(seen).toEqual(OTEL_TREE);
  // 822 = 6 × (120 + 17); the researcher's two calls are 274 of them.
  await expect(rows.nth(0)).toContainText("822");
  await expect(rows.nth(8)).toContainText("274");
  await expect(rows.nth(5)).toContainText("ValueError");
  await expect(rows.nth(5).getByRole("img", { name: "Failed" })).toBeVisible();
});

test("search counts its hits, walks through them and marks the words", async ({ page, clew }) => {
  await openRun(page, clew, OTEL, "view=tree");
  await page.keyboard.press("/");
  await page.keyboard.type("get_weather");
  const hits = page.getByRole("search").getByRole("status");
  // Two tools of the name, and the calls that ask for them or carry them in their prompts.
  await expect(hits).toHaveText(/^(–|\d+) of 8$/);
  // Both tools of the name, the two calls that ask for one, the four whose prompts carry one. From the failed tool,
  // which stands between the third and the fourth: on to the end, and round to the first.
  for (const place of [4, 5, 6, 7, 8, 1, 2]) {
    await page.keyboard.press("Enter");
    await expect(hits).toHaveText(`${place} of 8`);
  }
  await page.keyboard.press("Shift+Enter");
  await expect(hits).toHaveText("1 of 8");
  await expect.poll(() => parameter(page, "find")).toBe("get_weather");
  // The two tools, and what the two calls ask for.
  await expect(tree(page).locator("mark").filter({ hasText: "get_weather" })).toHaveCount(4);
  await page.getByRole("textbox", { name: "Find in run" }).fill("researcher");
  // ask_researcher, researcher, the call that asks, and the prompts that say it.
  await expect(tree(page).locator(".tn.hit").first()).toBeVisible();
  await page.getByRole("textbox", { name: "Find in run" }).fill("no such words anywhere");
  await expect(hits).toHaveText("none");
  await page.getByRole("button", { name: "Find nothing" }).click();
  await expect(tree(page).locator(".tn.hit")).toHaveCount(0);
});

test("e goes from one failure to the next and round, ⇧E back", async ({ page, clew }) => {
  await openRun(page, clew, FAILING, "view=tree");
  await expectSelected(page, "gpt-5");
  await page.keyboard.press("e");
  await expectSelected(page, "edit_file");
  await expect(tree(page).locator("[aria-selected=true]")).toContainText("PatchError");
  await page.keyboard.press("e");
  await expectSelected(page, "gpt-5");
  await page.keyboard.press("Shift+E");
  await expectSelected(page, "edit_file");
  await page.getByRole("button", { name: /^2 errors/ }).click();
  await expectSelected(page, "gpt-5");
  await page.getByRole("button", { name: "1 loop" }).click();
  await expect(tree(page).locator("[aria-selected=true]")).toContainText("read_file ×14");
});

test("] opens all and [ closes all", async ({ page, clew }) => {
  await openRun(page, clew, OTEL, "view=tree");
  const rows = tree(page).getByRole("treeitem");
  await page.keyboard.press("[");
  await expect(rows).toHaveCount(1);
  await expect(rows.first()).toHaveAttribute("aria-expanded", "false");
  await page.keyboard.press("]");
  await expect(rows).toHaveCount(13);
});

test("arrows walk the rows, right opens and goes in, left closes and goes out", async ({ page, clew }) => {
  await openRun(page, clew, OTEL, "view=tree");
  const selected = tree(page).locator("[aria-selected=true]");
  await tree(page).getByRole("treeitem").filter({ hasText: "ask_researcher" }).last().click();
  await expect(selected).toContainText("ask_researcher");
  await page.keyboard.press("ArrowRight");
  await expect(selected).toHaveAttribute("aria-level", "4");
  await expect(selected).toContainText("researcher");
  await page.keyboard.press("ArrowRight");
  await expect(selected).toHaveAttribute("aria-level", "5");
  await page.keyboard.press("ArrowDown");
  await expect(selected).toContainText("get_weather");
  await page.keyboard.press("ArrowLeft");
  await expect(selected).toHaveAttribute("aria-level", "4");
  await page.keyboard.press("ArrowLeft");
  await expect(selected).toHaveAttribute("aria-expanded", "false");
  await expect(tree(page).getByRole("treeitem")).toHaveCount(10);
  await page.keyboard.press("Home");
  await expect(selected).toContainText("demo-run");
  await page.keyboard.press("End");
  await expect(selected).toContainText("It is 21C and sunny in Paris.");
  await page.keyboard.press("p");
  await expect(selected).toContainText("planner");
});

test("a click on empty space below the rows deselects", async ({ page, clew }) => {
  await openRun(page, clew, OTEL, "view=tree");
  await expect(panel(page)).toBeVisible();
  const box = (await tree(page).boundingBox())!;
  await page.mouse.click(box.x + box.width / 2, box.y + box.height - 10);
  await expect(tree(page).locator("[aria-selected=true]")).toHaveCount(0);
  await expect(panel(page)).toBeHidden();
  await expect.poll(() => parameter(page, "span")).toBeNull();
});

test("what is opened in the tree is open in the timeline, too", async ({ page, clew }) => {
  await openRun(page, clew, FAILING, "view=tree");
  await tree(page).getByRole("treeitem").filter({ hasText: "read_file ×14" }).locator(".chev").click();
  await expect(tree(page).locator("[aria-level='2']").first()).toBeVisible();
  await view(page, "Timeline").click();
  await expect(page.getByRole("list", { name: "38 rows by time" })).toBeAttached();
});
