import assert from "node:assert/strict";
import { test } from "node:test";
import { Clew } from "../packages/clew/src/client.js";
import { configOf, shownUrl } from "../packages/clew/src/config.js";
import { Retry, verdictOf } from "../packages/clew/src/retry.js";
import { capture, MemoryTransport } from "../packages/clew/src/testing.js";
import type { Transport } from "../packages/clew/src/transport.js";
import { FakeServer, hangUp, json, ManualTimers, until } from "./support.js";

const TAKEN = json(200, { accepted: 1, rejected_count: 0, rejected: [] });

/** A client on manual timers, without a spool. */
function clientOf(transport: Transport, more: object = {}): { client: Clew; timers: ManualTimers } {
  const timers = new ManualTimers();
  return { client: new Clew({ transport, timers, spool: false, ...more }), timers };
}

test("many runs go out together, packed, with key and workspace", async () => {
  const server = await FakeServer.start(TAKEN);
  const client = new Clew({ baseUrl: server.url, apiKey: "aos_1", workspace: "acme", spool: false });
  for (let index = 0; index < 3; index += 1) {
    const run = client.openRun({ agentId: "a" });
    run.startSpan("s").end();
    void run.complete();
  }
  assert.equal(await client.flush(), true);
  assert.equal(server.got.length, 1);
  const [got] = server.got;
  assert.equal(got?.path, "/api/ingest/v1/batch");
  assert.equal(got?.headers["authorization"], "Bearer aos_1");
  assert.equal(got?.headers["x-clew-workspace"], "acme");
  assert.equal(got?.headers["content-encoding"], "gzip");
  assert.equal(server.bodies[0]?.runs.length, 3);
  assert.deepEqual(client.stats(), { sent: 9, dropped: 0, refused: 0, spooled: 0, retries: 0, waiting: 0 });
  await server.stop();
});

test("a batch has 512 records at most, and about a mebibyte", async () => {
  const transport = new MemoryTransport();
  const { client } = clientOf(transport);
  const run = client.openRun({ agentId: "a" });
  for (let index = 0; index < 1100; index += 1) run.startSpan("s").end();
  await client.flush();
  assert.equal(transport.requests.length, 3);
  transport.clear();
  for (let index = 0; index < 5; index += 1) run.startSpan("big", { input: "x".repeat(600_000) }).end();
  await client.flush();
  assert.equal(transport.requests.length, 3);
  assert.equal(transport.runs()[0]?.spans.length, 5);
});

test("what was recorded goes out after the interval, a full batch at once", async () => {
  const transport = new MemoryTransport();
  const { client, timers } = clientOf(transport, { flushInterval: 2 });
  const run = client.openRun({ agentId: "a" });
  assert.deepEqual(timers.pending, [2000]);
  timers.advance(1999);
  assert.equal(transport.requests.length, 0);
  timers.advance(1);
  await until(() => transport.requests.length === 1);
  for (let index = 0; index < 512; index += 1) run.startSpan("s").end();
  assert.equal(timers.pending[0], 0);
  timers.advance(0);
  await until(() => transport.requests.length === 2);
});

test("the end of a run is delivered soon, and its promise waits for that", async () => {
  const transport = new MemoryTransport();
  const { client, timers } = clientOf(transport);
  const ended = client.openRun({ agentId: "a" }).complete();
  timers.advance(20);
  await ended;
  assert.equal(transport.runs()[0]?.status, "ok");
});

test("after a failure it is tried again, later each time, and nothing is lost", async () => {
  const transport = new MemoryTransport();
  transport.answers.push(
    new Error("refused"),
    { status: 503 },
    { status: 429, headers: { "retry-after": "7" } },
  );
  const { client, timers } = clientOf(transport);
  client.openRun({ agentId: "a" }).startSpan("s").end();
  timers.advance(1000);
  await until(() => transport.requests.length === 1 && timers.pending.includes(250));
  timers.advance(250);
  await until(() => transport.requests.length === 2 && timers.pending.includes(500));
  timers.advance(500);
  await until(() => transport.requests.length === 3 && timers.pending.includes(7000));
  timers.advance(7000);
  await until(() => client.stats().waiting === 0);
  assert.deepEqual([client.stats().sent, client.stats().retries, client.stats().dropped], [2, 3, 0]);
});

