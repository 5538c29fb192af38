import assert from "node:assert/strict";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { after, before, test } from "node:test";
import { configure, wrapAnthropic, wrapOpenAI } from "../packages/clew/src/index.js";
import { capture, MemoryTransport } from "../packages/clew/src/testing.js";
import type { RecordedSpan } from "../packages/clew/src/testing.js";
import { events, FakeServer, json } from "./support.js";
import type { Behaviour } from "./support.js";

let server: FakeServer;
before(async () => (server = await FakeServer.start(json(404, { error: { message: "nothing planned" } }))));
after(() => server.stop());

/** Runs something in a run of its own and gives the model calls that were recorded. */
async function calls(
  answers: Behaviour[],
  work: () => Promise<unknown>,
  recorded = capture(),
): Promise<RecordedSpan[]> {
  server.planned.push(...answers);
  await recorded.client.withRun({ agentId: "a" }, work);
  return recorded.spans();
}

const openai = (): OpenAI =>
  wrapOpenAI(new OpenAI({ apiKey: "k", baseURL: `${server.url}/v1`, maxRetries: 0 }));
const anthropic = (): Anthropic =>
  wrapAnthropic(new Anthropic({ apiKey: "k", baseURL: server.url, maxRetries: 0 }));

const MESSAGES = [{ role: "user" as const, content: "weather?" }];
const CHAT = { model: "gpt-4.1", messages: MESSAGES, temperature: 0.2 };
const TOOL_CALL = {
  id: "call_1",
  type: "function",
  function: { name: "get_weather", arguments: '{"city":"Paris"}' },
};
const COMPLETION = {
  id: "chatcmpl-1",
  object: "chat.completion",
  model: "gpt-4.1-2025-04-14",
  choices: [
    {
      index: 0,
      finish_reason: "tool_calls",
      message: { role: "assistant", content: null, tool_calls: [TOOL_CALL] },
    },
  ],
  usage: {
    prompt_tokens: 120,
    completion_tokens: 17,
    total_tokens: 137,
    prompt_tokens_details: { cached_tokens: 64 },
    completion_tokens_details: { reasoning_tokens: 5 },
  },
};

test("a chat completion: request, answer, tokens, tool call", async () => {
  const [span] = await calls([json(200, COMPLETION)], async () => {
    const answer = await openai().chat.completions.create(CHAT);
    assert.equal(answer.choices[0]?.finish_reason, "tool_calls");
  });
  assert.deepEqual([span?.name, span?.kind, span?.status], ["gpt-4.1", "llm", "ok"]);
  assert.deepEqual(span?.data, {
    provider: "openai",
    model: "gpt-4.1",
    messages: MESSAGES,
    temperature: 0.2,
  });
  assert.deepEqual(span?.endData, {
    model: "gpt-4.1-2025-04-14",
    response_id: "chatcmpl-1",
    response: { role: "assistant", content: null, tool_calls: [TOOL_CALL] },
    finish_reason: "tool_calls",
    input_tokens: 120,
    output_tokens: 17,
    total_tokens: 137,
    cached_tokens: 64,
    reasoning_tokens: 5,
  });
});

test("the promise's other ways: withResponse and asResponse", async () => {
  const [first, second] = await calls([json(200, COMPLETION), json(200, COMPLETION)], async () => {
    const { data, response } = await openai().chat.completions.create(CHAT).withResponse();
    assert.equal(data.id, "chatcmpl-1");
    assert.equal(response.status, 200);
    const bare = await openai().chat.completions.create(CHAT).asResponse();
    assert.equal(((await bare.json()) as { id: string }).id, "chatcmpl-1");
  });
  assert.equal(first?.endData["input_tokens"], 120);
  assert.deepEqual([second?.status, second?.endData], ["ok", {}]);
});

test("a refused call fails its span and the caller", async () => {
  const [span] = await calls(
    [json(429, { error: { message: "too fast", type: "rate_limit" } })],
    async () => {
      await assert.rejects(async () => openai().chat.completions.create(CHAT), /429 too fast/);
    },
  );
  assert.equal(span?.status, "error");
  assert.equal(span?.error?.message, "429 too fast");
  assert.equal(span?.error?.type, "RateLimitError");
});

