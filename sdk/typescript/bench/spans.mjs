// What a span costs the code that is traced: begin with a parent and attributes, end with attributes. Beside it the
// same with OpenTelemetry's SDK and its BatchSpanProcessor, in the same process, in turns, so that the machine's load
// meets both. Prints medians in microseconds.
//
//     node bench/spans.mjs [--limit 5]
import { createRequire } from "node:module";
import { capture } from "@clew/sdk/testing";

const SPANS = 4000;
const ROUNDS = 40;
const WARM_UP = 10;

const limit = process.argv.includes("--limit")
  ? Number(process.argv[process.argv.indexOf("--limit") + 1])
  : undefined;

/** Microseconds a span, of one round. What waits is sent between the rounds, and not measured: it costs no caller's time. */
async function clewRound(client) {
  const run = client.openRun({ agentId: "bench", parent: false });
  const began = process.hrtime.bigint();
  for (let index = 0; index < SPANS; index += 1) {
    const span = run.startSpan("gpt-4.1", {
      kind: "llm",
      data: { model: "gpt-4.1", temperature: 0.2, attempt: index },
    });
    span.end({ input_tokens: 1240, output_tokens: 90, finish_reason: "stop" });
  }
  const took = Number(process.hrtime.bigint() - began) / 1000 / SPANS;
  run.complete();
  await client.flush();
  return took;
}

async function openTelemetryRound(tracer, api, processor) {
  const root = tracer.startSpan("bench");
  const context = api.trace.setSpan(api.context.active(), root);
  const began = process.hrtime.bigint();
  for (let index = 0; index < SPANS; index += 1) {
    const attributes = {
      "gen_ai.request.model": "gpt-4.1",
      "gen_ai.request.temperature": 0.2,
      attempt: index,
    };
    const span = tracer.startSpan("gpt-4.1", { attributes }, context);
    span.setAttributes({
      "gen_ai.usage.input_tokens": 1240,
      "gen_ai.usage.output_tokens": 90,
      finish_reason: "stop",
    });
    span.end();
  }
  const took = Number(process.hrtime.bigint() - began) / 1000 / SPANS;
  root.end();
  await processor.forceFlush();
  return took;
}

function openTelemetry() {
  try {
    const require = createRequire(import.meta.url);
    const api = require("@opentelemetry/api");
    const { BasicTracerProvider, BatchSpanProcessor } = require("@opentelemetry/sdk-trace-base");
    const exporter = {
      export: (_, done) => done({ code: 0 }),
      shutdown: async () => {},
      forceFlush: async () => {},
    };
    const processor = new BatchSpanProcessor(exporter, { maxQueueSize: SPANS * 2 });
    const provider = new BasicTracerProvider({ spanProcessors: [processor] });
    return { tracer: provider.getTracer("bench"), api, processor };
  } catch {
    return undefined; // not installed: bench/README.md says how
  }
}

function median(numbers) {
  const sorted = [...numbers].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)];
}

const { client, transport } = capture();
const other = openTelemetry();
const ours = [];
const theirs = [];
for (let round = 0; round < ROUNDS + WARM_UP; round += 1) {
  const took = await clewRound(client);
  transport.clear();
  const beside = other && (await openTelemetryRound(other.tracer, other.api, other.processor));
  if (round < WARM_UP) continue;
  ours.push(took);
  if (beside !== undefined) theirs.push(beside);
}
const result = {
  node: process.versions.node,
  spans: SPANS * ROUNDS,
  clew_us: Number(median(ours).toFixed(2)),
  clew_worst_us: Number(Math.max(...ours).toFixed(2)),
  opentelemetry_us: theirs.length > 0 ? Number(median(theirs).toFixed(2)) : null,
  dropped: client.stats().dropped,
};
console.log(JSON.stringify(result));
if (limit !== undefined && !(result.clew_us < limit)) {
  console.error(`a span takes ${result.clew_us} us, the limit is ${limit}`);
  process.exitCode = 1;
}
