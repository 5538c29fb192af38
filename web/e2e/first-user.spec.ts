import { expect, test } from "./test";

/** What somebody who never saw Clew is asked to find, with the clicks that it takes. */
test("why did the failing run fail, which tool result made its context large, what did it cost: one click", async ({
  page,
  clew,
}) => {
  await page.goto(clew.url);
  const failing = page.getByRole("row", { name: /coder/ }).filter({ hasText: "The nightly build is red" });
  await expect(failing).toBeVisible();

  await failing.click(); // the one click

  // Why: the error of the run, in its own words.
  await expect(page.getByText("ContextLengthExceeded").first()).toBeVisible();
  await expect(
    page.getByText("this request has more tokens than the deployment's limit").first(),
  ).toBeVisible();
  // Which result: the tool's row says its size and by how much the next prompt grew.
  const transcript = page.getByRole("region", { name: /run/i }).or(page.locator(".run")).first();
  await expect(transcript.getByText("open_lockfile").first()).toBeVisible();
  await expect(transcript.getByText(/48\.1.KB, prompt \+12\.1k/)).toBeVisible();
  // What it cost, to the tenth of a cent.
  await expect(transcript.getByText("$0.233").first()).toBeVisible();
});
