/** The bar of numbers is of the same runs as the table, and says what the API and the recordings say. */

import { expectTotal, filterBy, metric, rows } from "./lists";
import { expect, test } from "./test";

interface Stats {
  total: {
    count: number;
    span_count: number;
    failed_count: number;
    tokens: number;
    usage: { input: number; cache_read: number };
    cost: { total: string };
    duration_nanos: { p50: number; p95: number; p99: number };
  };
}

test("the numbers of one session are those worked from the recordings", async ({ page, clew }) => {
  await page.goto(`${clew.url}/ui/runs?range=all&q=session:sess-123`);
  const value = (label: string) => metric(page, label).locator("dd");
  await expectTotal(page, 8);
  await expect(value("Traces")).toHaveText("8");
  // 12 + 17 + 13 + 1 + 1 + 1 + 17 + 13.
  await expect(value("Spans")).toHaveText("75");
  // phoenix' ChatCompletion alone failed at its root: 1 of 8.
  await expect(value("Failed")).toHaveText(/^1\s*12\.5%$/);
  // 822 + 1,241 + 1,096 + 137 + 8 + 959 + 822 = 5,085; 2,368 of the 4,456 that went in were cached.
  await expect(value("Tokens")).toHaveText(/^5\.0[89]k\s*53% cached$/);
  await expect(metric(page, "Tokens").getByRole("button")).toHaveAttribute("title", /^5,085 tokens/);
  // (2,072 × 0.25 + 2,368 × 0.025 + 629 × 2 + 16 × 0.02) / 10^6, embeddings apart.
  await expect(value("Cost")).toHaveText("$0.0018");
  await expect(metric(page, "Cost").getByRole("button")).toHaveAttribute("title", /^\$0\.00183552/);
  // Durations in ms: 6, 11, 91, 158, 184, 196, 211, 615; sums keep them to 3 %.
  await expect(value("p50")).toHaveText(/^157\s*ms$/);
  await expect(value("p95")).toHaveText(/^612\s*ms$/);
  await expect(value("p99")).toHaveText(/^612\s*ms$/);
});

for (const filter of ["", "status:error", "user:user-42", "model:claude-sonnet-4-5", "weather"]) {
  test(`the bar equals /stats under ${filter === "" ? "no filter" : filter}`, async ({ page, clew }) => {
    const { total } = await clew.get<Stats>(`/stats?filter=${encodeURIComponent(filter)}`);
    await page.goto(`${clew.url}/ui/runs?range=all`);
    if (filter) await filterBy(page, filter);
    await expectTotal(page, total.count);
    await expect(metric(page, "Traces").locator("dd")).toHaveText(String(total.count));
    await expect(metric(page, "Spans").locator("dd")).toHaveText(String(total.span_count));
    await expect(metric(page, "Failed").getByRole("button")).toHaveText(
      new RegExp(`^${total.failed_count}(\\s|$)`),
    );
    const tokens = total.tokens.toLocaleString("en-US");
    await expect(metric(page, "Tokens").getByRole("button")).toHaveAttribute(
      "title",
      new RegExp(`^${tokens} tokens`),
    );
    await expect(metric(page, "Cost").getByRole("button")).toHaveAttribute(
      "title",
      new RegExp(`^\\$${total.cost.total.replace(".", "\\.")}\\b`),
    );
    for (const which of ["p50", "p95", "p99"] as const) {
      const ms = (total.duration_nanos[which] / 1e6).toLocaleString("en-US", { maximumFractionDigits: 3 });
      await expect(metric(page, which).getByRole("button")).toHaveAttribute(
        "title",
        new RegExp(`^${ms.replace(".", "\\.")} ms`),
      );
    }
  });
}

test("a number is a way to filter or to sort", async ({ page, clew }) => {
  await page.goto(`${clew.url}/ui/runs?range=all`);
  await expectTotal(page, 25);
  await metric(page, "Failed").getByRole("button").click();
  await expectTotal(page, 3);
  await expect(metric(page, "Failed").getByRole("button")).toHaveAttribute("aria-pressed", "true");
  await metric(page, "Failed").getByRole("button").click();
  await expectTotal(page, 25);
  await metric(page, "Tokens").getByRole("button").click();
  await expect(page).toHaveURL(/sort=-tokens/);
  await expect(rows(page).first()).toHaveAttribute("id", "row-78dde6e5fd29f054000000000004c1e0");
});