const chunk = (delta: object, more: object = {}): { data: object } => ({
  data: { id: "c", model: "gpt-4.1", choices: [{ index: 0, delta, finish_reason: null }], ...more },
});
const CHUNKS = [
  chunk({ role: "assistant", content: "Let me " }),
  chunk({ content: "look." }),
  chunk({
    tool_calls: [
      { index: 0, id: "call_1", type: "function", function: { name: "get_weather", arguments: "" } },
    ],
  }),
  chunk({ tool_calls: [{ index: 0, function: { arguments: '{"city":' } }] }),
  chunk({ tool_calls: [{ index: 0, function: { arguments: '"Paris"}' } }] }),
  { data: { id: "c", model: "gpt-4.1", choices: [{ index: 0, delta: {}, finish_reason: "tool_calls" }] } },
  { data: { id: "c", model: "gpt-4.1", choices: [], usage: COMPLETION.usage } },
  { data: "[DONE]" },
];

test("a streamed chat completion is put together", async () => {
  const [span] = await calls([events(CHUNKS)], async () => {
    const stream = await openai().chat.completions.create({
      ...CHAT,
      stream: true,
      stream_options: { include_usage: true },
    });
    let count = 0;
    for await (const piece of stream) count += piece.choices.length;
    assert.equal(count, 6);
  });
  const { ttft_ms, ...end } = span!.endData;
  assert.ok(typeof ttft_ms === "number" && ttft_ms >= 0);
  assert.deepEqual(end["response"], { role: "assistant", content: "Let me look.", tool_calls: [TOOL_CALL] });
  assert.deepEqual(
    [end["input_tokens"], end["cached_tokens"], end["finish_reason"]],
    [120, 64, "tool_calls"],
  );
});

test("a stream that is given up keeps what came", async () => {
  const [span] = await calls([events(CHUNKS)], async () => {
    for await (const piece of await openai().chat.completions.create({ ...CHAT, stream: true })) {
      assert.equal(piece.id, "c");
      break;
    }
  });
  assert.equal(span?.status, "ok");
  assert.deepEqual(span?.endData["response"], { role: "assistant", content: "Let me " });
});

test("usage of a stream is asked for where that is wanted, and the chunk that it adds is kept from the caller", async () => {
  const params = { ...CHAT, stream: true as const };
  const [span] = await calls([events(CHUNKS)], async () => {
    const client = wrapOpenAI(new OpenAI({ apiKey: "k", baseURL: `${server.url}/v1` }), {
      includeUsage: true,
    });
    for await (const piece of await client.chat.completions.create(params))
      assert.equal(piece.choices.length, 1);
  });
  const sent = JSON.parse(server.got.at(-1)!.body) as { stream_options: unknown };
  assert.deepEqual(sent.stream_options, { include_usage: true });
  assert.equal("stream_options" in params, false);
  assert.equal(span?.endData["input_tokens"], 120);
});

test("Azure's addresses are asked for the usage of a stream", async () => {
  let sent: unknown;
  const raw = new OpenAI({
    apiKey: "k",
    baseURL: "https://mine.openai.azure.com/openai",
    fetch: (_, init) => {
      sent = JSON.parse(String(init?.body));
      return Promise.resolve(new Response("data: [DONE]\n\n"));
    },
  });
  await calls([], async () => {
    for await (const piece of await wrapOpenAI(raw).chat.completions.create({ ...CHAT, stream: true }))
      assert.fail(String(piece));
  });
  assert.deepEqual((sent as { stream_options: unknown }).stream_options, { include_usage: true });
});

test("a client of withOptions is watched too, and one that is wrapped twice makes one span", async () => {
  const spans = await calls([json(200, COMPLETION), json(200, COMPLETION)], async () => {
    await openai().withOptions({ timeout: 5000 }).chat.completions.create(CHAT);
    await wrapOpenAI(openai()).chat.completions.create(CHAT);
  });
  assert.deepEqual(
    spans.map(({ name }) => name),
    ["gpt-4.1", "gpt-4.1"],
  );
});

test("an address that is not OpenAI's is not asked for more", async () => {
  await calls([events(CHUNKS)], async () => {
    for await (const piece of await openai().chat.completions.create({ ...CHAT, stream: true }))
      assert.ok(piece);
  });
  assert.equal("stream_options" in (JSON.parse(server.got.at(-1)!.body) as object), false);
});

