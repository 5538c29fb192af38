/** The search field of the lists: chips, completion, errors at their place, words as text search. */

import { chips, expectTotal, field, filterBy, inAddress, metric, rowOf, rows } from "./lists";
import { expect, test } from "./test";

const AGNO = "d0fc0bad38f42f397faa21436b3a42b7";

/** Filters, and how many runs meet each: counted by hand in fixtures/expected, and in what the demo sends. */
const FACETS: [filter: string, runs: number, why: string][] = [
  ["session:sess-123", 8, "agno 1, traceloop 1, phoenix 4, logfire 1, otel 1"],
  ["user:jonas", 3, "the demo's chat about Lisbon"],
  ["agent:planner session:sess-123", 2, "agno and phoenix: the others' first agent has another name"],
  ["agent:claude-code", 2, "both runs of Claude Code"],
  ["model:text-embedding-3-small", 4, "traceloop, vercel, phoenix, mlflow"],
  ["tool:broken_tool", 7, "every planner but Claude Code's"],
  ["tool:Bash", 1, "the longer run of Claude Code"],
  ["status:error", 13, "10 recorded runs with a failed step, 3 of the demo"],
  ["is:failed", 3, "phoenix and mlflow with a refused call, the demo's coder"],
  ["state:done agent:claude-code", 2, "both have ended"],
  ["spans >= 17", 5, "traceloop 17, vercel 18, logfire 17, Claude Code 19, the coder 200"],
  ["duration > 2m", 1, "the demo's coder"],
  ["start < 2026-11-20T06:10:00Z", 11, "otel 1, logfire 1, phoenix 4, traceloop 1, mlflow 4"],
];

test("each kind of filter lets through the runs that the recordings say", async ({ page, clew }) => {
  for (const [filter, runs] of FACETS) {
    await page.goto(`${clew.url}/ui/runs?range=all&q=${encodeURIComponent(filter)}`);
    await expectTotal(page, runs);
    await expect(metric(page, "Traces").locator("dd")).toHaveText(String(runs));
  }
});

test("a label is filtered by its name and by its value", async ({ page, empty }) => {
  await empty.replay("agno", "phoenix-http");
  await fetch(`${empty.url}/api/v1/labels`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ trace_id: AGNO, name: "verdict", value: "good" }),
  });
  await page.goto(`${empty.url}/ui/runs`);
  await expectTotal(page, 5);
  await filterBy(page, "label:verdict");
  await expectTotal(page, 1);
  await expect(rowOf(page, AGNO)).toContainText("verdict");
  await filterBy(page, "label.verdict:bad");
  await expect(page.getByText("No run matches these 2 filters")).toBeVisible();
});

test("a typed condition becomes a chip, is in the address, can be edited, removed and undone", async ({
  page,
  clew,
}) => {
  await page.goto(`${clew.url}/ui/runs?range=all`);
  await filterBy(page, "session:sess-123");
  await expect(chips(page)).toHaveText(/session\s*is\s*sess-123/);
  await expectTotal(page, 8);
  await filterBy(page, "is:failed");
  await expect(chips(page)).toHaveCount(2);
  await expectTotal(page, 1);
  expect(inAddress(page, "q")).toBe("session:sess-123 is:failed");

  // A click edits the chip in its place.
  await page.getByRole("button", { name: /^Filter is failed/ }).click();
  await expect(field(page)).toHaveValue("is:failed");
  await field(page).fill("tool:get_weather");
  await field(page).press("Enter");
  await expectTotal(page, 5);
  expect(inAddress(page, "q")).toBe("session:sess-123 tool:get_weather");

  await page.getByRole("button", { name: "Remove session:sess-123" }).click();
  await expect(chips(page)).toHaveCount(1);
  await expectTotal(page, 7);
  await field(page).focus();
  await field(page).press("Control+z");
  await expect(chips(page)).toHaveCount(2);
  await field(page).press("Backspace");
  await expect(chips(page)).toHaveCount(1);
  expect(inAddress(page, "q")).toBe("session:sess-123");
});

test("fields are completed from the language, values from what is there with their counts", async ({
  page,
  clew,
}) => {
  await page.goto(`${clew.url}/ui/runs?range=all`);
  await field(page).pressSequentially("sess");
  const fields = page.getByRole("listbox", { name: "Filter by" });
  await expect(fields.getByRole("option").first()).toContainText("session");
  await field(page).press("Tab");
  await expect(field(page)).toHaveValue("session:");
  const values = page.getByRole("listbox", { name: "Value" });
  await expect(values.getByRole("option", { name: "larch-2304" })).toBeVisible();
  await field(page).pressSequentially("sess-1");
  await expect(values.getByRole("option")).toHaveCount(1);
  await expect(values.getByRole("option").first()).toContainText("sess-123");
  await field(page).press("ArrowDown");
  await field(page).press("Enter");
  await expect(chips(page)).toHaveText(/session\s*is\s*sess-123/);
  await expectTotal(page, 8);

  // A size is compared: the operator comes before the value.
  await field(page).pressSequentially("durat");
  await field(page).press("Tab");
  await expect(page.getByRole("listbox", { name: "How" }).getByRole("option").first()).toContainText(
    "more than",
  );
});

test("an error of the language stands at its place, and a click takes the suggestion", async ({
  page,
  clew,
  troubles,
}) => {
  await page.goto(`${clew.url}/ui/runs?range=all`);
  await filterBy(page, "session:sess-123");
  await expectTotal(page, 8);
  await filterBy(page, "agnt:planner");
  const remark = page.locator(".remarks .bad");
  await expect(remark.locator(".at")).toHaveText("agnt");
  await expect(remark).toContainText('unknown field "agnt"; did you mean agent?');
  await expect(page.locator(".chip.bad")).toHaveText(/agnt\s*is\s*planner/);
  await remark.getByRole("button", { name: "agent" }).click();
  await expect(remark).toHaveCount(0);
  await expectTotal(page, 2);
  expect(inAddress(page, "q")).toBe("session:sess-123 agent:planner");
  // The refused question is the one line of the console.
  expect(troubles.splice(0).join()).toContain("400");
});

test("free words search the texts, in quotes as they stand, and with conditions", async ({ page, clew }) => {
  await page.goto(`${clew.url}/ui/runs?range=all`);
  await filterBy(page, "FORCE_429");
  await expect(page.locator(".chip.words")).toHaveText("FORCE_429");
  await expectTotal(page, 3);
  await filterBy(page, "session:sess-123");
  await expectTotal(page, 2);
  await expect(chips(page)).toHaveCount(2);
  await page.goto(`${clew.url}/ui/runs?range=all&q=${encodeURIComponent('"Tracking number"')}`);
  await expect(rows(page).first()).toContainText("Where is my parcel?");
});

test("a value in a cell narrows the list, and lets go when it is asked again", async ({ page, clew }) => {
  await page.goto(`${clew.url}/ui/runs?range=all`);
  const row = rowOf(page, AGNO);
  await row.hover();
  await row.getByRole("button", { name: "Only user user-42" }).click();
  await expect(chips(page)).toHaveText(/user\s*is\s*user-42/);
  await expectTotal(page, 10);
  await rowOf(page, AGNO).hover();
  await rowOf(page, AGNO).getByRole("button", { name: "Only user user-42" }).click();
  await expect(chips(page)).toHaveCount(0);
  await expectTotal(page, 25);
});