test("while the server is away new records wait and are not pressed on it", async () => {
  const transport = new MemoryTransport();
  transport.answers.push({ status: 503, headers: { "retry-after": "30" } });
  const { client, timers } = clientOf(transport);
  const run = client.openRun({ agentId: "a" });
  timers.advance(1000);
  await until(() => timers.pending.includes(30_000));
  run.startSpan("later").end();
  timers.advance(1000);
  await until(() => client.stats().waiting === 2 && !timers.pending.includes(0));
  assert.equal(transport.requests.length, 1);
  assert.equal(await client.flush(), true);
  assert.equal(client.stats().sent, 2);
});

test("backoff doubles up to 30 seconds, and Retry-After is heard up to 60", () => {
  const timers = new ManualTimers();
  const retry = new Retry(timers);
  const waits = Array.from({ length: 9 }, () => {
    retry.failed(undefined);
    return retry.waitMs();
  });
  assert.deepEqual(waits, [250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  retry.failed("3");
  assert.equal(retry.waitMs(), 3000);
  retry.failed("86400");
  assert.equal(retry.waitMs(), 60_000);
  retry.succeeded();
  assert.equal(retry.mustWait(), false);
});

test("what an answer means", () => {
  const verdict = (status: number): string => verdictOf({ status, headers: {}, body: "" });
  for (const status of [408, 425, 429, 500, 502, 503, 504, 507, 520, 522, 530])
    assert.equal(verdict(status), "later", String(status));
  for (const status of [400, 401, 403, 404, 415, 302, 501, 505])
    assert.equal(verdict(status), "refused", String(status));
  assert.equal(verdict(413), "smaller");
  const said = (body: string): string => verdictOf({ status: 200, headers: {}, body });
  assert.equal(said('{"accepted":3,"rejected_count":0,"rejected":[]}'), "taken");
  for (const body of ["", "<html>sign in</html>", "{}", "null", '"accepted"'])
    assert.equal(said(body), "later", body);
  assert.equal(verdictOf(new Error("reset")), "later");
});

test("what is too large is halved, and refused only alone", async () => {
  const limit = 700;
  const server = await FakeServer.start((got, response) =>
    (got.body.length > limit ? json(413, {}) : TAKEN)(got, response),
  );
  const client = new Clew({ baseUrl: server.url, spool: false, metadata: {} });
  const run = client.openRun({ agentId: "a" });
  for (let index = 0; index < 9; index += 1) run.startSpan(`s${index}`).end();
  run.startSpan("x".repeat(1000)).end();
  await client.flush();
  assert.deepEqual([client.stats().sent, client.stats().refused], [10, 1]);
  const names = server.bodies
    .filter((body) => JSON.stringify(body).length <= limit)
    .flatMap(({ runs }) =>
      runs.flatMap((part) => ((part["spans"] as { name: string }[]) ?? []).map(({ name }) => name)),
    );
  assert.deepEqual(names, ["s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8"]);
  await server.stop();
});

test("a wrong key is told once, counted, and not tried for ever", async () => {
  const server = await FakeServer.start(
    json(401, { error: { code: "unauthenticated", message: "unknown key" } }),
  );
  const client = new Clew({ baseUrl: server.url, apiKey: "wrong", spool: false });
  await client.openRun({ agentId: "a" }).complete();
  assert.equal(await client.flush(), true);
  assert.equal(server.got.length, 1);
  assert.equal(client.stats().refused, 2);
  await server.stop();
});

test("single records that the server rejects are counted", async () => {
  const transport = new MemoryTransport();
  const rejected = [{ what: "runs[0].spans[0]", reason: "has 513 bytes" }];
  transport.answers.push({ body: JSON.stringify({ accepted: 1, rejected_count: 1, rejected }) });
  const { client } = clientOf(transport);
  client.openRun({ agentId: "a" }).startSpan("s").end();
  await client.flush();
  assert.deepEqual([client.stats().sent, client.stats().refused], [1, 1]);
});

test("a thousand ends at once share a round and a timer", async () => {
  const transport = new MemoryTransport();
  const { client, timers } = clientOf(transport);
  const ends = Array.from({ length: 1000 }, () => client.openRun({ agentId: "a" }).complete());
  assert.equal(timers.pending.filter((ms) => ms === 20).length, 1);
  timers.advance(20);
  await Promise.all(ends);
  assert.equal(transport.runs().filter(({ status }) => status === "ok").length, 1000);
});

test("user and password of an address are not printed", () => {
  assert.equal(shownUrl("https://ann:s3cret@clew.example/base"), "https://clew.example/base");
  assert.equal(shownUrl("http://127.0.0.1:2539"), "http://127.0.0.1:2539");
});

test("memory is bounded: new spans are dropped and counted, ends of known ones are not", async () => {
  const transport = new MemoryTransport();
  const { client } = clientOf(transport, { maxMemoryBytes: 100_000 });
  const run = client.openRun({ agentId: "a" });
  const early = run.startSpan("early");
  await client.flush();
  const spans = Array.from({ length: 1000 }, () => run.startSpan("s", { input: "x".repeat(700) }));
  assert.ok(client.stats().dropped > 800, String(client.stats().dropped));
  early.end({ result: "y".repeat(700) });
  for (const span of spans) span.end();
  await client.flush();
  const seen = transport.runs()[0]!.spans;
  assert.equal(seen.length, 1001 - client.stats().dropped);
  assert.ok(seen.every((span) => span.status === "ok"));
  assert.deepEqual(seen[0]?.endData, {});
});

test("a connection that breaks, and one that never answers, are failures like others", async () => {
  const server = await FakeServer.start(TAKEN);
  server.planned.push(hangUp, () => undefined);
  const client = new Clew({ baseUrl: server.url, spool: false, timeout: 0.2 });
  client.openRun({ agentId: "a" });
  assert.equal(await client.flush(), false);
  assert.equal(await client.flush(), false);
  assert.equal(await client.flush(), true);
  assert.equal(client.stats().sent, 1);
  await server.stop();
});

test("nothing that is handed over wrongly reaches the caller as an exception", async () => {
  const { client } = clientOf(new MemoryTransport());
  const run = client.openRun({ agentId: 7, runId: "", sessionId: null, tags: "no", data: null } as never);
  const span = run.startSpan(undefined as never, { kind: null, data: "text", startTime: "never" } as never);
  span
    .set(null as never)
    .setTags(null as never)
    .setMetadata(undefined as never);
  span.event(undefined as never, null as never);
  span.end("text" as never, { endTime: {} } as never);
  void run.complete(Symbol("s"));
  assert.equal(await client.flush(), true);
});

test("values that throw when they are read do not reach the caller, nor take others with them", async () => {
  const recorded = capture();
  const throwing = {
    get response(): string {
      throw new Error("gone");
    },
    model: "m",
  };
  const nothing = Object.create(null) as string;
  const run = recorded.client.openRun({
    agentId: "a",
    metadata: throwing,
    tags: [nothing, "t"],
    name: nothing,
  });
  run.startSpan("end", { tags: [nothing], data: throwing }).end(throwing);
  run.startSpan("null", null).end(null, null);
  run.child("fail", null).fail(
    {
      get message(): string {
        throw new Error("gone");
      },
    },
    null,
    null,
  );
  run.startSpan("odd", { kind: {} as string, startTime: nothing, sessionId: nothing }).event(nothing);
  await recorded.client.openRun(null).end(null, null);
  const spans = await recorded.spans();
  assert.deepEqual(
    spans.map(({ name, status }) => [name, status]),
    [
      ["end", "ok"],
      ["null", "ok"],
      ["fail", "error"],
      ["odd", "open"],
    ],
  );
  assert.deepEqual(spans[0]?.endData, { response: "[not readable: gone]", model: "m" });
  assert.equal(spans[2]?.error?.message, "an error that cannot be read");
});

test("an address that is none, or no home folder, fails no program", async () => {
  const client = new Clew({ baseUrl: "http://[", spool: false });
  client.openRun({ agentId: "a" });
  assert.equal(await client.flush(), false);
  const homeless = (): string => {
    throw new Error("no entry in the list of users");
  };
  assert.equal(configOf({}, {}, homeless).spool, undefined);
});

test("remarks on many names take the memory of one", () => {
  const lines: string[] = [];
  const { write } = process.stderr;
  process.stderr.write = (text) => lines.push(String(text)) > 0;
  try {
    const run = capture().client.openRun({ agentId: "a" });
    for (const name of ["one", "two"]) {
      const span = run.startSpan(name);
      span.end();
      span.end();
    }
  } finally {
    process.stderr.write = write;
  }
  assert.deepEqual(lines, ['clew: end on "one", which has ended\n']);
});

test("shutdown sends, stops, and may be repeated", async () => {
  const transport = new MemoryTransport();
  const client = new Clew({ transport, spool: false });
  void client.openRun({ agentId: "a" }).complete();
  assert.equal(await client.shutdown(), true);
  assert.equal(await client.shutdown(), true);
  assert.equal(transport.runs().length, 1);
});
