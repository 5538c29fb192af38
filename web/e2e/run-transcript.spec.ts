/** The transcript: the run as a conversation, with what repeats folded and sub-agents as cards. */

import { agent, chat, id, otlp } from "./otlp";
import { CLAUDE_CODE, expectSelected, FAILING, openRun, OTEL, panel, RESEARCH, transcript } from "./openrun";
import { expect, test } from "./test";

test("the failing run opens to its cause: band, marked row, panel", async ({ page, clew }) => {
  await openRun(page, clew, FAILING);
  const cause = "this request has more tokens than the deployment's limit";
  await expect(page.getByRole("alert").filter({ hasText: "ContextLengthExceeded" })).toContainText(cause);
  const marked = transcript(page).locator("[aria-current]");
  await expect(marked).toContainText("ContextLengthExceeded");
  await expect(marked).toContainText(cause);
  await expect(panel(page)).toContainText(cause);
  // The edit that did not apply, two minutes before.
  await expect(transcript(page)).toContainText("PatchError");
});

test("200 steps are ten rows; the loop opens to its 28 steps and closes again", async ({ page, clew }) => {
  await openRun(page, clew, FAILING);
  const rows = transcript(page).getByRole("listitem");
  await expect(rows).toHaveCount(10);
  const loop = rows.filter({ hasText: "read_file ×14" });
  await expect(loop).toContainText("same arguments, same answer");
  // 14 calls and the 14 model calls that asked for them: 233k tokens, $0.064, 35.5 s.
  await expect(loop).toContainText("233k");
  await expect(loop).toContainText("$0.064");
  await expect(loop).toContainText("35.5 s");
  await loop.getByRole("button", { name: "Open read_file ×14" }).click();
  await expect(rows.first()).toHaveAttribute("aria-setsize", "38");
  await transcript(page).getByRole("button", { name: "Close read_file ×14" }).click();
  await expect(rows).toHaveCount(10);
});

test("unfolded, all 200 steps have rows", async ({ page, clew }) => {
  await openRun(page, clew, FAILING);
  await page.getByRole("button", { name: "Folded" }).click();
  await expect(page.getByRole("button", { name: "Unfolded" })).toBeVisible();
  // The asked words, the 194 children of the coder that are rows, and the reviewer's card.
  await expect
    .poll(async () =>
      Number(await transcript(page).getByRole("listitem").first().getAttribute("aria-setsize")),
    )
    .toBeGreaterThan(190);
});

test("a sub-agent is a card with what went in and came out, and opens to its steps", async ({
  page,
  clew,
}) => {
  await openRun(page, clew, FAILING);
  const rows = transcript(page).getByRole("listitem");
  const card = rows.filter({ hasText: "reviewer" });
  await expect(card).toContainText("delegate");
  await expect(card).toContainText("6 spans · 3 calls · 2 tools");
  await expect(card.locator(".io").first()).toContainText("InReview the diff in payments/");
  await expect(card.locator(".io").last()).toContainText("OutTwo places are left: export.py line 52");
  await card.getByRole("button", { name: "Open reviewer" }).click();
  // Three calls and two tools, each a row in the card.
  await expect(rows).toHaveCount(15);
  await expect(page.locator(".tvr.inner[role=listitem]")).toHaveCount(5);
});

test("a recorded run reads from question to answer, each call beside its result", async ({ page, clew }) => {
  await openRun(page, clew, OTEL);
  const rows = transcript(page).getByRole("listitem");
  await expect(rows.first()).toContainText("What is the weather in Paris?");
  await expect(
    rows
      .filter({ hasText: /get_weather/ })
      .filter({ hasText: "city=Paris" })
      .first(),
  ).toContainText("temp_c=21");
  await expect(rows.filter({ hasText: "ValueError" })).toContainText("tool exploded: text for value");
  await expect(rows.filter({ hasText: "4 spans · 2 calls · 1 tool" })).toContainText("researcher");
  await expect(rows.last()).toContainText("It is 21C and sunny in Paris.");
});

test("two researchers: the one whose search timed out is open at the failure", async ({ page, clew }) => {
  await openRun(page, clew, RESEARCH);
  await expect(page.getByRole("button", { name: "Completed, 1 step failed" })).toBeVisible();
  await expect(transcript(page).locator("[aria-current]")).toContainText("search did not answer within 10 s");
  await expectSelected(page, "web_search");
});

test("what the run was asked stands in it once, though its last call carries it along", async ({
  page,
  clew,
}) => {
  await openRun(page, clew, RESEARCH);
  const rows = transcript(page).getByRole("listitem");
  const question = "Compare heat pumps for terraced houses: price, noise, and what owners complain about.";
  await expect(rows.first()).toContainText(question);
  await transcript(page).focus();
  await page.keyboard.press("End");
  await expect(rows.last()).toHaveAttribute("aria-current", "true");
  await expect(rows.last().locator(".prose").first()).toBeVisible();
  await expect(transcript(page).getByText(question)).toHaveCount(1);
});

test("a failed call is marked where the step below it says why", async ({ page, clew }) => {
  await openRun(page, clew, CLAUDE_CODE);
  const marked = transcript(page).locator("[aria-current]");
  await expect(marked.getByLabel("Failed")).toBeVisible();
  await expect(marked).toContainText("/nonexistent/file.txt");
  await expect(marked.locator(".errline")).toContainText("File does not exist.");
});

test("thinking is folded until it is opened; a long answer shows three lines and more", async ({
  page,
  empty,
}) => {
  const long = Array.from(
    { length: 60 },
    (_, line) => `Point ${line} of the answer, in one line of its own.`,
  );
  const said = chat("claude-sonnet-4-5", "Think first.", "unused", [10, 900]);
  said["gen_ai.output.messages"] = JSON.stringify([
    {
      role: "assistant",
      parts: [
        { type: "reasoning", content: "They want it short, yet complete." },
        { type: "text", content: long.join("\n\n") },
      ],
      finish_reason: "stop",
    },
  ]);
  const traceId = "ab".repeat(16);
  await empty.otlp(
    otlp(traceId, Date.UTC(2026, 10, 18, 12), [
      { id: id(1), name: "invoke_agent thinker", start: 0, end: 5000, attributes: agent("thinker") },
      { id: id(2), parent: id(1), name: "chat", start: 10, end: 4900, attributes: said },
    ]),
  );
  await openRun(page, empty, traceId);
  const rows = transcript(page);
  await expect(rows).not.toContainText("They want it short");
  await rows.locator("button.think").click();
  await expect(rows).toContainText("They want it short, yet complete.");
  await expect(rows).not.toContainText("Point 20 of the answer");
  await rows.getByRole("button", { name: /^more/ }).click();
  await expect(rows).toContainText("Point 20 of the answer");
  await rows.getByRole("button", { name: /^less/ }).click();
  await expect(rows).not.toContainText("Point 20 of the answer");
});
