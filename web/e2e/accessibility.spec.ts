/** axe finds nothing serious on any page, in its main states, in both themes. */

import type { Page } from "@playwright/test";
import { expectAccessible } from "./accessibility";
import type { Clew } from "./clew";
import { FAILING, view } from "./openrun";
import { filterBy } from "./lists";
import { expect, test } from "./test";

const RUN = `/ui/runs/${FAILING}`;

/** A page in a state: its address, what says that it is there, and what is done on it first. */
interface State {
  name: string;
  path: string;
  ready: string;
  act?: (page: Page) => Promise<void>;
}

const LISTS: State[] = [
  { name: "runs", path: "/ui/runs?range=all", ready: ".trow.r" },
  {
    name: "runs, opened in place",
    path: "/ui/runs?range=all",
    ready: ".trow.r",
    act: async (page) => {
      await page.keyboard.press("j");
      await page.keyboard.press("ArrowRight");
      await expect(page.locator(".trow.kid").first()).toBeVisible();
    },
  },
  {
    name: "runs with an error in the filter",
    path: "/ui/runs?range=all&q=agnt:planner",
    ready: ".remarks .bad",
  },
  { name: "runs, nothing matches", path: "/ui/runs?range=all&q=agent:nobody", ready: ".empty" },
  {
    name: "completion",
    path: "/ui/runs?range=all&q=session:sess-123",
    ready: ".trow.r",
    act: async (page) => {
      await page.keyboard.press("/");
      await page.keyboard.type("ag");
      await expect(page.getByRole("listbox", { name: "Filter by" })).toBeVisible();
    },
  },
  {
    name: "columns",
    path: "/ui/runs?range=all",
    ready: ".trow.r",
    act: async (page) => {
      await page.getByRole("button", { name: "Columns" }).click();
      await expect(page.getByRole("list", { name: "Not shown" })).toBeVisible();
    },
  },
  {
    name: "time range",
    path: "/ui/runs?range=all",
    ready: ".trow.r",
    act: async (page) => {
      await page.getByRole("button", { name: /^Time range/ }).click();
      await expect(page.getByRole("menuitemradio", { name: "Last hour" })).toBeVisible();
    },
  },
  { name: "peek", path: `/ui/runs?range=all&run=${FAILING}`, ready: ".peek .facts .fact" },
  { name: "spans", path: "/ui/spans?range=all", ready: ".trow.r" },
  { name: "sessions", path: "/ui/sessions?range=all", ready: ".trow.r" },
  {
    name: "palette",
    path: "/ui/runs?range=all",
    ready: ".trow.r",
    act: async (page) => {
      await page.keyboard.press("Control+k");
      await expect(page.getByRole("option").first()).toBeVisible();
    },
  },
  {
    name: "keys",
    path: "/ui/runs?range=all",
    ready: ".trow.r",
    act: async (page) => {
      await page.keyboard.press("?");
      await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
    },
  },
];

const VIEWS: State[] = ["transcript", "tree", "timeline", "graph"].map((name) => ({
  name: `run, ${name}`,
  path: `${RUN}?view=${name}`,
  ready: ".facts .fact",
  act: async (page) => {
    await expect(view(page, new RegExp(name, "i"))).toHaveAttribute("aria-selected", "true");
    await expect(page.locator(".panelzone")).toBeVisible();
  },
}));
const RUNS: State[] = [
  ...VIEWS,
  { name: "run, spans of the graph", path: `${RUN}?view=graph&graph=spans`, ready: ".facts .fact" },
  { name: "run, heat", path: `${RUN}?view=timeline&heat=tokens`, ready: ".facts .fact" },
  { name: "receipt", path: `${RUN}?open=receipt`, ready: ".pop" },
  { name: "ledger", path: `${RUN}?open=ledger`, ready: ".pop" },
];

const PAGES: State[] = [
  { name: "session", path: "/ui/sessions/lisbon-0", ready: "main h1" },
  { name: "users", path: "/ui/users?range=all", ready: "main h1" },
  { name: "user", path: "/ui/users/jonas", ready: "main h1" },
  { name: "agents", path: "/ui/agents?range=all", ready: "main h1" },
  { name: "agent", path: "/ui/agents/coder", ready: "main h1" },
  { name: "overview", path: "/ui/overview?range=all", ready: ".ov section" },
  { name: "start", path: "/ui/start", ready: "[role=tabpanel]" },
  { name: "no such page", path: "/ui/nowhere", ready: "main" },
  { name: "no such run", path: `/ui/runs/${"0".repeat(31)}1`, ready: ".empty" },
];
const SETTINGS: State[] = [
  "general",
  "keys",
  "audit",
  "agents",
  "prices",
  "retention",
  "data",
  "requests",
].map((name) => ({ name: `settings, ${name}`, path: `/ui/settings/${name}`, ready: "main h2, main h1" }));

async function check(page: Page, clew: Clew, states: readonly State[]) {
  for (const { name, path, ready, act } of states) {
    await test.step(name, async () => {
      await page.goto(clew.url + path);
      await expect(page.locator(ready).first()).toBeVisible();
      await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
      await act?.(page);
      await expectAccessible(page, name);
    });
  }
}

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });
    test.setTimeout(180_000);

    test("lists", async ({ page, clew, troubles }) => {
      await check(page, clew, LISTS);
      // The filter that is not understood is refused.
      troubles.splice(0);
    });
    test("an open run", async ({ page, clew }) => {
      await check(page, clew, RUNS);
    });
    test("the panel of a span, each of its tabs", async ({ page, clew }) => {
      await page.goto(`${clew.url}${RUN}`);
      const tabs = page.getByRole("complementary", { name: "Selected span" }).getByRole("tab");
      await expect(tabs.first()).toBeVisible();
      for (let at = 0; at < (await tabs.count()); at++) {
        await tabs.nth(at).click();
        await expect(tabs.nth(at)).toHaveAttribute("aria-selected", "true");
        await expectAccessible(page, `panel, ${await tabs.nth(at).innerText()}`);
      }
    });
    test("session, users, agents, overview, start and what is not there", async ({
      page,
      clew,
      troubles,
    }) => {
      await check(page, clew, PAGES);
      troubles.splice(0);
    });
    test("settings", async ({ page, clew }) => {
      await check(page, clew, SETTINGS);
    });
    test("sign-in, and an empty install", async ({ page, keyed, empty }) => {
      await check(page, keyed.clew, [{ name: "sign-in", path: "/ui/runs", ready: "input" }]);
      await check(page, empty, [
        { name: "no runs", path: "/ui/runs", ready: ".empty" },
        { name: "no overview", path: "/ui/overview", ready: ".empty" },
      ]);
    });

    test.describe("phone", () => {
      test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });
      test("list, run, span, session, overview, settings", async ({ page, clew }) => {
        await check(page, clew, [
          LISTS[0]!,
          LISTS[8]!,
          ...VIEWS.map(({ act: _, ...state }) => state),
          PAGES[0]!,
          PAGES[3]!,
          PAGES[5]!,
          SETTINGS[0]!,
          {
            name: "filter sheet",
            path: "/ui/runs?range=all",
            ready: ".trow.r",
            act: async (page) => {
              await page.getByRole("button", { name: "Search and filter" }).tap();
              await filterBy(page, "session:sess-123");
              await expect(page.getByRole("button", { name: "Show 8 traces" })).toBeVisible();
            },
          },
        ]);
      });
    });
  });
}
