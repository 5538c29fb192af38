import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import { Clew } from "../packages/clew/src/client.js";
import { Spool } from "../packages/clew/src/spool.js";
import { MemoryTransport } from "../packages/clew/src/testing.js";
import { ManualTimers, until } from "./support.js";

const SPOOL = new URL("../packages/clew/src/spool.js", import.meta.url).href;
const folders: string[] = [];
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "clew-spool-"));
  folders.push(made);
  return made;
}

const WHERE = { baseUrl: "http://127.0.0.1:2539", apiKey: undefined, workspace: undefined };
// The first 16 digits of `printf 'http://127.0.0.1:2539\n\n' | sha256sum`.
const WHERE_FOLDER = "ea34366784090a83";

/** Files of a spool. */
function files(root: string): string[] {
  return readdirSync(root).flatMap((inner) =>
    readdirSync(join(root, inner)).map((name) => join(root, inner, name)),
  );
}

test("a batch is a file of this server and key, for nobody else to read", () => {
  const root = folder();
  const spool = new Spool(WHERE, root, 1000);
  assert.equal(spool.write({ body: gzipSync('{"runs":[]}'), records: 1 }), true);
  assert.deepEqual(readdirSync(root), [WHERE_FOLDER]);
  const [file] = files(root);
  assert.match(file!, new RegExp(`/[0-9]{13}-${process.pid}-[0-9a-f]{8}\\.json\\.gz$`));
  assert.equal(statSync(file!).mode & 0o777, 0o600);
  assert.equal(statSync(join(root, WHERE_FOLDER)).mode & 0o777, 0o700);
  assert.equal(new Spool({ ...WHERE, apiKey: "other" }, root, 1000).hasAny(), false);
});

test("the oldest comes first, too old ones go, and a bound holds", () => {
  const root = folder();
  const inner = join(root, WHERE_FOLDER);
  mkdirSync(inner, { recursive: true });
  const now = Date.now();
  writeFileSync(join(inner, `${now - 8 * 24 * 3600 * 1000}-1-00000000.json.gz`), "old");
  writeFileSync(join(inner, `${now - 1000}-1-00000000.json.gz`), "second");
  writeFileSync(join(inner, `${now - 2000}-1-00000000.json.gz`), "first");
  writeFileSync(join(inner, `${now}-1-00000000.json.gz.part`), "half");
  const spool = new Spool(WHERE, root, 20);
  let removed = 0;
  const oldest = spool.oldest((count) => (removed += count));
  assert.equal(Buffer.from(oldest!.body).toString(), "first");
  assert.equal(removed, 1);
  assert.equal(spool.write({ body: Buffer.alloc(10), records: 1 }), false);
  assert.equal(spool.remove(oldest!.name), true);
  assert.equal(spool.remove(oldest!.name), false);
  assert.equal(spool.write({ body: Buffer.alloc(10), records: 1 }), true);
});

test("what was left half written counts, and goes when it is old", () => {
  const root = folder();
  const inner = join(root, WHERE_FOLDER);
  mkdirSync(inner, { recursive: true });
  const now = Date.now();
  writeFileSync(join(inner, `${now}-1-00000000.json.gz.part`), "half");
  writeFileSync(join(inner, `${now - 2 * 3600 * 1000}-1-00000000.json.gz.part`), "half, of long ago");
  const spool = new Spool(WHERE, root, 10);
  assert.equal(spool.write({ body: Buffer.alloc(7), records: 1 }), false);
  assert.equal(spool.write({ body: Buffer.alloc(6), records: 1 }), true);
  assert.equal(files(root).length, 2);
});

test("what cannot be written leaves no half of it", () => {
  const root = folder();
  const text = `
    const { Spool } = await import(${JSON.stringify(SPOOL)});
    const spool = new Spool(${JSON.stringify(WHERE)}, ${JSON.stringify(root)}, 1e6);
    console.log(spool.write({ body: Buffer.alloc(100_000), records: 1 }));`;
  // No file of this process may grow beyond a few kilobytes, as on a full disk.
  const limited = 'trap "" XFSZ; ulimit -f 8; exec "$0" --input-type=module -e "$1"';
  const done = spawnSync("sh", ["-c", limited, process.execPath, text], { encoding: "utf8" });
  assert.equal(done.stdout, "false\n", done.stderr);
  assert.deepEqual(files(root), []);
});

test("a folder that cannot be made is no failure of the program", () => {
  const spool = new Spool(WHERE, "/dev/null/spool", 1000);
  assert.equal(spool.write({ body: Buffer.alloc(1), records: 1 }), false);
  assert.equal(spool.hasAny(), false);
});

test("while the server is away batches go to the spool, and when it is back all of it arrives", async () => {
  const root = folder();
  const transport = new MemoryTransport();
  const timers = new ManualTimers();
  const client = new Clew({ transport, timers, spool: root });
  transport.answers.push(new Error("refused"));
  const run = client.openRun({ agentId: "a" });
  timers.advance(1000);
  await until(() => client.stats().spooled === 1);
  run.startSpan("meanwhile").end();
  timers.advance(200);
  void run.complete();
  assert.equal(await client.flush(), true);
  assert.deepEqual(files(root), []);
  const [told] = transport.runs();
  assert.deepEqual([told?.status, told?.spans.length, told?.start["agent_id"]], ["ok", 1, "a"]);
  assert.deepEqual([client.stats().sent, client.stats().dropped], [3, 0]);
});

test("what one process left the next one sends", async () => {
  const root = folder();
  const away = new MemoryTransport();
  away.answers.push(new Error("refused"), new Error("refused"));
  const first = new Clew({ transport: away, spool: root });
  const run = first.openRun({ agentId: "a", runId: "left" });
  run.startSpan("s").end();
  void run.complete();
  assert.equal(await first.shutdown(), false);
  assert.equal(files(root).length, 1);
  const transport = new MemoryTransport();
  const second = new Clew({ transport, spool: root });
  void second.openRun({ agentId: "a", runId: "new" }).complete();
  assert.equal(await second.flush(), true);
  assert.deepEqual(
    transport.runs().map(({ runId, status }) => [runId, status]),
    [
      ["new", "ok"],
      ["left", "ok"],
    ],
  );
  assert.deepEqual(files(root), []);
});

test("half a file, or one of something else, is removed", async () => {
  const root = folder();
  mkdirSync(join(root, WHERE_FOLDER));
  writeFileSync(join(root, WHERE_FOLDER, `${Date.now()}-1-00000000.json.gz`), "not gzip");
  const transport = new MemoryTransport();
  const client = new Clew({ ...WHERE, transport, spool: root });
  client.openRun({ agentId: "a" });
  assert.equal(await client.flush(), true);
  assert.deepEqual(files(root), []);
});

test("a batch that cannot be removed is sent once a round, not for ever", async () => {
  const root = folder();
  const away = new MemoryTransport();
  away.answers.push(new Error("refused"), new Error("refused"));
  const first = new Clew({ transport: away, spool: root });
  first.openRun({ agentId: "a", runId: "left" });
  await first.shutdown();
  const transport = new MemoryTransport();
  const remove = Spool.prototype.remove;
  Spool.prototype.remove = () => false;
  try {
    const second = new Clew({ transport, spool: root });
    assert.equal(await second.flush(1), false);
  } finally {
    Spool.prototype.remove = remove;
  }
  assert.equal(transport.requests.length, 1);
});
