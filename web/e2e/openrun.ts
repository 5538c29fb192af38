/** The runs that the tests of an open run look at, and the few ways to get to them and to read the page. */

import type { Page } from "@playwright/test";
import type { Clew } from "./clew";
import { expect } from "./test";

/** Demo: 200 steps of a coding agent that fail. One loop of 14, two failures, a result of 48 KB. */
export const FAILING = "78dde6e5fd29f054000000000004c1e0";
/** Demo: a planner with two researchers, one search that times out. */
export const RESEARCH = "daa66d2c7ddf743f000000000003c1e0";
/** Recorded: fixtures/wire/otel-http-json, 13 spans, one failed tool, a sub-agent. */
export const OTEL = "bd10a680fc07deef5830b5063622f663";
/** Recorded: fixtures/wire/mlflow-otlp, whose root was never sent. */
export const ROOTLESS = "6e191220d10ef545399e378cf8335476";

/** Recorded: fixtures/wire/claude-code-http-json; its failed Read says so by the execution below it. */
export const CLAUDE_CODE = "0da2b8bac9c26eab1db53ad0fe46ce05";

/** Span ids of OTEL, as in fixtures/expected/otel-http-json.json. */
export const OTEL_SPANS = {
  planner: "dd4f3d4a99340862",
  firstCall: "b1381f4569861497",
  weather: "3c8132f3653c24df",
  secondCall: "c52e233d2bfbc5d0",
  broken: "becd73abfa01df30",
  ask: "d62ca4753b8523aa",
  researcher: "cfa9569e2d625737",
};

/** Opens a run as a page, at whatever the address says beside it. */
export async function openRun(page: Page, clew: Clew, traceId: string, query = ""): Promise<void> {
  await page.goto(`${clew.url}/ui/runs/${traceId}${query ? `?${query}` : ""}`);
  await expect(page.locator(".facts .fact").first()).toBeVisible();
  await expect(page.locator(".pane").locator(".scroll, .canvas, .gcolumn").first()).toBeVisible();
}

/** The button of a view. */
export function view(page: Page, name: "Transcript" | "Tree" | "Timeline" | "Graph" | RegExp) {
  return page.getByRole("tablist", { name: "View", exact: true }).getByRole("tab", { name });
}

export function transcript(page: Page) {
  return page.getByRole("list", { name: "Transcript of the run" });
}

export function tree(page: Page) {
  return page.getByRole("tree", { name: "Spans of the run" });
}

export function panel(page: Page) {
  return page.getByRole("complementary", { name: "Selected span" });
}

export function strip(page: Page) {
  return page.getByRole("group", { name: /^Timeline of the run/ });
}

/** A parameter of the page's address. */
export function parameter(page: Page, name: string): string | null {
  return new URL(page.url()).searchParams.get(name);
}

/** The panel shows a span of this name. */
export async function expectSelected(page: Page, name: string): Promise<void> {
  await expect(panel(page).getByRole("heading", { level: 2 })).toHaveText(name);
}
