/** What stands above a run: its facts are those of the API and of the recordings' own truth. */

import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { FAILING, OTEL, openRun, panel, ROOTLESS } from "./openrun";
import { expect, RECORDED, test } from "./test";

const EXPECTED = resolve(import.meta.dirname, "../../fixtures/expected");

interface Known {
  trace_id: string | null;
  span_count: number;
  input_tokens: number | null;
  output_tokens: number | null;
  error_spans: number;
  models: string[];
  session_id: string | null;
  user_id: string | null;
  /** Where the conventions leave it open. */
  user_id_accept?: string[];
}

/** What fixtures/expected says of a recording: read from its bytes by hand, by no code of Clew. */
function known(recording: string): Known[] {
  const text = readFileSync(join(EXPECTED, `${recording}.json`), "utf8");
  return (JSON.parse(text) as { traces: Known[] }).traces.filter(
    ({ trace_id, span_count }) => trace_id !== null && span_count > 2,
  );
}

for (const recording of RECORDED) {
  test(`${recording}: spans, tokens, models, session, user and outcome are those of the recording`, async ({
    page,
    clew,
  }) => {
    for (const run of known(recording)) {
      await openRun(page, clew, run.trace_id!);
      const facts = page.locator(".facts");
      await expect(facts).toContainText(`${run.span_count} spans`);
      const tokens = (run.input_tokens ?? 0) + (run.output_tokens ?? 0);
      await expect(facts).toContainText(
        `${tokens < 1000 ? tokens : (tokens / 1000).toFixed(2) + "k"} tokens`,
      );
      await expect(facts).toContainText(run.models[0]!);
      if (run.session_id)
        await expect(facts.locator(`a[href*="/ui/sessions/"]`)).toHaveAttribute(
          "href",
          `/ui/sessions/${run.session_id}`,
        );
      if (run.user_id) {
        const users = (run.user_id_accept ?? [run.user_id]).join("|");
        await expect(facts.locator(`a[href*="/ui/users/"]`)).toHaveAttribute(
          "href",
          new RegExp(`^/ui/users/(${users})$`),
        );
      }
      const failed = run.error_spans === 1 ? "1 step failed" : `${run.error_spans} steps failed`;
      if (run.error_spans > 0) await expect(page.locator(".runbar .outcome")).toContainText(failed);
    }
  });
}

test("the header of the failing run says what the API says", async ({ page, clew }) => {
  const { trace } = await clew.get<{ trace: Record<string, any> }>(`/traces/${FAILING}`);
  expect(trace).toMatchObject({ span_count: 200, error_count: 3, root_status: "error", state: "done" });
  expect(trace.usage).toMatchObject({ input: 771_111, output: 4_375, cache_read: 687_488 });
  expect(trace.cost.total).toBe("0.23293435");
  await openRun(page, clew, FAILING);
  const facts = page.locator(".facts");
  // 771,111 + 4,375 = 775,486; 687,488 / 771,111 = 89 %.
  await expect(facts).toContainText("775k tokens");
  await expect(facts).toContainText("89% of input cached");
  await expect(facts).toContainText("$0.233");
  await expect(facts).toContainText("4m 42s");
  await expect(facts).toContainText("gpt-5");
  await expect(facts.getByTitle("gpt-5, gpt-5-mini")).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("The nightly build is red");
  await expect(page.getByRole("button", { name: "Failed", exact: true })).toBeVisible();
  await expect(page).toHaveTitle(/The nightly build is red.* · Clew/);
});

