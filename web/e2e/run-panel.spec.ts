/** The panel of the selected span: what it said, what it was given, what changed, and all of it as it came. */

import { expectSelected, FAILING, openRun, OTEL, OTEL_SPANS, panel, parameter } from "./openrun";
import { expect, test } from "./test";

test("a model call's messages stand by role, its tool call beside the result", async ({ page, clew }) => {
  await openRun(page, clew, OTEL, `span=${OTEL_SPANS.secondCall}`);
  const body = panel(page).getByRole("tabpanel");
  await expect(panel(page)).toContainText("120 in (64 cached) · 17 out");
  await expect(body).toContainText("Assistant");
  await expect(body).toContainText("broken_tool");
  await body.getByRole("button", { name: /earlier message/ }).click();
  await expect(body).toContainText("User");
  await expect(body).toContainText("What is the weather in Paris?");
  await expect(body).toContainText("get_weather");
  await expect(body).toContainText("temp_c");
});

test("a tool call shows arguments and result, who asked and who read it", async ({ page, clew }) => {
  await openRun(page, clew, OTEL, `span=${OTEL_SPANS.weather}`);
  const body = panel(page).getByRole("tabpanel", { name: "Call and result" });
  await expect(body.getByText("Arguments", { exact: true })).toBeVisible();
  await expect(body.getByRole("definition").first()).toHaveText("Paris");
  await expect(body).toContainText("temp_c");
  await expect(body).toContainText("21");
  await body.getByRole("button", { name: /asked by/ }).click();
  await expect.poll(() => parameter(page, "span")).toBe(OTEL_SPANS.firstCall);
});

test("Changes: what a prompt has more than the one before it", async ({ page, clew }) => {
  await openRun(page, clew, OTEL, `span=${OTEL_SPANS.secondCall}`);
  await panel(page)
    .getByRole("tab", { name: /Changes/ })
    .click();
  const body = panel(page).getByRole("tabpanel");
  // The system prompt and the question came before; the call and its answer are new.
  await expect(body).toContainText("The prompt only grew, by 2 messages.");
  await expect(body).toContainText("64 tokens came from the cache");
  await expect(body).toContainText("temp_c");
  await expect(body).toContainText("Prompt against the call before");
});

test("attributes can be filtered and lead to runs that share them", async ({ page, clew }) => {
  await openRun(page, clew, OTEL, `span=${OTEL_SPANS.firstCall}`);
  await panel(page)
    .getByRole("tab", { name: /Attributes/ })
    .click();
  const own = panel(page).getByRole("region", { name: "Attributes" });
  await expect(own).toContainText("gen_ai.usage.input_tokens");
  await panel(page).getByRole("textbox", { name: "Filter attributes" }).fill("usage.input_tokens");
  await expect(own.locator(".kvrow")).toHaveCount(1);
  await expect(own.locator("dd").first()).toContainText("120");
  await expect(panel(page).getByRole("region", { name: "Resource" })).toHaveCount(0);
  await panel(page).getByRole("textbox", { name: "Filter attributes" }).fill("request.model");
  await own.locator(".kvrow").hover();
  await own.getByRole("link", { name: "Runs with this gen_ai.request.model" }).click();
  await expect(page).toHaveURL(/\/ui\/runs\?q=/);
  expect(parameter(page, "q")).toContain("gpt-5-mini");
});

test("an exception's type, words, stack and the event it came in", async ({ page, clew }) => {
  await openRun(page, clew, OTEL, `span=${OTEL_SPANS.broken}`);
  const body = panel(page).getByRole("tabpanel");
  await expect(body.getByRole("heading", { name: "ValueError" })).toBeVisible();
  await expect(body).toContainText("tool exploded: text for value");
  await expect(body).toContainText("otel_genai.py");
  await panel(page)
    .getByRole("tab", { name: /Events 1/ })
    .click();
  await expect(body).toContainText("exception");
  await expect(body).toContainText("exception.stacktrace");
});

test("Raw is the whole span as JSON, and a tab is kept while one goes on", async ({ page, clew }) => {
  await openRun(page, clew, OTEL, `span=${OTEL_SPANS.broken}`);
  await panel(page).getByRole("tab", { name: "Raw" }).click();
  await expect(panel(page).getByRole("tabpanel")).toContainText("becd73abfa01df30");
  await expect(page).toHaveURL(/tab=raw/);
  await page.reload();
  await expect(panel(page).getByRole("tab", { name: "Raw" })).toHaveAttribute("aria-selected", "true");
});

test("parent link, previous and next step, and close", async ({ page, clew }) => {
  await openRun(page, clew, OTEL, `span=${OTEL_SPANS.broken}`);
  await panel(page).locator(".place").getByRole("button", { name: "planner" }).click();
  await expectSelected(page, "planner");
  await panel(page).getByRole("button", { name: "Next step" }).click();
  await expect.poll(() => parameter(page, "span")).toBe(OTEL_SPANS.firstCall);
  await panel(page).getByRole("button", { name: "Next step" }).click();
  await expectSelected(page, "get_weather");
  await panel(page).getByRole("button", { name: "Previous step" }).click();
  await expectSelected(page, "gpt-5-mini");
  await panel(page).getByRole("button", { name: "Close" }).click();
  await expect(panel(page)).toBeHidden();
  await page.keyboard.press("d");
  await expect(panel(page)).toBeVisible();
});

test("find in span counts its hits over all tabs and leads to them", async ({ page, clew }) => {
  await openRun(page, clew, FAILING, "");
  await expectSelected(page, "gpt-5");
  await panel(page).getByRole("button", { name: "Find in span" }).click();
  await panel(page).getByRole("textbox", { name: "Find in span" }).fill("more tokens than the deployment");
  const hits = panel(page).getByRole("search").getByRole("status");
  await expect(hits).toContainText(/^1 of \d+/);
  await panel(page).getByRole("textbox", { name: "Find in span" }).fill("xyzzy not there");
  await expect(hits).toHaveText("none");
  await page.keyboard.press("Escape");
  await expect(panel(page).getByRole("textbox", { name: "Find in span" })).toBeHidden();
  await expect(panel(page)).toBeVisible();
});

test("the panel's width can be dragged and is remembered", async ({ page, clew }) => {
  await openRun(page, clew, OTEL);
  const before = (await panel(page).boundingBox())!.width;
  const divider = page.getByRole("separator", { name: "Width of the span's panel" });
  const { x, y, height } = (await divider.boundingBox())!;
  await page.mouse.move(x + 2, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x - 98, y + height / 2, { steps: 5 });
  await page.mouse.up();
  await expect
    .poll(async () => Math.round((await panel(page).boundingBox())!.width - before))
    .toBeGreaterThan(80);
  const wide = (await panel(page).boundingBox())!.width;
  await page.reload();
  await expect.poll(async () => Math.round((await panel(page).boundingBox())!.width - wide)).toBe(0);
});
