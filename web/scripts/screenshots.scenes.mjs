// What scripts/screenshots.mjs takes: every page and state, its address, and what is done on it first.

const FAILING = "78dde6e5fd29f054000000000004c1e0";
const RESEARCH = "daa66d2c7ddf743f000000000003c1e0";
/** Its root was never sent. */
const ROOTLESS = "6e191220d10ef545399e378cf8335476";
const OTEL = "bd10a680fc07deef5830b5063622f663";
const RUN = `/ui/runs/${FAILING}`;
const ROW = ".trow.r";
const OPEN = ".facts .fact";
/** On a phone the rows of a run are cards; nothing is selected by itself. */
const tab = (name) => async (page) => {
  const found = page.getByRole("complementary", { name: "Selected span" }).getByRole("tab", { name });
  if ((await found.count()) > 0) await found.first().click();
};
const press =
  (...keys) =>
  async (page) => {
    for (const key of keys) await page.keyboard.press(key);
  };

/**
 * `name`, `path`, `ready` (CSS that says it is there), `act` (what is done then), `on` (which server: normal, empty,
 * keyed, huge), `only` (a width, where the other has no such state).
 */
export const SCENES = [
  { name: "runs", path: "/ui/runs?range=all", ready: ROW },
  {
    name: "runs-filtered",
    path: "/ui/runs?range=all&q=session:sess-123 tool:get_weather&sort=-tokens",
    ready: ROW,
  },
  {
    name: "runs-expanded",
    path: "/ui/runs?range=all",
    ready: ROW,
    act: press("j", "j", "j", "j", "j", "ArrowRight"),
    only: 1440,
  },
  { name: "runs-error", path: "/ui/runs?range=all&q=agnt:planner", ready: ".remarks .bad", only: 1440 },
  { name: "runs-no-match", path: "/ui/runs?range=all&q=session:sess-123 user:jonas", ready: ".empty" },
  { name: "runs-peek", path: `/ui/runs?range=all&run=${FAILING}`, ready: OPEN, only: 1440 },
  { name: "spans", path: "/ui/spans?range=all", ready: ROW },
  { name: "sessions", path: "/ui/sessions?range=all", ready: ROW },
  { name: "run-transcript", path: RUN, ready: OPEN },
  { name: "run-tree", path: `${RUN}?view=tree`, ready: OPEN },
  { name: "run-timeline", path: `${RUN}?view=timeline`, ready: OPEN },
  { name: "run-timeline-heat", path: `${RUN}?view=timeline&heat=tokens&path=1`, ready: OPEN },
  { name: "run-graph", path: `${RUN}?view=graph`, ready: OPEN },
  { name: "run-graph-spans", path: `/ui/runs/${RESEARCH}?view=graph&graph=spans`, ready: OPEN },
  {
    name: "run-side-by-side",
    path: `/ui/runs/${RESEARCH}?view=transcript&beside=timeline`,
    ready: OPEN,
    only: 1440,
  },
  { name: "run-recorded", path: `/ui/runs/${OTEL}`, ready: OPEN },
  { name: "run-changes", path: RUN, ready: OPEN, act: tab(/changes|difference/i), only: 1440 },
  { name: "run-attributes", path: RUN, ready: OPEN, act: tab(/attributes/i), only: 1440 },
  { name: "span", path: `/ui/runs/${OTEL}?span=becd73abfa01df30`, ready: OPEN, only: 390 },
  { name: "receipt", path: `/ui/runs/${ROOTLESS}?open=receipt`, ready: ".pop" },
  { name: "ledger", path: `${RUN}?open=ledger`, ready: ".pop" },
  { name: "session", path: "/ui/sessions/lisbon-0", ready: "main h1" },
  { name: "users", path: "/ui/users?range=all", ready: "main h1" },
  { name: "user", path: "/ui/users/user-42?range=all", ready: "main h1" },
  { name: "agents", path: "/ui/agents?range=all", ready: "main h1" },
  { name: "agent", path: "/ui/agents/coder?range=all", ready: "main h1" },
  { name: "overview", path: "/ui/overview?range=1h", ready: ".ov section" },
  ...["general", "keys", "audit", "agents", "prices", "retention", "data", "requests"].map((section) => ({
    name: `settings-${section}`,
    path: `/ui/settings/${section}`,
    ready: "main h2, main h1",
  })),
  { name: "start", path: "/ui/start", ready: "[role=tabpanel]" },
  { name: "palette", path: "/ui/runs?range=all", ready: ROW, act: press("Control+k") },
  { name: "keys", path: RUN, ready: OPEN, act: press("?"), only: 1440 },
  { name: "sign-in", path: "/ui/runs", ready: "input", on: "keyed" },
  { name: "runs-empty", path: "/ui/runs", ready: ".empty", on: "empty" },
  { name: "overview-empty", path: "/ui/overview", ready: ".empty", on: "empty" },
  { name: "sessions-empty", path: "/ui/sessions", ready: ".empty", on: "empty" },
  { name: "start-empty", path: "/ui/start", ready: "[role=tabpanel]", on: "empty" },
  { name: "runs-huge", path: "/ui/runs?range=all", ready: ROW, on: "huge" },
  { name: "overview-huge", path: "/ui/overview?range=all", ready: ".ov section", on: "huge" },
  ...["transcript", "tree", "timeline", "graph"].map((view) => ({
    name: `run-${view}-huge`,
    path: `/ui/runs/b1600000000000000000000000002710?view=${view}`,
    ready: OPEN,
    on: "huge",
  })),
];

/** Those that are kept in git: enough to see what the pages are, in each width and theme. */
export const KEPT = [
  ..."run-transcript runs overview run-timeline-heat run-graph run-timeline-huge runs-peek"
    .split(" ")
    .flatMap((name) => [`${name}-1440-light`, `${name}-1440-dark`]),
  ..."run-tree run-graph-spans run-changes session receipt ledger agent user runs-empty runs-huge settings-prices start"
    .split(" ")
    .map((name) => `${name}-1440-light`),
  ..."palette keys run-tree-huge".split(" ").map((name) => `${name}-1440-dark`),
  ..."runs run-transcript".split(" ").flatMap((name) => [`${name}-390-light`, `${name}-390-dark`]),
  ..."run-timeline span session runs-empty".split(" ").map((name) => `${name}-390-light`),
  ..."overview run-tree-huge".split(" ").map((name) => `${name}-390-dark`),
];
