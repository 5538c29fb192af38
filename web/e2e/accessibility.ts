/** Runs axe-core over what a page shows. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "@playwright/test";
import { expect } from "./test";

const SOURCE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** WCAG 2.0 to 2.2, levels A and AA, and what axe holds to be good practice. */
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

interface Finding {
  id: string;
  impact: string;
  help: string;
  nodes: { target: string[]; html: string; failureSummary: string }[];
}

/**
 * No serious and no critical finding on the page as it stands. The source of axe goes in through the debugger
 * (`evaluate`), which the page's Content-Security-Policy does not concern: the policy stays as it is for readers.
 */
export async function expectAccessible(page: Page, state: string): Promise<void> {
  // Colours are measured when nothing fades any more.
  await page.evaluate(() =>
    Promise.allSettled(
      document
        .getAnimations()
        .filter((animation) => animation.effect?.getComputedTiming().iterations !== Infinity)
        .map((animation) => animation.finished),
    ),
  );
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(SOURCE);
  const findings = await page.evaluate(async (tags) => {
    const { axe } = window as unknown as {
      axe: { run: (context: Document, options: object) => Promise<{ violations: Finding[] }> };
    };
    const { violations } = await axe.run(document, { runOnly: { type: "tag", values: tags } });
    return violations;
  }, TAGS);
  const grave = findings
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, impact, help, nodes }) => ({
      state,
      rule: `${id} (${impact}): ${help}`,
      where: nodes
        .slice(0, 5)
        .map((node) => `${node.target.join(" ")} ${node.html.slice(0, 160)} ${node.failureSummary}`),
    }));
  expect(grave).toEqual([]);
}
