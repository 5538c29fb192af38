/** 390 px: list, run and span are three screens, one at a time. */

import { FAILING, openRun, OTEL, panel, transcript } from "./openrun";
import { expect, test } from "./test";

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

test("list, run, span: each fills the screen, and back goes from one to the one before", async ({
  page,
  clew,
}) => {
  await page.goto(`${clew.url}/ui/runs?range=all`);
  await page.getByRole("row").filter({ hasText: "The nightly build is red" }).tap();
  await expect(page).toHaveURL(new RegExp(`/ui/runs/${FAILING}`));
  await expect(page.getByRole("alert")).toContainText("ContextLengthExceeded");
  await expect(page.getByRole("table", { name: "Runs" })).toHaveCount(0);
  await expect(panel(page)).toBeHidden();
  await transcript(page).getByRole("listitem").filter({ hasText: "PatchError" }).tap();
  await expect(panel(page)).toBeVisible();
  // It covers the run, from the left edge to the right one.
  const box = (await panel(page).boundingBox())!;
  expect([Math.round(box.x), Math.round(box.width)]).toEqual([0, 390]);
  const under = (await transcript(page).boundingBox())!;
  const top = await page.evaluate(
    ([x, y]) => document.elementFromPoint(x!, y!)?.closest("[aria-label]")?.getAttribute("aria-label"),
    [under.x + 20, under.y + under.height / 2],
  );
  expect(top).not.toBe("Transcript of the run");
  await panel(page).getByRole("button", { name: "Back to the run" }).tap();
  await expect(panel(page)).toBeHidden();
  await expect(transcript(page)).toBeVisible();
  await page.getByRole("button", { name: "Back to runs" }).tap();
  await expect(page.getByRole("row").filter({ hasText: "The nightly build is red" })).toBeVisible();
});

test("each view fits the width: nothing scrolls sideways", async ({ page, clew }) => {
  for (const name of ["transcript", "tree", "timeline", "graph"]) {
    await openRun(page, clew, OTEL, `view=${name}`);
    await expect(page.locator(".pane")).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth), name).toBe(390);
  }
});

test("the buttons of the bar are large enough for a thumb", async ({ page, clew }) => {
  await openRun(page, clew, OTEL);
  for (const name of ["Back to runs", "More"]) {
    const box = (await page.locator(".runbar").getByRole("button", { name }).boundingBox())!;
    expect(Math.min(box.width, box.height), name).toBeGreaterThanOrEqual(44);
  }
});
