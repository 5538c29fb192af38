/**
 * The runs that are measured: an agent with sub-agents, model calls with texts of 2 to 6 KB that differ, tools below
 * and beside them. The same number gives the same bytes on every machine.
 */

const WORDS =
  "the plan was to compare prices of heat pumps in three markets before writing a short report with sources and a table of what owners say about noise service and cost while checking each number twice against the registry and the order data of last year so that nothing is guessed".split(
    " ",
  );
const TOOLS = ["web_search", "fetch_page", "read_file", "query_registry", "run_python"];
const MODELS = ["claude-sonnet-4-5", "gpt-5-mini", "claude-haiku-4-5"];
/** 18 November 2026, noon, UTC. */
const START_NANOS = BigInt(Date.UTC(2026, 10, 18, 12)) * 1_000_000n;
/** Spans of a sub-agent: so many rounds of a model call, a tool and a request below it. */
const ROUNDS = 12;
/** One in so many tools fails. */
const FAILS = 97;

/** Numbers below 2^32 that look random and are the same each time (xorshift). */
function numbers(seed) {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>>= 0);
  };
}

/**
 * A run of `count` spans: `{ traceId, spans }`. A span is `{ id, parent, name, kind, start, end, model, tool, input,
 * output, tokens, error }`, times in milliseconds from the start; dialects make OTLP of it.
 */
export function agentRun(count, seed = count) {
  const next = numbers(seed * 2654435761 + 1);
  const below = (most) => next() % most;
  const text = (least, most) => {
    const wanted = least + below(most - least);
    let words = "";
    while (words.length < wanted) words += `${WORDS[below(WORDS.length)]} `;
    return words.trimEnd();
  };
  const spans = [];
  const add = (span) => spans.push({ id: hex(spans.length + 1, 16), ...span }) && spans[spans.length - 1];
  const root = add({ parent: "", name: "research", kind: "agent", start: 0, end: 0, input: text(200, 400) });
  let now = 10;
  const modelCall = (parent, number) => {
    const model = MODELS[number % MODELS.length];
    const start = now;
    now += 300 + below(1_800);
    const tokens = [600 + below(4_000), 40 + below(600)];
    add({
      parent,
      name: model,
      kind: "llm",
      model,
      start,
      end: now,
      input: text(1_600, 4_600),
      output: text(400, 1_400),
      tokens,
    });
    now += 3;
  };
  const toolCall = (parent) => {
    const tool = TOOLS[below(TOOLS.length)];
    const start = now;
    now += 40 + below(1_200);
    const error = below(FAILS) === 0 ? "TimeoutError" : undefined;
    const call = add({
      parent,
      name: tool,
      kind: "tool",
      tool,
      start,
      end: now,
      input: text(40, 160),
      output: text(300, 1_200),
      error,
    });
    if (spans.length < count)
      add({ parent: call.id, name: "GET", kind: "http", start: start + 2, end: now - 2 });
    now += 3;
  };
  for (let agent = 0; spans.length < count; agent++) {
    modelCall(root.id, 0);
    if (spans.length >= count) break;
    const name = `worker-${agent % 7}`;
    const worker = add({ parent: root.id, name, kind: "agent", start: now, end: 0, input: text(100, 300) });
    for (let round = 0; round < ROUNDS && spans.length < count; round++) {
      modelCall(worker.id, agent);
      if (spans.length < count) toolCall(worker.id);
    }
    worker.end = now;
  }
  root.end = now;
  return { traceId: hex(0xbe000000 + count, 32), spans };
}

function hex(number, digits) {
  return number.toString(16).padStart(digits, "0");
}

/** The run as OTLP JSON requests of at most `size` spans, in OpenTelemetry's own words for agents. */
export function* requests({ traceId, spans }, size = 500, attributesOf = genAi) {
  for (let at = 0; at < spans.length; at += size) {
    yield {
      resourceSpans: [
        {
          resource: { attributes: attributes({ "service.name": "bench" }) },
          scopeSpans: [
            {
              scope: { name: "clew.bench" },
              spans: spans.slice(at, at + size).map((span) => wire(traceId, span, attributesOf)),
            },
          ],
        },
      ],
    };
  }
}

function wire(traceId, span, attributesOf) {
  return {
    traceId,
    spanId: span.id,
    parentSpanId: span.parent,
    name: span.name,
    kind: span.kind === "http" ? 3 : 1,
    startTimeUnixNano: String(START_NANOS + BigInt(span.start) * 1_000_000n),
    endTimeUnixNano: String(START_NANOS + BigInt(span.end) * 1_000_000n),
    attributes: attributes(attributesOf(span)),
    status: span.error ? { code: 2, message: span.error } : {},
  };
}

/** OpenTelemetry GenAI. */
export function genAi({ kind, name, model, tool, input, output, tokens, error }) {
  if (kind === "agent")
    return {
      "gen_ai.operation.name": "invoke_agent",
      "gen_ai.agent.name": name,
      "gen_ai.input.messages": messages("user", input),
    };
  if (kind === "http") return { "http.request.method": "GET", "url.full": "https://example.test/page" };
  if (kind === "tool")
    return {
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": tool,
      "gen_ai.tool.call.arguments": JSON.stringify({ query: input }),
      "gen_ai.tool.call.result": output,
      ...(error ? { "error.type": error } : {}),
    };
  return {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": model.startsWith("gpt") ? "openai" : "anthropic",
    "gen_ai.request.model": model,
    "gen_ai.input.messages": messages("user", input),
    "gen_ai.output.messages": messages("assistant", output),
    "gen_ai.usage.input_tokens": tokens[0],
    "gen_ai.usage.output_tokens": tokens[1],
  };
}

/** OpenInference: the same run in the words that Phoenix reads. */
export function openInference({ kind, model, tool, input, output, tokens }) {
  const words = {
    "openinference.span.kind": { agent: "AGENT", llm: "LLM", tool: "TOOL", http: "CHAIN" }[kind],
  };
  if (input) words["input.value"] = input;
  if (output) words["output.value"] = output;
  if (tool) words["tool.name"] = tool;
  if (model)
    Object.assign(words, {
      "llm.model_name": model,
      "llm.token_count.prompt": tokens[0],
      "llm.token_count.completion": tokens[1],
    });
  return words;
}

function messages(role, content) {
  return JSON.stringify([{ role, parts: [{ type: "text", content }] }]);
}

function attributes(values) {
  return Object.entries(values).map(([key, value]) => ({
    key,
    value: typeof value === "number" ? { intValue: String(value) } : { stringValue: value },
  }));
}
