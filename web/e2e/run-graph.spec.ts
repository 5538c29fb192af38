/** The graph: steps by agent first, spans on request, and a list for those who see neither. */

import type { Page } from "@playwright/test";
import { expectSelected, FAILING, openRun, OTEL, panel, parameter, tree, view } from "./openrun";
import { expect, test } from "./test";

const canvas = (page: Page) => page.getByRole("group", { name: /^(Steps of the run|Graph of)/ });
const zoom = async (page: Page) => Number.parseInt((await page.locator(".gnote").first().textContent())!);

test("Steps is what opens: a card per agent, a row per step with its count, the loop with its price", async ({
  page,
  clew,
}) => {
  await openRun(page, clew, FAILING, "view=graph");
  await expect(page.getByRole("tab", { name: "Steps" })).toHaveAttribute("aria-selected", "true");
  const coder = canvas(page).getByRole("region", { name: "coder" });
  await expect(coder.locator(".ghead")).toContainText("200 spans");
  const rows = coder.getByRole("listitem");
  // 97 calls of gpt-5 one of which failed, and 97 tools: 24 + 17 + 31 + 15 + 7 + 1 + 1 = 96, and the failed edit's.
  await expect(rows).toHaveText([
    /gpt-5.*1 of 97 failed/,
    /run_tests×24/,
    /grep×17/,
    /read_file×31/,
    /edit_file.*1 of 15 failed/,
    /git_diff×7/,
    /delegate/,
    /open_lockfile/,
  ]);
  await expect(coder).toContainText("14 rounds with the same answer, $0.064");
  await expect(canvas(page).getByRole("region", { name: "reviewer" }).locator(".ghead")).toContainText(
    "6 spans",
  );
});

test("a row selects its first span, again the next; the failed one first; one selection with the tree", async ({
  page,
  clew,
}) => {
  await openRun(page, clew, OTEL, "view=graph");
  await expect(canvas(page).locator("[aria-current=true]")).toContainText("broken_tool");
  const planner = canvas(page).getByRole("region", { name: "planner" });
  await planner.getByRole("button", { name: /gpt-5-mini/ }).click();
  await expect.poll(() => parameter(page, "span")).toBe("b1381f4569861497");
  await planner.getByRole("button", { name: /gpt-5-mini/ }).click();
  await expect.poll(() => parameter(page, "span")).toBe("c52e233d2bfbc5d0");
  await view(page, "Tree").click();
  await expect(tree(page).locator("[aria-selected=true]")).toContainText("broken_tool text for value");
});

test("a click on empty canvas deselects, in Steps and in Spans", async ({ page, clew }) => {
  for (const mode of ["steps", "spans"]) {
    await openRun(page, clew, OTEL, `view=graph&graph=${mode}`);
    await expect(panel(page)).toBeVisible();
    await expect(page.locator(".gnode").first()).toBeVisible();
    await canvas(page)
      .locator(".react-flow__pane")
      .click({ position: { x: 12, y: 300 } });
    await expect(panel(page)).toBeHidden();
    await expect.poll(() => parameter(page, "span")).toBeNull();
  }
});

test("Spans: badges, names, failures in red, folds that open, fit, zoom within its bounds, a map", async ({
  page,
  clew,
}) => {
  await openRun(page, clew, FAILING, "view=graph");
  await page.getByRole("tab", { name: "Spans" }).click();
  await expect.poll(() => parameter(page, "graph")).toBe("spans");
  await expect(canvas(page)).toContainText("34 of 200 spans drawn");
  const failed = canvas(page).getByRole("button", { name: /gpt-5 1 failed/ });
  await expect(failed).toContainText("ContextLengthExceeded");
  await expect(failed).toHaveAttribute("aria-current", "true");
  await expect(canvas(page).getByRole("img", { name: "Map of the graph" })).toBeVisible();
  for (let press = 0; press < 12; press++) await page.keyboard.press("+");
  await expect.poll(() => zoom(page)).toBe(200);
  for (let press = 0; press < 20; press++) await page.keyboard.press("-");
  await expect.poll(() => zoom(page)).toBe(10);
  await page.getByRole("button", { name: "Show all of it" }).click();
  await expect.poll(() => zoom(page)).toBeGreaterThan(10);
});

test("a recorded run's spans are all drawn, the parent above its children", async ({ page, clew }) => {
  await openRun(page, clew, OTEL, "view=graph&graph=spans");
  await expect(canvas(page)).toHaveAccessibleName(/^Graph of 13 spans/);
  const top = async (name: RegExp) =>
    (await canvas(page).getByRole("button", { name }).first().boundingBox())!.y;
  await expect.poll(async () => (await top(/demo-run/)) < (await top(/planner/))).toBe(true);
  expect(await top(/planner/)).toBeLessThan(await top(/ask_researcher/));
  await canvas(page)
    .getByRole("button", { name: /get_weather/ })
    .first()
    .click();
  await expectSelected(page, "get_weather");
});

test("the list says the same steps, and selects", async ({ page, clew }) => {
  await openRun(page, clew, OTEL, "view=graph&graph=spans");
  await page.getByRole("button", { name: "Show as list" }).click();
  const list = page.getByRole("group", { name: "Spans of the graph" });
  await expect(list.getByRole("listitem")).toHaveCount(13);
  await list
    .getByRole("button", { name: /ask_researcher/ })
    .first()
    .click();
  await expectSelected(page, "ask_researcher");
});
