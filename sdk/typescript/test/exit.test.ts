import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { FakeServer, hangUp, json } from "./support.js";
import type { Behaviour } from "./support.js";

const TAKEN = json(200, { accepted: 1, rejected_count: 0, rejected: [] });
/** What a proxy may say in front of a server. */
const PAGE: Behaviour = (_, response) => void response.end("<html>sign in</html>");
const SDK = new URL("../packages/clew/src/index.js", import.meta.url).href;
const folders: string[] = [];
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

interface Ended {
  code: number | null;
  signal: string | null;
  printed: string;
}

/** Runs a program that has `client`, an open `run` and an ended span; gives how it ended. */
function program(url: string, spool: string, body: string, more: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const text = `
    const { Clew } = await import(${JSON.stringify(SDK)});
    const client = new Clew();
    const run = client.openRun({ agentId: "a", runId: "the-run" });
    run.startSpan("s").end();
    ${body}`;
  const env = {
    PATH: process.env["PATH"],
    CLEW_URL: url,
    CLEW_SPOOL: spool,
    CLEW_FLUSH_INTERVAL: "60",
    ...more,
  };
  const child = spawn(process.execPath, ["--input-type=module", "-e", text], { env });
  let printed = "";
  child.stderr.on("data", (piece: Buffer) => (printed += piece.toString()));
  child.stdout.on("data", (piece: Buffer) => {
    printed += piece.toString();
    if (printed.includes("kill me")) child.kill("SIGTERM");
  });
  return new Promise((resolve) => child.on("close", (code, signal) => resolve({ code, signal, printed })));
}

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "clew-exit-"));
  folders.push(made);
  return made;
}

function spooled(root: string): string[] {
  return readdirSync(root).flatMap((inner) => readdirSync(join(root, inner)));
}

/** How many records of the run the server got. */
function records(server: FakeServer): number {
  const runs = server.bodies.flatMap((body) => body.runs).filter((run) => run["run_id"] === "the-run");
  return runs.reduce(
    (sum, run) => sum + ((run["spans"] as unknown[]) ?? []).length + ("start" in run ? 1 : 0),
    0,
  );
}

test("a program that just ends has sent everything, and is not kept by the SDK", async () => {
  const server = await FakeServer.start(TAKEN);
  const root = folder();
  const ended = await program(server.url, root, "");
  assert.deepEqual([ended.code, ended.printed], [0, ""]);
  assert.equal(records(server), 2);
  assert.deepEqual(spooled(root), []);
  await server.stop();
});

test("process.exit, an uncaught exception and a signal lose nothing", async () => {
  for (const [body, code, signal] of [
    ["process.exit(3)", 3, null],
    ["setTimeout(() => { throw new Error('uncaught') }, 0)", 1, null],
    ["console.log('kill me'); setInterval(() => {}, 1000)", null, "SIGTERM"],
  ] as const) {
    const server = await FakeServer.start(TAKEN);
    const root = folder();
    const ended = await program(server.url, root, body);
    assert.deepEqual([ended.code, ended.signal], [code, signal], ended.printed);
    assert.equal(records(server), 2, body);
    assert.deepEqual(spooled(root), [], body);
    await server.stop();
  }
});

test("a program's own listener of a signal decides", async () => {
  const server = await FakeServer.start(TAKEN);
  const body = `process.on("SIGTERM", () => process.exit(7)); console.log("kill me"); setInterval(() => {}, 1000)`;
  const ended = await program(server.url, folder(), body);
  assert.equal(ended.code, 7);
  assert.equal(records(server), 2);
  await server.stop();
});

test("where the server is away the end is quick, and the next program sends what was left", async () => {
  const server = await FakeServer.start(hangUp);
  const root = folder();
  const ended = await program(server.url, root, "await run.complete()");
  assert.equal(ended.code, 0);
  assert.match(
    ended.printed,
    /^clew: http:\/\/127\.0\.0\.1:\d+ cannot be sent to .*; runs are kept on disk until it can\n$/,
  );
  assert.equal(spooled(root).length, 1);
  const port = Number(new URL(server.url).port);
  await server.stop();
  const back = await FakeServer.start(TAKEN, port);
  const next = await program(back.url, root, "", {});
  assert.equal(next.code, 0);
  assert.equal(records(back), 4);
  assert.deepEqual(spooled(root), []);
  await back.stop();
});

test("a program ends where the server is away and the spool takes nothing, and says what was lost", async () => {
  for (const spool of ["off", "/dev/null/spool"]) {
    const server = await FakeServer.start(hangUp);
    const ended = await program(server.url, spool, "");
    assert.equal(ended.code, 0);
    assert.match(ended.printed, /2 records were dropped: the process ends and the spool took nothing\n$/);
    assert.equal(server.got.length, 1);
    await server.stop();
  }
});

test("the last post knows a page of something else from a Clew", async () => {
  const server = await FakeServer.start(PAGE);
  const root = folder();
  await program(server.url, root, "process.exit(0)");
  assert.equal(spooled(root).length, 1);
  await server.stop();
});

test("process.exit while the server is away leaves the run on disk", async () => {
  const server = await FakeServer.start(hangUp);
  const root = folder();
  const ended = await program(server.url, root, "process.exit(0)");
  assert.equal(ended.code, 0);
  assert.equal(spooled(root).length, 1);
  await server.stop();
});

test("a top-level await of the end of a run goes on", async () => {
  const server = await FakeServer.start(TAKEN);
  const ended = await program(
    server.url,
    folder(),
    "await run.complete(); console.log('after', client.stats().sent)",
  );
  assert.deepEqual([ended.code, ended.printed], [0, "after 3\n"]);
  await server.stop();
});
