import type { Page } from "@playwright/test";
import { expect, test } from "./test";

/** Signs in on the page that is open. */
async function signIn(page: Page, key: string) {
  await page.getByLabel("Key", { exact: true }).fill(key);
  await page.getByRole("button", { name: "Sign in" }).click();
}

test("without a key there is a form, a wrong key is told, the right one leads on and is kept out of scripts' reach", async ({
  page,
  context,
  keyed: { clew, key },
  troubles,
}) => {
  await page.goto(`${clew.url}/ui/runs`);
  await page.getByLabel("Key", { exact: true }).fill("aos_ws_wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toContainText("not known here");
  await signIn(page, key);
  await expect(page.getByRole("navigation", { name: "Main" }).first()).toBeVisible();

  const cookie = (await context.cookies()).find((known) => known.name === "clew_session");
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Strict" });
  expect(await page.evaluate(() => document.cookie + JSON.stringify(localStorage))).not.toContain(key);
  // The refusal of the wrong key is the one error of the console.
  expect(troubles.splice(0)).toHaveLength(1);
});

test("a change with the cookie but without the page's header is refused, as another site would send it", async ({
  page,
  keyed: { clew, key },
  troubles,
}) => {
  await page.goto(`${clew.url}/ui/settings/keys`);
  await signIn(page, key);
  await expect(page.getByRole("heading", { name: "Keys" })).toBeVisible();
  const answers = await page.evaluate(async () => {
    const plain = await fetch("/api/v1/keys", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: '{"name":"x","scopes":["read"]}',
    });
    return plain.status;
  });
  expect(answers).toBe(403);
  expect(troubles.splice(0)).toHaveLength(1);
});

test("a key is made, shown once, listed, and revoked; the page that used it says so and lets one sign in again", async ({
  page,
  browser,
  keyed: { clew, key },
  troubles,
}) => {
  await page.goto(`${clew.url}/ui/settings/keys`);
  await signIn(page, key);
  await page.getByRole("button", { name: "New key" }).click();
  await page.getByLabel("Name").fill("reader");
  await page.getByLabel(/ingest/).uncheck();
  await page.getByLabel(/^read/).check();
  await page.getByRole("button", { name: "Make the key" }).click();
  const secret = (await page.getByTestId("secret").textContent())!;
  expect(secret).toMatch(/^aos_ws_/);
  await page.getByRole("button", { name: "I have it" }).click();
  await expect(page.getByTestId("secret")).toBeHidden();
  await expect(page.getByRole("row", { name: /reader/ })).toContainText("read");
  await expect(page.locator("body")).not.toContainText(secret);

  // Somebody else reads with the new key: no keys, no audit log for them.
  const other = await (await browser.newContext()).newPage();
  await other.goto(`${clew.url}/ui/runs`);
  await signIn(other, secret);
  // Leaving before the answer would leave the cookie behind.
  await expect(other.getByLabel("Key", { exact: true })).toBeHidden();
  await other.goto(`${clew.url}/ui/settings`);
  const sections = other.getByRole("navigation", { name: "Settings" });
  await expect(sections.getByRole("link", { name: "General" })).toBeVisible();
  await expect(sections.getByRole("link", { name: "Keys" })).toHaveCount(0);

  await page
    .getByRole("row", { name: /reader/ })
    .getByRole("button", { name: /Revoke/ })
    .click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await expect(page.getByRole("row", { name: /reader/ })).toContainText("revoked");

  await other.getByRole("link", { name: "Runs" }).first().click();
  const band = other.getByText("The key was revoked: use another one. What you see was loaded before.");
  await expect(band).toBeVisible();
  await signIn(other, key);
  await expect(band).toBeHidden();
  await other.context().close();

  await page.getByRole("link", { name: "Audit log" }).click();
  await expect(page.getByRole("table", { name: "Audit log" })).toContainText("reader");
  troubles.splice(0);
});

test("signing out everywhere ends the other page too", async ({
  page,
  context,
  keyed: { clew, key },
  troubles,
}) => {
  await page.goto(`${clew.url}/ui/settings/general`);
  await signIn(page, key);
  const second = await context.newPage();
  await second.goto(`${clew.url}/ui/runs`);
  await page.getByRole("button", { name: "Sign out everywhere" }).click();
  await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
  await second.reload();
  await expect(second.getByRole("button", { name: "Sign in" })).toBeVisible();
  troubles.splice(0);
});

test("an own price goes before the shipped ones, and can be removed", async ({ page, empty }) => {
  await page.goto(`${empty.url}/ui/settings/prices`);
  await page.getByRole("button", { name: "Own price" }).click();
  await page.getByLabel("Model", { exact: false }).last().fill("house-model");
  await page.getByLabel("Input").fill("1.5");
  await page.getByLabel("Output").fill("6");
  await page.getByRole("button", { name: "Put it in" }).click();
  await page.getByLabel("only own ones").check();
  const row = page.getByRole("row", { name: /house-model/ });
  await expect(row).toContainText("1.5");
  await row.getByRole("button", { name: "Remove" }).click();
  await expect(row).toHaveCount(0);
});

test("retention: days and a rule are kept, what is due is removed with a receipt", async ({
  page,
  empty,
}) => {
  await page.goto(`${empty.url}/ui/settings/retention`);
  await page.getByLabel("Days", { exact: true }).first().fill("30");
  await page.getByRole("button", { name: "Save" }).first().click();
  await page.getByLabel("Name of the rule").fill("smoke");
  await page.getByLabel("Filter of the rule").fill("label:smoke-test");
  await page.getByRole("button", { name: "Add" }).click();
  await expect(page.getByRole("row", { name: /smoke/ })).toContainText("label:smoke-test");
  await page.reload();
  await expect(page.getByLabel("Days", { exact: true }).first()).toHaveValue("30");
  await page.getByRole("button", { name: "Remove what is due now" }).click();
  await expect(page.getByText("0 runs removed")).toBeVisible();
});

test("data size adds up and the check finds nothing", async ({ page, clew }) => {
  await page.goto(`${clew.url}/ui/settings/data`);
  await expect(page.getByText("No problem was found.")).toBeVisible();
  await expect(page.getByText("Messages each text once")).toBeVisible();
});

test("an empty Clew teaches: real address, a test trace, why a request was refused", async ({
  page,
  empty,
}) => {
  await page.goto(`${empty.url}/ui/start`);
  await expect(page.getByRole("tabpanel")).toContainText(`OTEL_EXPORTER_OTLP_ENDPOINT=${empty.url}`);
  await fetch(`${empty.url}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{not json",
  });
  await expect(page.getByRole("table", { name: "Requests" })).toContainText("400");
  await page.getByRole("tab", { name: "Claude Code" }).click();
  await expect(page.getByRole("tabpanel")).toContainText("CLAUDE_CODE_ENABLE_TELEMETRY=1");
  await page.getByRole("button", { name: "Send a test trace" }).click();
  await expect(page).toHaveURL(/\/ui\/runs\/[0-9a-f]{32}/);
  await expect(page.getByText("Is the way to Clew open?").first()).toBeVisible();
});