test("a stream helper is one span", async () => {
  const spans = await calls([events(CHUNKS)], async () => {
    const answer = await openai().chat.completions.stream(CHAT).finalChatCompletion();
    assert.equal(answer.choices[0]?.message.content, "Let me look.");
  });
  assert.equal(spans.length, 1);
  assert.equal(spans[0]?.endData["input_tokens"], 120);
});

const RESPONSE = {
  id: "resp_1",
  object: "response",
  status: "completed",
  model: "gpt-4.1",
  output: [{ type: "message", role: "assistant", content: [{ type: "output_text", text: "Sunny." }] }],
  usage: {
    input_tokens: 30,
    output_tokens: 9,
    total_tokens: 39,
    input_tokens_details: { cached_tokens: 10 },
    output_tokens_details: { reasoning_tokens: 4 },
  },
};

test("a response of the Responses API, whole and streamed", async () => {
  const done = [
    { event: "response.created", data: { type: "response.created", response: { ...RESPONSE, output: [] } } },
    { event: "response.completed", data: { type: "response.completed", response: RESPONSE } },
  ];
  const spans = await calls([json(200, RESPONSE), events(done)], async () => {
    const client = openai();
    const answer = await client.responses.create({
      model: "gpt-4.1",
      instructions: "short",
      input: "weather?",
    });
    assert.equal(answer.output_text, "Sunny.");
    const stream = await client.responses.create({ model: "gpt-4.1", input: "weather?", stream: true });
    for await (const event of stream) assert.ok(event.type);
  });
  for (const span of spans) {
    assert.deepEqual(span.endData["response"], RESPONSE.output);
    assert.equal(span.endData["response_id"], "resp_1");
    const { input_tokens, output_tokens, cached_tokens, reasoning_tokens } = span.endData;
    assert.deepEqual([input_tokens, output_tokens, cached_tokens, reasoning_tokens], [30, 9, 10, 4]);
  }
  assert.deepEqual([spans[0]?.data["system"], spans[0]?.data["input"]], ["short", "weather?"]);
});

test("embeddings count their tokens and keep no vectors", async () => {
  const body = {
    model: "text-embedding-3-small",
    data: [{ embedding: [0.1] }],
    usage: { prompt_tokens: 8, total_tokens: 8 },
  };
  const [span] = await calls([json(200, body)], () =>
    openai().embeddings.create({ model: "text-embedding-3-small", input: ["a"], encoding_format: "float" }),
  );
  assert.deepEqual(
    [span?.kind, span?.endData["embeddings"], span?.endData["input_tokens"]],
    ["embedding", 1, 8],
  );
  assert.equal("response" in span!.endData, false);
});

const CLAUDE = { model: "claude-sonnet-4-5", max_tokens: 100, system: "short", messages: MESSAGES };
const USAGE = {
  input_tokens: 20,
  cache_read_input_tokens: 100,
  cache_creation_input_tokens: 30,
  output_tokens: 12,
};
const CONTENT = [
  { type: "thinking", thinking: "look it up", signature: "sig" },
  { type: "text", text: "Let me look." },
  { type: "tool_use", id: "toolu_1", name: "get_weather", input: { city: "Paris" } },
];

test("a message: cached tokens are part of the input", async () => {
  const body = {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "claude-sonnet-4-5",
    content: CONTENT,
  };
  const [span] = await calls([json(200, { ...body, stop_reason: "tool_use", usage: USAGE })], async () => {
    const answer = await anthropic().messages.create(CLAUDE);
    assert.equal(answer.stop_reason, "tool_use");
  });
  assert.deepEqual(
    [span?.name, span?.data["provider"], span?.data["system"]],
    ["claude-sonnet-4-5", "anthropic", "short"],
  );
  assert.deepEqual(span?.endData, {
    model: "claude-sonnet-4-5",
    response_id: "msg_1",
    response: { role: "assistant", content: CONTENT },
    finish_reason: "tool_use",
    input_tokens: 150,
    output_tokens: 12,
    cached_tokens: 100,
    cache_write_tokens: 30,
  });
});

