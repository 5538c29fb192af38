/** The first page is light, asks nobody else for anything, and may not. */

import { expect, test } from "./test";

/** Bytes over the network, compressed, with the code, the data and the fonts of the list of runs. */
const FIRST_PAGE_MAX = 500_000;

test("the list of runs takes at most 500 KB over the network, all of it from this server", async ({
  page,
  clew,
}) => {
  const network = await page.context().newCDPSession(page);
  await network.send("Network.enable");
  let received = 0;
  network.on("Network.loadingFinished", ({ encodedDataLength }) => (received += encodedDataLength));
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(`${clew.url}/ui/runs?range=all`);
  await expect(page.locator(".trow.r").first()).toBeVisible();
  // The code of the run page comes while nothing else is to do; it is part of what the first page loads.
  await expect.poll(() => asked.filter((url) => /RunPeek.*\.js$/.test(url)).length).toBe(1);
  await expect(page.locator(".livestate")).toContainText("live");
  expect(received).toBeGreaterThan(50_000);
  expect(received).toBeLessThanOrEqual(FIRST_PAGE_MAX);
  expect(asked.filter((url) => !url.startsWith(`${clew.url}/`))).toEqual([]);
});

test("the policy of the page lets nothing in but the server's own files", async ({ page, clew }) => {
  const answer = (await page.goto(`${clew.url}/ui/runs`))!;
  const headers = answer.headers();
  expect(headers["content-security-policy"]).toBe(
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; worker-src 'self'; " +
      "img-src 'self' data: blob:; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; " +
      "frame-ancestors 'none'",
  );
  expect(headers["x-content-type-options"]).toBe("nosniff");
  expect(headers["referrer-policy"]).toBe("no-referrer");
  expect(headers["cross-origin-opener-policy"]).toBe("same-origin");
});

test("every page keeps to this server, whatever a sender wrote", async ({ page, clew }) => {
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  for (const path of ["overview", "sessions", "agents", "users", "settings", "start"]) {
    await page.goto(`${clew.url}/ui/${path}`);
    await expect(page.locator("main")).toBeVisible();
    await expect(page.getByRole("heading").first()).toBeVisible();
  }
  expect(asked.filter((url) => !url.startsWith(`${clew.url}/`) && !/^(data|blob):/.test(url))).toEqual([]);
});
