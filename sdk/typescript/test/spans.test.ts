import assert from "node:assert/strict";
import { test } from "node:test";
import { capture } from "../packages/clew/src/testing.js";

/** A clock that a test moves, in milliseconds since 1970. */
function clockAt(ms: number): { clock: () => number; now: { ms: number } } {
  const now = { ms };
  return { clock: () => now.ms, now };
}

test("the run of the documents", async () => {
  const recorded = capture();
  const run = await recorded.client.startRun({ agentId: "inbox" });
  const step = run.startSpan("classify email", { kind: "step" });
  const llm = step.child("gpt-4.1", { kind: "llm" });
  llm.end({ input_tokens: 1240, output_tokens: 90 });
  step.end();
  await run.complete();
  assert.equal(await recorded.tree(), "inbox [run] ok\n  classify email [step] ok\n    gpt-4.1 [llm] ok");
  assert.deepEqual((await recorded.span("gpt-4.1")).endData, { input_tokens: 1240, output_tokens: 90 });
});

test("a span that ends before the next sending is told once, with times in microseconds", async () => {
  const { clock, now } = clockAt(1_795_176_000_000.25);
  const recorded = capture({ clock });
  const run = recorded.client.openRun({ agentId: "a", sessionId: "s-1", userId: "ada", tags: ["beta"] });
  const span = run.startSpan("search", { kind: "tool", id: "t-1", data: { arguments: { q: "x" } } });
  now.ms += 1.5;
  span.end({ result: [1, 2] });
  void run.complete("done");
  await recorded.client.flush();
  assert.equal(recorded.transport.requests.length, 1);
  const [told] = recorded.transport.runs();
  assert.deepEqual(told?.start["session_id"], "s-1");
  assert.deepEqual(told?.start["user_id"], "ada");
  assert.deepEqual(told?.start["tags"], ["beta"]);
  assert.deepEqual(told?.end, { end_time: 1_795_176_000_001_750, output: "done" });
  const [tool] = told!.spans;
  assert.equal(tool?.id, "t-1");
  assert.equal(tool?.start, 1_795_176_000_000_250);
  assert.equal(tool?.end, 1_795_176_000_001_750);
  assert.deepEqual(tool?.data, { arguments: { q: "x" } });
  assert.deepEqual(tool?.endData, { result: [1, 2] });
});

test("an open span is told, and its end without what was told before", async () => {
  const recorded = capture();
  const run = recorded.client.openRun({ agentId: "a" });
  const span = run.startSpan("long", { input: "in", data: { k: 1 } });
  await recorded.client.flush();
  assert.equal((await recorded.span("long")).status, "open");
  recorded.transport.clear();
  span.end({ more: 2 });
  const later = await recorded.span("long");
  assert.equal(later.status, "ok");
  assert.deepEqual(later.data, {});
  assert.deepEqual(later.endData, { more: 2 });
  assert.equal(later.name, "long");
  assert.equal(later.kind, "step");
});

test("what is given is kept as it was at that moment", async () => {
  const recorded = capture();
  const run = recorded.client.openRun({ agentId: "a" });
  const messages = [{ role: "user", content: "one" }];
  const span = run.startSpan("m", { kind: "llm", data: { messages } });
  messages.push({ role: "assistant", content: "two" });
  messages[0]!.content = "changed";
  span.end();
  assert.deepEqual((await recorded.span("m")).data, { messages: [{ role: "user", content: "one" }] });
});

test("setters add to a span until its end", async () => {
  const recorded = capture();
  const run = recorded.client.openRun({ agentId: "a" });
  const span = run.startSpan("s");
  span
    .set({ a: 1 })
    .set({ b: 2 })
    .setInput({ q: 1 })
    .setOutput("out")
    .setMetadata({ region: "eu" })
    .setTags(["x"]);
  span.setUsage({ input_tokens: 3, cached_tokens: 1 }).event("typing", { chars: 12 });
  span.end({ c: 3 });
  const seen = await recorded.span("s");
  assert.deepEqual(seen.data, { a: 1, b: 2 });
  assert.deepEqual(seen.input, { q: 1 });
  assert.equal(seen.output, "out");
  assert.deepEqual(seen.fields["metadata"], { region: "eu" });
  assert.deepEqual(seen.fields["tags"], ["x"]);
  assert.deepEqual(seen.endData, { input_tokens: 3, cached_tokens: 1, c: 3 });
  const [told] = await recorded.runs();
  assert.equal(told?.events.length, 1);
  assert.equal(told?.events[0]?.["name"], "typing");
  assert.equal(told?.events[0]?.["span_id"], span.id);
  assert.deepEqual(told?.events[0]?.["data"], { chars: 12 });
});

