// Genkit: a flow with tools, a model over OpenAI's format, its own telemetry with an OTLP exporter. env: JSROOT, TARGET, LLM
import { createRequire } from 'module'; import { pathToFileURL } from 'url';
const r = createRequire(`${process.env.JSROOT}/genkit/index.js`); const imp = async n => import(pathToFileURL(r.resolve(n)));
process.env.GENKIT_ENV = 'prod';
const { genkit, z } = await imp('genkit'), { enableTelemetry, flushTracing } = await imp('genkit/tracing'), { openAI } = await imp('@genkit-ai/compat-oai/openai');
const { OTLPTraceExporter } = await imp('@opentelemetry/exporter-trace-otlp-proto'), { BatchSpanProcessor } = await imp('@opentelemetry/sdk-trace-base');
const N = { sdk: 'genkit', spans: 0 };
class Counting extends BatchSpanProcessor { onEnd(s) { N.spans++; super.onEnd(s) } }
await enableTelemetry({ serviceName: 'demo-agent', spanProcessors: [new Counting(new OTLPTraceExporter({ url: process.env.TARGET + '/v1/traces', headers: { authorization: 'Bearer test' } }))] });
const ai = genkit({ plugins: [openAI({ apiKey: 'sk-fake', baseURL: process.env.LLM })] });
const model = openAI.model('gpt-5-mini');
const tool = (name, fields, work) => ai.defineTool({ name, description: name, inputSchema: z.object(Object.fromEntries(fields.map(f => [f, z.string()]))), outputSchema: z.any() }, work);
const weather = tool('get_weather', ['city'], async () => ({ temp_c: 21 }));
const researcher = ai.defineFlow({ name: 'researcher', inputSchema: z.string(), outputSchema: z.string() }, async question => (await ai.generate({ model, system: 'You are researcher', prompt: question, tools: [weather] })).text);
const ask = tool('ask_researcher', ['question'], async ({ question }) => ({ text: await researcher(question) }));
const planner = ai.defineFlow({ name: 'planner', inputSchema: z.string(), outputSchema: z.string() }, async question => (await ai.generate({ model, system: 'You are planner', prompt: question, tools: [weather, ask], maxTurns: 8 })).text);
const broken = tool('broken_tool', ['value'], async () => { throw new Error('tool exploded') });
const fragile = ai.defineFlow({ name: 'fragile', inputSchema: z.string(), outputSchema: z.string() }, async question => (await ai.generate({ model, prompt: question, tools: [broken] })).text);
N.answer = await planner('What is the weather in Paris?');
try { await fragile('break') } catch (e) { N.failed = String(e.message).slice(0, 60) }
const { stream, response } = ai.generateStream({ model, prompt: 'stream' }); for await (const _ of stream); await response;
await ai.embed({ embedder: openAI.embedder('text-embedding-3-small'), content: 'a' }).catch(e => { N.embed = String(e).slice(0, 200) });
await flushTracing(); await new Promise(done => setTimeout(done, 200)); console.log(JSON.stringify(N)); process.exit(0);