const claudeEvent = (type: string, more: object): { event: string; data: object } => ({
  event: type,
  data: { type, ...more },
});
const CLAUDE_EVENTS = [
  claudeEvent("message_start", {
    message: {
      id: "msg_1",
      type: "message",
      role: "assistant",
      model: "claude-sonnet-4-5",
      content: [],
      usage: { ...USAGE, output_tokens: 1 },
    },
  }),
  claudeEvent("content_block_start", {
    index: 0,
    content_block: { type: "thinking", thinking: "", signature: "" },
  }),
  claudeEvent("content_block_delta", { index: 0, delta: { type: "thinking_delta", thinking: "look it up" } }),
  claudeEvent("content_block_delta", { index: 0, delta: { type: "signature_delta", signature: "sig" } }),
  claudeEvent("content_block_stop", { index: 0 }),
  claudeEvent("content_block_start", { index: 1, content_block: { type: "text", text: "" } }),
  claudeEvent("content_block_delta", { index: 1, delta: { type: "text_delta", text: "Let me " } }),
  claudeEvent("content_block_delta", { index: 1, delta: { type: "text_delta", text: "look." } }),
  claudeEvent("content_block_stop", { index: 1 }),
  claudeEvent("content_block_start", {
    index: 2,
    content_block: { type: "tool_use", id: "toolu_1", name: "get_weather", input: {} },
  }),
  claudeEvent("content_block_delta", {
    index: 2,
    delta: { type: "input_json_delta", partial_json: '{"city":' },
  }),
  claudeEvent("content_block_delta", {
    index: 2,
    delta: { type: "input_json_delta", partial_json: '"Paris"}' },
  }),
  claudeEvent("content_block_stop", { index: 2 }),
  claudeEvent("message_delta", { delta: { stop_reason: "tool_use" }, usage: { output_tokens: 12 } }),
  claudeEvent("message_stop", {}),
];

test("a streamed message, by its events and by the helper", async () => {
  const spans = await calls([events(CLAUDE_EVENTS), events(CLAUDE_EVENTS)], async () => {
    const client = anthropic();
    for await (const event of await client.messages.create({ ...CLAUDE, stream: true }))
      assert.ok(event.type);
    const message = await client.messages.stream(CLAUDE).finalMessage();
    assert.equal(message.usage.output_tokens, 12);
  });
  assert.equal(spans.length, 2);
  for (const span of spans) {
    assert.deepEqual((span.endData["response"] as { content: unknown }).content, CONTENT);
    const { input_tokens, output_tokens, cached_tokens, cache_write_tokens, finish_reason } = span.endData;
    assert.deepEqual([input_tokens, output_tokens, cached_tokens, cache_write_tokens], [150, 12, 100, 30]);
    assert.equal(finish_reason, "tool_use");
  }
});

test("a stream that breaks off fails and keeps what came", async () => {
  const broken: Behaviour = (got, response) => {
    const { socket } = response;
    response.end = () => response;
    events(CLAUDE_EVENTS.slice(0, 7))(got, response);
    socket?.end();
  };
  const [span] = await calls([broken], async () => {
    const stream = await anthropic().messages.create({ ...CLAUDE, stream: true });
    await assert.rejects(async () => {
      for await (const event of stream) assert.ok(event.type);
    });
  });
  assert.equal(span?.status, "error");
  assert.deepEqual((span?.endData["response"] as { content: unknown }).content, [
    CONTENT[0],
    { type: "text", text: "Let me " },
  ]);
});

test("members that are no model calls, and calls outside of a run, work as before", async () => {
  const client = openai();
  assert.equal(client.baseURL, `${server.url}/v1`);
  assert.ok(client instanceof OpenAI);
  server.planned.push(json(200, { object: "list", data: [] }), json(200, COMPLETION));
  for await (const model of client.models.list()) assert.fail(String(model));
  const transport = new MemoryTransport();
  const process_ = configure({ transport, spool: false });
  await client.chat.completions.create(CHAT);
  await process_.flush();
  const [run] = transport.runs();
  assert.deepEqual(
    [run?.status, run?.start["name"], run?.spans.length, run?.spans[0]?.kind],
    ["ok", "gpt-4.1", 1, "llm"],
  );
});
