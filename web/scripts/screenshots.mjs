// The screenshots of docs/screenshots, of a Clew that this starts itself.
//
//   npm run screenshots                      the ones that are kept in git
//   npm run screenshots -- --all FOLDER      every page and state, in both widths and themes
//   npm run screenshots -- --only run-tree   those whose name begins so
//
// Same time zone, same clock, nothing moves: two runs differ in the times of day alone.
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { chromium } from "@playwright/test";
import { runnerImport } from "vite";
import { KEPT, SCENES } from "./screenshots.scenes.mjs";

const HERE = import.meta.dirname;
const WIDTHS = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
];
const THEMES = ["light", "dark"];
const RECORDED = [
  "agno",
  "traceloop",
  "vercel-http-json",
  "phoenix-http",
  "logfire-otlp",
  "claude-code-http-json",
  "otel-http-json",
  "mlflow-otlp",
];
const HUGE_SPANS = 10_000;
const HUGE_RUNS = 10_000;
const RUNS_OF_A_REQUEST = 500;

const load = async (file) =>
  (await runnerImport(resolve(HERE, "../e2e", file), { configFile: false })).module;
const { Clew } = await load("clew.ts");
const { agent, chat, id, otlp, tool } = await load("otlp.ts");

const option = (name) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
};
const all = option("all");
const folder = resolve(all ?? join(HERE, "../../docs/screenshots"));
const wanted = (name) => (all !== undefined || KEPT.includes(name)) && name.startsWith(option("only") ?? "");

/** Numbers that look like chance and are the same each time. */
function chance(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** One run of 10,000 spans: a swarm of agents that ask models and call tools. */
function hugeRun(startMs) {
  const next = chance(7);
  const names = ["planner", "researcher", "coder", "reviewer", "critic"];
  const tools = ["read_file", "web_search", "run_tests", "grep"];
  const spans = [{ id: id(1), name: "invoke_agent swarm", start: 0, attributes: agent("swarm") }];
  let at = 0;
  while (spans.length < HUGE_SPANS) {
    const name = names[next(names.length)];
    const parent = {
      id: id(spans.length + 1),
      parent: id(1),
      name: `invoke_agent ${name}`,
      start: at,
      attributes: agent(name),
    };
    spans.push(parent);
    for (let step = 20 + next(180); step > 0 && spans.length < HUGE_SPANS; step--) {
      const place = { id: id(spans.length + 1), parent: parent.id, start: at };
      at += 20 + next(1500);
      if (next(3) === 0) {
        const words = [`What is next, step ${step}?`, `Read file ${next(50)}.`];
        spans.push({
          ...place,
          name: "chat",
          end: at,
          attributes: chat("gpt-5-mini", ...words, [500 + next(20_000), 20 + next(900)]),
        });
      } else {
        const called = tools[next(tools.length)];
        const fails = next(100) === 0 ? { error: "exit code 1" } : {};
        spans.push({
          ...place,
          name: `execute_tool ${called}`,
          end: at,
          attributes: tool(called, { path: `src/${next(50)}.rs` }, "done"),
          ...fails,
        });
      }
    }
    parent.end = at;
  }
  spans[0].end = at;
  return otlp("b1600000000000000000000000002710", startMs - at, spans);
}

/** 10,000 short runs over a week. */
async function manyRuns(clew, nowMs) {
  const next = chance(11);
  const questions = [
    "Where is my parcel?",
    "Refund order 5521",
    "Summarise the ticket",
    "What changed since Monday?",
  ];
  for (let first = 0; first < HUGE_RUNS; first += RUNS_OF_A_REQUEST) {
    const requests = Array.from({ length: RUNS_OF_A_REQUEST }, (_, at) => {
      const number = first + at;
      const length = 300 + next(9000);
      const named = ["ada", "coder", "planner", "travel-chat"][next(4)];
      const more = { "user.id": `user-${next(40)}`, "session.id": `session-${next(900)}` };
      const words = [questions[next(4)], "Done."];
      const calls = chat("gpt-5-mini", ...words, [200 + next(9000), 20 + next(400)]);
      const fails = next(25) === 0 ? { error: "the model refused" } : {};
      return otlp(`c0ffee${number.toString(16).padStart(26, "0")}`, nowMs - next(7 * 86_400_000) - 60_000, [
        {
          id: id(1),
          name: `invoke_agent ${named}`,
          start: 0,
          end: length,
          attributes: agent(named, more),
          ...fails,
        },
        { id: id(2), parent: id(1), name: "chat", start: 10, end: length - 10, attributes: calls },
      ]);
    });
    await clew.otlp({ resourceSpans: requests.flatMap(({ resourceSpans }) => resourceSpans) });
  }
}

/** The servers by what is in them. */
async function servers(names) {
  const found = {};
  for (const name of names) {
    const clew = new Clew(name === "keyed" ? ["--open", "false"] : []);
    if (name === "keyed") clew.command("keys", "create", "--name", "founder", "--scopes", "read", "--json");
    found[name] = await clew.start();
    if (name === "normal") {
      await clew.replay(...RECORDED);
      clew.command("demo", "--server", clew.url);
    }
    if (name === "huge") {
      await manyRuns(clew, Date.now());
      await clew.otlp(hugeRun(Date.now() - 60_000));
    }
  }
  return found;
}

/** Each shot is taken by somebody who was never here: nothing is remembered from the one before. */
async function shoot(browser, url, { scene, size, theme }, file, now) {
  const context = await browser.newContext({
    viewport: size,
    colorScheme: theme,
    timezoneId: "UTC",
    locale: "en-GB",
    reducedMotion: "reduce",
    hasTouch: size.width < 640,
  });
  const page = await context.newPage();
  const quiet = () => page.waitForLoadState("networkidle", { timeout: 3_000 }).catch(() => undefined);
  try {
    await page.clock.setFixedTime(now);
    await page.goto(url + encodeURI(scene.path));
    await page.locator(scene.ready).first().waitFor();
    await quiet();
    const busy = page.locator("[aria-busy=true]").first();
    await busy.waitFor({ state: "detached", timeout: 5_000 }).catch(() => undefined);
    await scene.act?.(page);
    await quiet();
    await page.screenshot({ path: file, animations: "disabled", caret: "hide" });
  } finally {
    await context.close();
  }
}

const shots = SCENES.flatMap((scene) =>
  WIDTHS.filter(({ width }) => !scene.only || scene.only === width).flatMap((size) =>
    THEMES.map((theme) => ({ scene, size, theme, name: `${scene.name}-${size.width}-${theme}` })),
  ),
).filter(({ name }) => wanted(name));
const unknown = KEPT.filter((name) => !all && !option("only") && !shots.some((shot) => shot.name === name));
if (unknown.length > 0) throw new Error(`kept, but of no scene: ${unknown.join(", ")}`);

mkdirSync(folder, { recursive: true });
const clews = await servers(new Set(shots.map(({ scene }) => scene.on ?? "normal")));
const now = Date.now() + 60_000;
const browser = await chromium.launch({
  executablePath: process.env.CLEW_CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--hide-scrollbars",
  ],
});
try {
  for (const shot of shots) {
    const file = join(folder, `${shot.name}.png`);
    console.log(shot.name);
    await shoot(browser, clews[shot.scene.on ?? "normal"].url, shot, file, now).catch((error) => {
      process.exitCode = 1;
      console.error(`${shot.name}: ${error.message}`);
    });
  }
} finally {
  await browser.close();
  for (const clew of Object.values(clews)) await clew.remove();
}