test("a run can be added to after it was told, and failed", async () => {
  const recorded = capture();
  const run = recorded.client.openRun({ agentId: "a", name: "answer", runId: "ticket-7" });
  await recorded.client.flush();
  run.setInput("late").set({ attempt: 2 });
  await recorded.client.flush();
  await run.fail(new TypeError("no model"), { tried: 3 });
  const [told] = await recorded.runs();
  assert.equal(told?.runId, "ticket-7");
  assert.equal(told?.start["name"], "answer");
  assert.equal(told?.start["input"], "late");
  assert.deepEqual(told?.start["data"], { attempt: 2 });
  assert.equal(told?.status, "error");
  const error = told?.end?.["error"] as Record<string, string>;
  assert.equal(error["message"], "no model");
  assert.equal(error["type"], "TypeError");
  assert.match(error["stack"]!, /spans\.test/);
  assert.deepEqual(told?.end?.["end_data"], { tried: 3 });
});

test("errors of every form", async () => {
  const recorded = capture();
  const run = recorded.client.openRun({ agentId: "a" });
  const fail = (name: string, error: unknown): void => run.startSpan(name).fail(error);
  fail("text", "broken");
  fail("parts", { message: "closed", type: "ShopClosed", stack: "refund.py:12" });
  fail("object", { code: 7 });
  fail("nothing", undefined);
  fail("code", Object.assign(new Error("refused"), { code: "ECONNREFUSED" }));
  const errorOf = async (name: string): Promise<unknown> => {
    const { error } = await recorded.span(name);
    return error && { message: error.message, ...(error.type ? { type: error.type } : {}) };
  };
  assert.deepEqual(await errorOf("text"), { message: "broken" });
  assert.deepEqual((await recorded.span("parts")).error, {
    message: "closed",
    type: "ShopClosed",
    stack: "refund.py:12",
  });
  assert.deepEqual(await errorOf("object"), { message: '{"code":7}' });
  assert.deepEqual(await errorOf("nothing"), { message: "failed" });
  assert.deepEqual(await errorOf("code"), { message: "refused", type: "ECONNREFUSED" });
  assert.equal((await recorded.span("text")).status, "error");
});

test("values that JSON does not hold become text, and never throw", async () => {
  const recorded = capture();
  const run = recorded.client.openRun({ agentId: "a" });
  const circle: Record<string, unknown> = { name: "c" };
  circle["self"] = circle;
  const deep = Array.from({ length: 40 }).reduce<unknown>((inner) => ({ inner }), "bottom");
  const angry = {
    get value(): never {
      throw new Error("no");
    },
  };
  run
    .startSpan("odd", {
      data: {
        circle,
        big: 2n ** 70n,
        small: 7n,
        nan: Number.NaN,
        when: new Date(0),
        map: new Map([["k", new Set([1])]]),
        bytes: Buffer.from("abc"),
        error: new RangeError("far"),
        call: function named() {},
        angry,
        deep,
        nothing: undefined,
        none: null,
        symbol: Symbol("s"),
        url: new URL("http://a.test/"),
        sparse: [undefined, 1],
      },
    })
    .end();
  const { data } = await recorded.span("odd");
  assert.deepEqual(data["circle"], { name: "c", self: "[circle]" });
  assert.equal(data["big"], "1180591620717411303424");
  assert.equal(data["small"], 7);
  assert.equal(data["nan"], "NaN");
  assert.equal(data["when"], "1970-01-01T00:00:00.000Z");
  assert.deepEqual(data["map"], { k: [1] });
  assert.equal(data["bytes"], "[3 bytes]");
  assert.deepEqual(data["error"], { type: "RangeError", message: "far" });
  assert.equal(data["call"], "[function named]");
  assert.deepEqual(data["angry"], { value: "[not readable: no]" });
  assert.match(JSON.stringify(data["deep"]), /\[deeper\]/);
  assert.equal(data["url"], "http://a.test/");
  assert.deepEqual(data["sparse"], [null, 1]);
  for (const key of ["nothing", "none", "symbol"]) assert.equal(key in data, false, key);
});

test("a value beyond the bound is cut and says so", async () => {
  const recorded = capture();
  const run = recorded.client.openRun({ agentId: "a" });
  run.startSpan("long", { data: { text: "x".repeat(9 * 1024 * 1024) } }).end();
  const text = (await recorded.span("long")).data["text"] as string;
  assert.match(text, /^x+… \[cut, 9437184 characters\]$/);
});

test("after its end nothing changes a span; with strict it throws", async () => {
  const recorded = capture();
  const span = recorded.client.openRun({ agentId: "a" }).startSpan("s");
  span.end({ first: true });
  span.end({ second: true });
  span.set({ third: true });
  span.fail("late");
  const seen = await recorded.span("s");
  assert.deepEqual([seen.status, seen.data, seen.endData], ["ok", {}, { first: true }]);
  const strict = capture({ strict: true }).client.openRun({ agentId: "a" }).startSpan("s");
  strict.end();
  assert.throws(() => strict.end(), /end on "s", which has ended/);
});

test("an end before the start is the start", async () => {
  const recorded = capture();
  const run = recorded.client.openRun({ agentId: "a" });
  run
    .startSpan("s", { startTime: new Date("2026-11-20T06:00:01Z") })
    .end(undefined, { endTime: "2026-11-20T06:00:00Z" });
  const { start, end } = await recorded.span("s");
  assert.equal(start, 1_795_154_401_000_000);
  assert.equal(end, 1_795_154_401_000_000);
});

