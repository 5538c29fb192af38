/**
 * The same run in Arize Phoenix, from PyPI in an environment of its own under ~/.cache, opened by the same browser.
 * Its OTLP takes Protobuf only, so phoenix_send.py sends.
 */

import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { freshPage, heap, painted } from "./browser.mjs";
import { openInference, requests } from "./runs.mjs";

const HOME = join(homedir(), ".cache/clew-bench/phoenix");
const PORT = 6106;
const URL_BASE = `http://127.0.0.1:${PORT}`;
const GRPC_PORT = 6107;
const READY_MS = 120_000;
/** A row of its tree, by the class names of version 20. */
const TREE = { row: ".span-node__heading" };
const SETTLED_MS = 2_000;

/** Installs Phoenix where it is missing, and measures it. */
export async function measurePhoenix(browser, run, repeat) {
  install();
  const folder = mkdtempSync(join(tmpdir(), "phoenix-bench-"));
  const server = await start(folder);
  try {
    sendRun(folder, run);
    const address = await addressOf(run);
    const found = [];
    for (let at = 0; at < repeat; at++) found.push(await open(browser, address));
    found.sort((left, right) => left.paint - right.paint);
    return { version: version(), ...found[repeat >> 1] };
  } finally {
    const ended = new Promise((done) => server.once("exit", done));
    server.kill("SIGTERM");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

function install() {
  if (existsSync(join(HOME, "bin/phoenix"))) return;
  mkdirSync(HOME, { recursive: true });
  execFileSync("python3", ["-m", "venv", HOME], { stdio: "inherit" });
  execFileSync(join(HOME, "bin/pip"), ["install", "--quiet", "arize-phoenix"], { stdio: "inherit" });
}

function version() {
  const code = "from importlib.metadata import version; print(version('arize-phoenix'))";
  return execFileSync(join(HOME, "bin/python"), ["-c", code], { encoding: "utf8" }).trim();
}

async function start(folder) {
  const server = spawn(join(HOME, "bin/phoenix"), ["serve"], {
    env: {
      ...process.env,
      PHOENIX_WORKING_DIR: folder,
      PHOENIX_PORT: String(PORT),
      PHOENIX_GRPC_PORT: String(GRPC_PORT),
      PHOENIX_HOST: "127.0.0.1",
      PHOENIX_TELEMETRY_ENABLED: "false",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  for (const stream of [server.stdout, server.stderr]) stream.on("data", (chunk) => (printed += chunk));
  for (const until = Date.now() + READY_MS; Date.now() < until;) {
    if (server.exitCode !== null) throw new Error(`Phoenix ended with ${server.exitCode}:\n${printed}`);
    const answer = await fetch(`${URL_BASE}/healthz`).catch(() => null);
    if (answer?.ok) return server;
    await new Promise((done) => setTimeout(done, 200));
  }
  server.kill("SIGTERM");
  throw new Error(`Phoenix did not answer within ${READY_MS} ms:\n${printed}`);
}

function sendRun(folder, run) {
  const path = join(folder, "run.jsonl");
  const lines = [...requests(run, 500, openInference)].map((request) => JSON.stringify(request));
  writeFileSync(path, lines.join("\n"));
  const script = new URL("phoenix_send.py", import.meta.url).pathname;
  execFileSync(join(HOME, "bin/python"), [script, path, `${URL_BASE}/v1/traces`], {
    stdio: "inherit",
  });
}

/** The page of the run, once all its spans have been taken in. */
async function addressOf(run) {
  const query = `{ projects { edges { node { id name recordCount: traceCount trace(traceId: "${run.traceId}") { numSpans } } } } }`;
  for (const until = Date.now() + READY_MS; Date.now() < until;) {
    const answer = await fetch(`${URL_BASE}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query }),
    });
    const { data } = await answer.json();
    const project = data?.projects.edges.find(
      ({ node }) => (node.trace?.numSpans ?? 0) >= run.spans.length,
    )?.node;
    if (project) return `${URL_BASE}/projects/${project.id}/traces/${run.traceId}`;
    await new Promise((done) => setTimeout(done, 500));
  }
  throw new Error("Phoenix did not take the run in");
}

async function open(browser, address) {
  const fresh = await freshPage(browser, URL_BASE, TREE);
  const { page, cdp } = fresh;
  try {
    await page.goto(address, { waitUntil: "commit" });
    const paint = await painted(page, "row");
    await page.waitForTimeout(SETTLED_MS);
    return { paint, spans: await page.locator(TREE.row).count(), heap: await heap(cdp) };
  } finally {
    await fresh.close();
  }
}
