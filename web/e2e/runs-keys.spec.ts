/** The list without a mouse: moving, opening, search, the list of keys and the palette. */

import { expectTotal, field, inAddress, rowOf, rows, table } from "./lists";
import { expect, test } from "./test";

const AGNO = "d0fc0bad38f42f397faa21436b3a42b7";

test("j and k move, Enter opens beside, f makes it a page, Escape leads back", async ({ page, clew }) => {
  await page.goto(`${clew.url}/ui/runs?range=all&q=session:sess-123`);
  await expectTotal(page, 8);
  await page.keyboard.press("j");
  await expect(table(page)).toHaveAttribute("aria-activedescendant", `row-${AGNO}`);
  await page.keyboard.press("j");
  await expect(table(page)).toHaveAttribute("aria-activedescendant", "row-046b9dcd0598290d2a79d6867ea0a4c9");
  await page.keyboard.press("k");
  await page.keyboard.press("Enter");
  await expect.poll(() => inAddress(page, "run")).toBe(AGNO);
  await expect(rowOf(page, AGNO)).toHaveAttribute("aria-current", "true");
  // The list stays beside; the next run is a key away.
  await page.keyboard.press("Escape");
  await expect.poll(() => inAddress(page, "run")).toBeNull();
  await page.keyboard.press("f");
  await expect(page).toHaveURL(new RegExp(`/ui/runs/${AGNO}`));
  // The page opens at the step that failed; Escape leads back one level at a time.
  const panel = page.locator(".panelzone");
  await expect(panel).toContainText("broken_tool");
  await page.keyboard.press("Escape");
  await expect(panel).toBeHidden();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/\/ui\/runs\?/);
  await expectTotal(page, 8);
});

test("arrows open and close the steps of a run", async ({ page, clew }) => {
  await page.goto(`${clew.url}/ui/runs?range=all&q=session:sess-123`);
  await expectTotal(page, 8);
  await page.keyboard.press("j");
  await page.keyboard.press("ArrowRight");
  await expect(rowOf(page, AGNO)).toHaveAttribute("aria-expanded", "true");
  await expect(table(page).locator(".trow.kid").first()).toBeVisible();
  await page.keyboard.press("ArrowLeft");
  await expect(rowOf(page, AGNO)).toHaveAttribute("aria-expanded", "false");
});

test("the slash goes to the search field, letters in it are letters", async ({ page, clew }) => {
  await page.goto(`${clew.url}/ui/runs?range=all`);
  await expect(rows(page).first()).toBeVisible();
  await page.keyboard.press("/");
  await expect(field(page)).toBeFocused();
  await page.keyboard.type("jkf?");
  await expect(field(page)).toHaveValue("jkf?");
  await expect(page).toHaveURL(/\/ui\/runs\?range=all$/);
});

test("the question mark lists the keys of this page", async ({ page, clew }) => {
  await page.goto(`${clew.url}/ui/runs?range=all`);
  await expect(rows(page).first()).toBeVisible();
  await page.keyboard.press("?");
  const keys = page.getByRole("dialog", { name: "Keys" });
  await expect(keys.getByRole("heading", { name: "List" })).toBeVisible();
  await expect(keys.getByRole("listitem").filter({ hasText: "Open the run as a page" })).toContainText("F");
  await page.keyboard.press("Escape");
  await expect(keys).toBeHidden();
});

test("the palette finds commands, pages and agents", async ({ page, clew }) => {
  await page.goto(`${clew.url}/ui/runs?range=all`);
  await expect(rows(page).first()).toBeVisible();
  await page.keyboard.press("Control+k");
  const words = page.getByRole("combobox", { name: "Commands" });
  await expect(words).toBeFocused();
  await words.fill("sessions");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/ui\/sessions/);
  await page.keyboard.press("Control+k");
  await words.fill("travel-chat");
  await expect(page.getByRole("option", { selected: true })).toContainText("travel-chat");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/ui\/agents\/travel-chat/);
});