test("capture off leaves out what people and models say", async () => {
  const recorded = capture({ capture: false });
  const run = recorded.client.openRun({ agentId: "a", input: "secret" });
  const span = run.startSpan("m", {
    kind: "llm",
    input: "secret",
    data: { model: "gpt-4.1", messages: ["secret"] },
  });
  span.end({ response: "secret", input_tokens: 3 }, { output: "secret" });
  await run.complete("secret");
  assert.doesNotMatch(JSON.stringify(await recorded.runs()), /secret/);
  assert.deepEqual((await recorded.span("m")).endData, { input_tokens: 3 });
});

test("redact sees every record, may change and drop it, and its failure leaves payloads out", async () => {
  const recorded = capture({
    redact: (record) => {
      if (record.fields["name"] === "gone") return null;
      if (record.fields["name"] === "bad") throw new Error("cannot");
      return JSON.parse(JSON.stringify(record).replaceAll("4111", "****")) as typeof record;
    },
  });
  const run = recorded.client.openRun({ agentId: "a", input: "card 4111" });
  run.startSpan("kept", { data: { card: "4111" } }).end({ result: "4111" });
  run.startSpan("gone").end();
  run.startSpan("bad", { data: { card: "4111" }, input: "4111" }).end({ result: "4111" });
  await run.complete("4111");
  const text = JSON.stringify(await recorded.runs());
  assert.doesNotMatch(text, /4111/);
  assert.match(text, /card \*\*\*\*/);
  assert.deepEqual(
    (await recorded.spans()).map(({ name }) => name),
    ["kept", "not shown"],
  );
  assert.equal(recorded.client.stats().dropped, 1);
});

test("a failing redact leaves errors, tags and names out too, and no hook moves a record", async () => {
  const failing = capture({
    redact: () => {
      throw new Error("cannot");
    },
  });
  const run = failing.client.openRun({ runId: "r", agentId: "a", name: "4111 run", tags: ["4111"] });
  run.startSpan("4111 span", { kind: "tool", id: "s1", tags: ["4111"] }).fail(new Error("4111"));
  await run.fail("4111");
  const [bare] = await failing.runs();
  assert.doesNotMatch(JSON.stringify(bare), /4111/);
  const [span] = bare!.spans;
  assert.deepEqual([bare?.status, span?.status, span?.name], ["error", "error", "not shown"]);

  const moving = capture({
    redact: (record) => ({
      ...record,
      fields: { name: "n", id: "other", kind: "llm", start_time: 1, end_time: 2, data: { a: 1 } },
    }),
  });
  moving.client
    .openRun({ agentId: "a" })
    .startSpan("s", { kind: "tool", id: "s1", startTime: 1_700_000_000_000 })
    .end({}, { endTime: 1_700_000_001_000 });
  const [moved] = await moving.spans();
  assert.deepEqual(
    [moved?.id, moved?.kind, moved?.start, moved?.end, moved?.name, moved?.data],
    ["s1", "tool", 1_700_000_000_000_000, 1_700_000_001_000_000, "n", { a: 1 }],
  );
});

test("capture: false keeps back every word for what is said", async () => {
  const recorded = capture({ capture: false });
  const data = { reasoning: "x", text: "x", instructions: "x", prediction: "x", choices: ["x"], model: "m" };
  const run = recorded.client.openRun({ agentId: "a" });
  run.startSpan("s", { data }).end(data);
  const { data: kept, endData } = await recorded.span("s");
  assert.deepEqual([kept, endData], [{ model: "m" }, { model: "m" }]);
});

test("disabled makes spans and keeps nothing", async () => {
  const recorded = capture({ disabled: true });
  const run = await recorded.client.startRun({ agentId: "a" });
  run.startSpan("s").end();
  await run.complete();
  assert.equal(recorded.transport.requests.length, 0);
  assert.equal(run.ended, true);
});

test("settings of the client are said of every run", async () => {
  const recorded = capture({
    agentId: "inbox",
    agentName: "Inbox",
    sessionId: "s",
    userId: "u",
    tags: ["t"],
    metadata: { team: "a" },
    service: "mail",
    environment: "test",
    release: "1.2",
  });
  void recorded.client.openRun({ metadata: { own: 1 } }).complete();
  void recorded.client.openRun({ agentId: "other", sessionId: "s2" }).complete();
  const [first, second] = await recorded.runs();
  const { start } = first!;
  assert.equal(start["agent_id"], "inbox");
  assert.equal(start["agent_name"], "Inbox");
  assert.equal(start["session_id"], "s");
  assert.equal(start["user_id"], "u");
  assert.deepEqual(start["tags"], ["t"]);
  const { sdk, ...metadata } = start["metadata"] as Record<string, unknown>;
  assert.deepEqual(metadata, { service: "mail", team: "a", own: 1 });
  assert.deepEqual([start["environment"], start["release"]], ["test", "1.2"]);
  assert.deepEqual(sdk, {
    name: "clew-typescript",
    version: "0.1.0",
    runtime: `node ${process.versions.node}`,
  });
  assert.equal(second?.start["agent_id"], "other");
  assert.equal("agent_name" in second!.start, false);
  assert.equal(second?.start["session_id"], "s2");
});
