// LangGraph and LangChain in JavaScript by OpenInference over OTLP. env: JSROOT, TARGET, LLM
import { createRequire } from 'module'; import { pathToFileURL } from 'url';
const r = createRequire(`${process.env.JSROOT}/langchain/index.js`); const imp = async n => import(pathToFileURL(r.resolve(n)));
const manager = await imp('@langchain/core/callbacks/manager'), { tool } = await imp('@langchain/core/tools'), { ChatOpenAI } = await imp('@langchain/openai'), { createReactAgent } = await imp('@langchain/langgraph/prebuilt'), { z } = await imp('zod');
const { LangChainInstrumentation } = await imp('@arizeai/openinference-instrumentation-langchain');
const { NodeTracerProvider } = await imp('@opentelemetry/sdk-trace-node'), { BatchSpanProcessor } = await imp('@opentelemetry/sdk-trace-base'), { resourceFromAttributes } = await imp('@opentelemetry/resources'), { OTLPTraceExporter } = await imp('@opentelemetry/exporter-trace-otlp-proto');
process.env.OTEL_EXPORTER_OTLP_ENDPOINT = process.env.TARGET;
const N = { sdk: 'langchain-js', spans: 0 };
class Counting extends BatchSpanProcessor { onEnd(s) { N.spans++; super.onEnd(s) } }
const provider = new NodeTracerProvider({ resource: resourceFromAttributes({ 'service.name': 'demo-agent' }), spanProcessors: [new Counting(new OTLPTraceExporter())] }); provider.register();
new LangChainInstrumentation({ tracerProvider: provider }).manuallyInstrument(manager);
const model = () => new ChatOpenAI({ model: 'gpt-5-mini', apiKey: 'sk-fake', configuration: { baseURL: process.env.LLM }, maxRetries: 0 });
const make = (name, fields, work) => tool(work, { name, description: name, schema: z.object(Object.fromEntries(fields.map(f => [f, z.string()]))) });
const weather = make('get_weather', ['city'], async () => JSON.stringify({ temp_c: 21 }));
const researcher = createReactAgent({ llm: model(), tools: [weather], name: 'researcher', prompt: 'You are researcher' });
const ask = make('ask_researcher', ['question'], async ({ question }, config) => (await researcher.invoke({ messages: [{ role: 'user', content: question }] }, config)).messages.at(-1).content);
const broken = make('broken_tool', ['value'], async () => { throw new Error('tool exploded') });
const planner = createReactAgent({ llm: model(), tools: [weather, broken, ask], name: 'planner', prompt: 'You are planner' });
const answer = await planner.invoke({ messages: [{ role: 'user', content: 'What is the weather in Paris?' }] }, { runName: 'planner', metadata: { session_id: 'sess-123', user_id: 'user-42' }, tags: ['demo'], recursionLimit: 30 });
N.answer = answer.messages.at(-1).content;
await provider.forceFlush(); await provider.shutdown(); console.log(JSON.stringify(N)); process.exit(0);
