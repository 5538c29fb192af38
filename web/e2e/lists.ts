/** What tests of the lists look at: rows, heads, numbers, the search field. */

import type { Locator, Page } from "@playwright/test";
import { expect } from "./test";

export type ListName = "Runs" | "Spans" | "Sessions";

/** The table itself; the list of runs can be opened in place, so that it is a tree. */
export function table(page: Page, name: ListName = "Runs"): Locator {
  return page.getByRole(name === "Runs" ? "treegrid" : "grid", { name, exact: true });
}

/** Rows of a table without its head and without the steps below a run. */
export function rows(page: Page, name: ListName = "Runs"): Locator {
  return table(page, name).locator("[role=row].r");
}

/** The row of a run. */
export function rowOf(page: Page, traceId: string): Locator {
  return page.locator(`[id="row-${traceId}"]`);
}

/** How many rows match in all, as the table tells it to a screen reader (its head is one more). */
export async function expectTotal(page: Page, total: number, name: ListName = "Runs") {
  await expect(table(page, name)).toHaveAttribute("aria-rowcount", String(total + 1));
}

/** A number of the bar above the table, by its label. */
export function metric(page: Page, label: string): Locator {
  return page.locator(".metric").filter({ has: page.locator("dt", { hasText: new RegExp(`^${label}$`) }) });
}

export function field(page: Page): Locator {
  return page.getByRole("combobox", { name: "Search and filter" });
}

/** Conditions as chips, as they are read aloud without the hint about keys. */
export function chips(page: Page): Locator {
  return page.locator(".search .chip");
}

/** Types a filter and takes it in. */
export async function filterBy(page: Page, text: string) {
  await field(page).fill(text);
  await field(page).press("Enter");
}

/** What the address holds under a name. */
export function inAddress(page: Page, name: string): string | null {
  return new URL(page.url()).searchParams.get(name);
}

/** Labels of the columns, in their order. */
export async function columnsOf(page: Page, name: ListName = "Runs"): Promise<string[]> {
  const heads = await table(page, name).getByRole("columnheader").allInnerTexts();
  return heads.map((text) => text.trim()).filter((text) => text !== "" && text !== "State");
}
