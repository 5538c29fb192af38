// Vercel AI SDK 4, 5 and 6: experimental_telemetry over OTLP. env: JSROOT, FOLDER=vercel4|vercel5|vercel6, TARGET, LLM
import { createRequire } from 'module'; import { pathToFileURL } from 'url';
const r = createRequire(`${process.env.JSROOT}/${process.env.FOLDER}/index.js`); const imp = async n => import(pathToFileURL(r.resolve(n)));
const ai = await imp('ai'), { createOpenAI } = await imp('@ai-sdk/openai'), { z } = await imp('zod');
const { NodeTracerProvider } = await imp('@opentelemetry/sdk-trace-node'), { BatchSpanProcessor } = await imp('@opentelemetry/sdk-trace-base'), { resourceFromAttributes } = await imp('@opentelemetry/resources');
const { OTLPTraceExporter } = await imp('@opentelemetry/exporter-trace-otlp-proto');
process.env.OTEL_EXPORTER_OTLP_ENDPOINT = process.env.TARGET;
const N = { sdk: 'vercel-ai', spans: 0 };
class Counting extends BatchSpanProcessor { onEnd(s) { N.spans++; super.onEnd(s) } }
const provider = new NodeTracerProvider({ resource: resourceFromAttributes({ 'service.name': 'demo-agent' }), spanProcessors: [new Counting(new OTLPTraceExporter())] }); provider.register();
const openai = createOpenAI({ baseURL: process.env.LLM, apiKey: 'sk-fake', compatibility: 'strict' });
const old = !ai.stepCountIs; // version 4: parameters, maxSteps, promptTokens
const tel = functionId => ({ isEnabled: true, functionId, metadata: { sessionId: 'sess-123', userId: 'user-42', tags: ['demo'] } });
const tool = (description, fields, execute) => ai.tool({ description, [old ? 'parameters' : 'inputSchema']: z.object(Object.fromEntries(fields.map(f => [f, z.string()]))), execute });
const steps = old ? { maxSteps: 8 } : { stopWhen: (ai.stepCountIs ?? ai.isStepCount)(8) };
const gen = (id, prompt, tools) => ai.generateText({ model: openai.chat('gpt-5-mini'), system: `You are ${id}`, prompt, tools, ...steps, experimental_telemetry: tel(id) });
const weather = tool('w', ['city'], async () => ({ temp_c: 21 }));
const tools = { get_weather: weather, broken_tool: tool('b', ['value'], async () => { throw new Error('tool exploded') }), ask_researcher: tool('r', ['question'], async ({ question }) => (await gen('researcher', question, { get_weather: weather })).text) };
// Version 4 ends the whole call when a tool throws.
try { N.answer = (await gen('planner', 'What is the weather in Paris?', tools)).text } catch (e) { N.failed = e.name }
for await (const _ of ai.streamText({ model: openai.chat('gpt-5-mini'), prompt: 'stream', experimental_telemetry: tel('streamer') }).textStream);
await ai.generateObject({ model: openai.chat('gpt-5-mini'), schema: z.object({ city: z.string() }), prompt: 'object', experimental_telemetry: tel('object') });
await ai.embed({ model: openai.embedding('text-embedding-3-small'), value: 'a', experimental_telemetry: tel('embedder') });
await provider.forceFlush(); await provider.shutdown(); console.log(JSON.stringify(N));
