import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import OpenAI from "openai";
import { AgentOSClient, Clew, ClewError, wrapOpenAI } from "../packages/clew/src/index.js";
import { BINARY, ClewServer } from "./binary.js";
import { FakeServer, json } from "./support.js";

const skip = BINARY ? false : "CLEW_BIN names no binary";
const ROOT = new URL("../../", import.meta.url).pathname;
const server = new ClewServer();
const folder = mkdtempSync(join(tmpdir(), "clew-sdk-test-"));
before(async () => {
  if (BINARY) await server.start();
});
after(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const client = (more: object = {}): Clew =>
  new Clew({ baseUrl: server.url, spool: join(folder, "spool"), ...more });

/** The first block of a page that holds a text. */
function snippet(page: string, holding: string): string {
  const text = readFileSync(join(ROOT, "..", "..", "docs", page), "utf8");
  const blocks = [...text.matchAll(/^```(?:ts|js)\n([\s\S]*?)^```/gm)].map(([, code]) => code!);
  const found = blocks.find((code) => code.includes(holding));
  assert.ok(found, `docs/${page} has no block with ${holding}`);
  return found;
}

test(
  "the snippet of the documentation runs as it is written, and the run shows what it said",
  { skip },
  async () => {
    const code = snippet("sdk-typescript.md", "await run.complete()");
    assert.ok(code.includes("llm.end({ input_tokens: 1240, output_tokens: 90 })"), code);
    const file = join(ROOT, ".build", "snippet.mjs");
    writeFileSync(
      file,
      code.replace(/^import .*$/m, (line) => `${line}\nconst agentId = "inbox"\nconst apiKey = ""`),
    );
    const env = { PATH: process.env["PATH"], CLEW_URL: server.url, CLEW_SPOOL: "off" };
    const done = spawnSync(process.execPath, [file], { env, encoding: "utf8" });
    assert.deepEqual([done.status, done.stderr], [0, ""]);
    const { reader } = client();
    const { traces } = await reader.list({ filter: "agent:inbox" });
    assert.equal(traces.length, 1);
    const { trace, spans } = await reader.open(traces[0]!.trace_id);
    assert.deepEqual([trace.models, trace.usage.input, trace.usage.output], [["gpt-4.1"], 1240, 90]);
    // gpt-4.1 costs 2 and 8 USD a million tokens: 1240 * 2e-6 + 90 * 8e-6.
    assert.equal(trace.cost.total, "0.0032");
    assert.equal(trace.state, "done");
    assert.deepEqual(
      spans.map(({ name, kind, category }) => [name, kind, category]),
      [
        ["inbox", "run", "agent"],
        ["classify email", "step", "chain"],
        ["gpt-4.1", "llm", "llm"],
      ],
    );
  },
);

test("a run with everything reads back as it was told", { skip }, async () => {
  const clew = client({ environment: "test", release: "1.2" });
  const run = clew.openRun({
    agentId: "support",
    agentName: "Support",
    name: "answer a ticket",
    sessionId: "ticket-7",
    userId: "ada",
    tags: ["beta"],
    input: "My parcel is late.",
    metadata: { region: "eu" },
  });
  const search = run.startSpan("handbook", { kind: "retrieval", data: { query: "late parcel", k: 2 } });
  search.end({ documents: [{ id: "h-12", content: "After five days.", score: 0.9 }] });
  const call = run.startSpan("track_parcel", { kind: "tool", data: { arguments: { parcel: "P-7" } } });
  call.fail(new RangeError("no such parcel"));
  const member = clew.openRun({ agentId: "courier", parent: run });
  member
    .startSpan("gpt-4.1-mini", { kind: "llm" })
    .end({ input_tokens: 10, output_tokens: 2, cached_tokens: 4 });
  void member.complete("In Lyon.");
  run.event("handover", { to: "human" });
  await run.complete("Dear Ada.");
  assert.equal(clew.stats().refused, 0);
  const { trace, spans } = await clew.reader.open(run.traceId);
  assert.deepEqual(
    [trace.name, trace.session_id, trace.user_id, trace["environment"], trace["release"]],
    ["answer a ticket", "ticket-7", "ada", "test", "1.2"],
  );
  assert.deepEqual(
    [trace.status, trace.root_status, trace.span_count, trace["tags"]],
    ["error", "ok", 5, ["beta"]],
  );
  assert.deepEqual([trace.usage.input, trace.usage.output, trace.usage.cache_read], [10, 2, 4]);
  const place = (name: string): [string | null, number] => {
    const span = spans.find((row) => row.name === name);
    return [span?.parent_span_id ?? null, Number(span?.["depth"])];
  };
  assert.deepEqual(place("gpt-4.1-mini"), [member.spanId, 2]);
  assert.deepEqual(place("courier"), [run.spanId, 1]);
  const detail = await clew.reader.span(run.traceId, call.spanId);
  assert.match(JSON.stringify(detail), /no such parcel/);
  assert.match(JSON.stringify(detail), /RangeError/);
  const { events } = await clew.reader.get<{ events: { name: string }[] }>(`/traces/${run.traceId}/events`);
  assert.deepEqual(
    events.map(({ name }) => name),
    ["handover"],
  );
});

test("messages and tool calls of a wrapped client are shown as such", { skip }, async () => {
  const call = {
    id: "call_1",
    type: "function",
    function: { name: "get_weather", arguments: '{"city":"Paris"}' },
  };
  const model = await FakeServer.start(
    json(200, {
      id: "c",
      model: "gpt-4.1-2025-04-14",
      choices: [
        {
          index: 0,
          finish_reason: "tool_calls",
          message: { role: "assistant", content: "Let me look.", tool_calls: [call] },
        },
      ],
      usage: {
        prompt_tokens: 120,
        completion_tokens: 17,
        total_tokens: 137,
        prompt_tokens_details: { cached_tokens: 64 },
      },
    }),
  );
  const clew = client();
  const openai = wrapOpenAI(new OpenAI({ apiKey: "k", baseURL: `${model.url}/v1` }));
  const run = clew.openRun({ agentId: "weather" });
  await run.use(() =>
    openai.chat.completions.create({
      model: "gpt-4.1",
      messages: [
        { role: "system", content: "Be short." },
        { role: "user", content: "Weather in Paris?" },
      ],
      tools: [{ type: "function", function: { name: "get_weather", parameters: { type: "object" } } }],
    }),
  );
  await clew.flush();
  await model.stop();
  const { spans } = await clew.reader.open(run.traceId);
  const { content, span } = await clew.reader.span(
    run.traceId,
    spans.find((row) => row.category === "llm")!.span_id,
  );
  assert.deepEqual([span.usage?.input, span.usage?.output, span.usage?.cache_read], [120, 17, 64]);
  assert.deepEqual(content["output_messages"], [
    {
      role: "assistant",
      parts: [
        { type: "text", content: "Let me look." },
        { type: "tool_call", id: "call_1", name: "get_weather", arguments: { city: "Paris" } },
      ],
    },
  ]);
  assert.match(JSON.stringify(content["input_messages"]), /Weather in Paris\?/);
  assert.match(JSON.stringify(content["tools"] ?? content), /get_weather/);
});

test("killing the server in the middle of a run loses no span", { skip }, async () => {
  const clew = client({ flushInterval: 0.02 });
  const run = clew.openRun({ agentId: "killed" });
  for (let index = 0; index < 200; index += 1) {
    run.startSpan(`before ${index}`).end({ index });
    if (index === 100) await clew.flush();
  }
  await server.kill();
  for (let index = 0; index < 200; index += 1) {
    run.startSpan(`while away ${index}`).end({ index });
    if (index % 50 === 0) await clew.flush();
  }
  await server.start();
  run.startSpan("after").end();
  await run.complete();
  assert.equal(await clew.flush(), true);
  const { trace, spans } = await clew.reader.open(run.traceId);
  assert.deepEqual([trace.span_count, spans.length, trace.state], [402, 402, "done"]);
  assert.equal(new Set(spans.map(({ name }) => name)).size, 402);
  assert.deepEqual([clew.stats().dropped, clew.stats().refused], [0, 0]);
});

test("labels, search, sessions, statistics", { skip }, async () => {
  const clew = client();
  const { reader } = clew;
  const run = clew.openRun({ agentId: "labelled", sessionId: "chat-1", input: "a rare word: zanzibar" });
  await run.complete();
  await reader.putLabel({ traceId: run.traceId }, { name: "outcome", value: "resolved", score: 1 });
  const { traces } = await reader.list({ filter: "label.outcome:resolved" });
  assert.deepEqual(
    traces.map(({ trace_id }) => trace_id),
    [run.traceId],
  );
  const { labels } = await reader.labels({ name: "outcome" });
  assert.deepEqual([labels.length, labels[0]?.value, labels[0]?.score], [1, "resolved", 1]);
  await reader.deleteLabel(labels[0]!.id!);
  assert.deepEqual((await reader.labels({ name: "outcome" })).labels, []);
  const { hits } = await reader.search("zanzibar");
  assert.equal(hits[0]?.trace_id, run.traceId);
  assert.ok((await reader.sessions()).sessions.some(({ session_id }) => session_id === "chat-1"));
  const { rows } = await reader.stats({ groupBy: ["agent"] });
  assert.ok(Array.isArray(rows) && rows.length > 1);
  const seen: string[] = [];
  for await (const row of reader.iterate({ limit: 2 })) seen.push(row.trace_id);
  assert.equal(new Set(seen).size, seen.length);
  assert.ok(seen.length >= 5);
});

test("a question that is wrong says so", { skip }, async () => {
  const { reader } = client();
  await assert.rejects(reader.list({ filter: "modle:x" }), (error: ClewError) => {
    assert.deepEqual([error.name, error.status, error.code], ["ClewError", 400, "bad_filter"]);
    return /did you mean model/.test(error.message);
  });
  await assert.rejects(reader.open("0af7651916cd43dd8448eb211c80319c"), { status: 404, code: "not_found" });
  await assert.rejects(new Clew({ baseUrl: "http://127.0.0.1:9" }).reader.list(), {
    status: 0,
    code: "unreachable",
  });
});

test("agno's calls", { skip }, async () => {
  const clew = client();
  const run = clew.openRun({ agentId: "agno-like", name: "agno run", sessionId: "trip-7", userId: "ada" });
  const start = run.startSpan("gpt-4.1", { kind: "llm" });
  start.end({ input_tokens: 19, output_tokens: 7 });
  await run.complete("sunny");
  const agno = new AgentOSClient({ baseUrl: server.url });
  const page = await agno.listTraces({ session_id: "trip-7" });
  assert.deepEqual(
    page.data.map(({ trace_id }) => trace_id),
    [run.traceId],
  );
  assert.equal(page.data[0]?.user_id, "ada");
  const detail = await agno.getTrace(run.traceId);
  assert.deepEqual(
    detail.spans.map(({ name, type }) => [name, type]),
    [
      ["agno run", "AGENT"],
      ["gpt-4.1", "LLM"],
    ],
  );
  assert.equal(detail.total_tokens, 26);
  assert.ok(detail.duration_ms >= 0 && detail.duration_ms < 60_000);
  const { data } = await agno.getTraceSessionStats({ user_id: "ada" });
  assert.ok(data.some(({ session_id, total_traces }) => session_id === "trip-7" && total_traces === 1));
  const found = await agno.searchTraces({ op: "EQ", key: "session_id", value: "trip-7" });
  assert.equal(found.data[0]?.spans.length, 2);
  assert.equal((await agno.searchSessions(null)).data.length > 0, true);
  assert.equal((await agno.getSpan(run.traceId, start.spanId)).type, "LLM");
  assert.ok("fields" in (await agno.getFilterSchema()));
  await assert.rejects(agno.getTrace("nope"), { status: 404, message: "404: Trace not found" });
});
