/** The tests' own `test`: a Clew for each worker, a page that fails a test when it logs an error. */

import { test as base } from "@playwright/test";
import { Clew } from "./clew";

interface Worker {
  /** Open, with recordings of several real SDKs and the demo's runs. Tests must not delete what is in it. */
  clew: Clew;
}
interface Each {
  /** An empty one of the test's own. */
  empty: Clew;
  /** An empty one that wants keys, and a key that may do everything. */
  keyed: { clew: Clew; key: string };
  /** Errors of the console and of scripts; a test that expects some takes them out. */
  troubles: string[];
}

/** Recordings that every worker's server holds: one SDK each. */
export const RECORDED = [
  "agno",
  "traceloop",
  "vercel-http-json",
  "phoenix-http",
  "logfire-otlp",
  "claude-code-http-json",
  "otel-http-json",
  "mlflow-otlp",
];

export const test = base.extend<Each, Worker>({
  clew: [
    async ({}, use) => {
      const clew = await new Clew().start();
      await clew.replay(...RECORDED);
      clew.command("demo", "--server", clew.url);
      await use(clew);
      await clew.remove();
    },
    { scope: "worker", timeout: 60_000 },
  ],
  // The page goes before its server, so that nothing is asked of one that is gone.
  empty: async ({ page }, use) => {
    const clew = await new Clew().start();
    await use(clew);
    await page.close();
    await clew.remove();
  },
  keyed: async ({ page }, use) => {
    const clew = new Clew(["--open", "false"]);
    const made = JSON.parse(
      clew.command("keys", "create", "--name", "founder", "--scopes", "ingest,read,admin", "--json"),
    ) as { key: string };
    await clew.start();
    await use({ clew, key: made.key });
    await page.close();
    await clew.remove();
  },
  troubles: [
    async ({ page }, use) => {
      const troubles: string[] = [];
      page.on("pageerror", (error) => troubles.push(String(error)));
      page.on("console", (message) => {
        if (message.type() === "error") troubles.push(`${message.text()} ${message.location().url}`);
      });
      await use(troubles);
      if (troubles.length > 0) throw new Error(`the page had trouble:\n${troubles.join("\n")}`);
    },
    { auto: true },
  ],
});

export { expect } from "@playwright/test";