test("the ledger's lines, agents and models each add up to the header's sum", async ({ page, clew }) => {
  await openRun(page, clew, OTEL);
  await page.getByRole("button", { name: /822 tokens/ }).click();
  const ledger = page.getByRole("dialog");
  await expect(ledger).toContainText("6 calls counted");
  // Six calls of 120 in (64 of them cached) and 17 out: fresh 6 × 56, read 6 × 64, out 6 × 17.
  const sum = ledger.locator(".lg.sum");
  await expect(sum.locator(".num")).toHaveText(["336", "384", "–", "102", "$0.0003"]);
  // Four calls of the planner, two of the researcher.
  await expect(
    ledger.locator(".lgrows .lg").filter({ hasText: "planner" }).locator(".num").first(),
  ).toHaveText("224");
  await expect(
    ledger.locator(".lgrows .lg").filter({ hasText: "researcher" }).locator(".num").first(),
  ).toHaveText("112");
  await ledger.getByRole("tab", { name: "By model" }).click();
  await expect(ledger.locator(".lgrows .lg")).toHaveCount(1);
  await expect(ledger.locator(".lgrows .lg").locator(".num").first()).toHaveText("336");
  await ledger.getByRole("tab", { name: "Lines" }).click();
  await expect(ledger.locator(".lgline .lg:not(.no)")).toHaveCount(6);
  expect(
    await ledger.locator(".lgline .lg:not(.no)").locator(".num:nth-of-type(2)").allTextContents(),
  ).toEqual(Array(6).fill("56"));
  await page.keyboard.press("Escape");
  await expect(ledger).toBeHidden();
});

test("the receipt of a run whose root never came opens to its gaps and leads to the span", async ({
  page,
  clew,
}) => {
  await openRun(page, clew, ROOTLESS);
  const chip = page.locator(".chip-receipt");
  await expect(chip).toHaveText("2 gaps");
  await chip.click();
  const receipt = page.getByRole("dialog");
  await expect(receipt).toContainText("The root never came");
  await expect(receipt).toContainText("1 span without its parent");
  await receipt.locator(".gap").filter({ hasText: "without its parent" }).locator("button.a").click();
  await page.keyboard.press("Escape");
  await expect(panel(page)).toContainText("never came");
});

test("a run whose root never came is as long as its spans, however long ago its clock says", async ({
  page,
  empty,
}) => {
  await empty.replay("mlflow-otlp");
  // From the first start to the last end of its 13 spans: 123,995,344 ns.
  await page.goto(`${empty.url}/ui/runs?range=all`);
  const row = page.locator(`[id="row-${ROOTLESS}"]`);
  await expect(row.getByText("124 ms", { exact: true })).toBeVisible();
  await openRun(page, empty, ROOTLESS);
  await expect(page.locator(".facts .fact").filter({ hasText: "124 ms" })).toBeVisible();
  await expect(page.getByRole("timer")).toHaveCount(0);
  await expect(page.locator(".runbar .outcome")).toHaveText(/^Live/);
});

test("a whole run's receipt says so, and i opens it by key", async ({ page, clew }) => {
  await openRun(page, clew, OTEL);
  await expect(page.locator(".chip-receipt")).toHaveText("Complete");
  await page.keyboard.press("i");
  await expect(page.getByRole("dialog")).toContainText("Nothing is missing");
  await expect(page).toHaveURL(/open=receipt/);
});

test("trace id, span id and link can be copied; the link opens the same view", async ({
  page,
  clew,
  context,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: clew.url });
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  await openRun(page, clew, OTEL, "view=tree");
  await page.getByRole("banner").or(page.locator(".runbar")).getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Copy trace id" }).click();
  await expect.poll(copied).toBe(OTEL);
  await expect(page.getByRole("menu")).toHaveCount(0);
  await page.keyboard.press("Shift+Y");
  await expect.poll(copied).toBe("becd73abfa01df30");
  await page.getByRole("button", { name: "Copy link" }).click();
  await expect.poll(copied).toBe(`${clew.url}/ui/runs/${OTEL}?span=becd73abfa01df30&view=tree`);
  await page.goto(await copied());
  await expect(panel(page).getByRole("heading", { level: 2 })).toHaveText("broken_tool");
});

test("export gives the run's spans as lines of OTLP", async ({ page, clew }) => {
  await openRun(page, clew, OTEL);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Export" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe(`${OTEL}.otlp.jsonl`);
  const text = readFileSync(await download.path(), "utf8");
  for (const id of ["e68974efd49eb7ff", "becd73abfa01df30", "577a07bf61480168"]) expect(text).toContain(id);
});
