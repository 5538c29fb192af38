// Mastra: agents, tools and a workflow, by its own OpenTelemetry exporter. env: JSROOT, TARGET, LLM, PROTO=http/protobuf|http/json
import { createRequire } from 'module'; import { pathToFileURL } from 'url';
const r = createRequire(`${process.env.JSROOT}/mastra/index.js`); const imp = async n => import(pathToFileURL(r.resolve(n)));
const { Mastra } = await imp('@mastra/core'), { Agent } = await imp('@mastra/core/agent'), { createTool } = await imp('@mastra/core/tools'), { createWorkflow, createStep } = await imp('@mastra/core/workflows');
const { Observability } = await imp('@mastra/observability'), { OtelExporter } = await imp('@mastra/otel-exporter');
const { createOpenAI } = await imp('@ai-sdk/openai'), { z } = await imp('zod');
const N = { sdk: 'mastra' };
const exporter = new OtelExporter({ provider: { custom: { endpoint: process.env.TARGET + '/v1/traces', protocol: process.env.PROTO ?? 'http/protobuf', headers: { authorization: 'Bearer test' } } } });
const model = createOpenAI({ baseURL: process.env.LLM, apiKey: 'sk-fake' }).chat('gpt-5-mini');
const tool = (id, fields, execute) => createTool({ id, description: id, inputSchema: z.object(Object.fromEntries(fields.map(f => [f, z.string()]))), execute });
const weather = tool('get_weather', ['city'], async () => ({ temp_c: 21 }));
const researcher = new Agent({ id: 'researcher', name: 'researcher', instructions: 'You are researcher', model, tools: { get_weather: weather } });
const planner = new Agent({ id: 'planner', name: 'planner', instructions: 'You are planner', model, tools: { get_weather: weather,
  broken_tool: tool('broken_tool', ['value'], async () => { throw new Error('tool exploded') }),
  ask_researcher: tool('ask_researcher', ['question'], async (input, context) => ({ text: (await researcher.generate(input.question, { tracingContext: context?.tracingContext })).text })) } });
const shout = createStep({ id: 'shout', inputSchema: z.object({ text: z.string() }), outputSchema: z.object({ text: z.string() }), execute: async ({ inputData }) => ({ text: inputData.text.toUpperCase() }) });
const greet = createWorkflow({ id: 'greet', inputSchema: z.object({ text: z.string() }), outputSchema: z.object({ text: z.string() }) }).then(shout).commit();
const mastra = new Mastra({ agents: { planner, researcher }, workflows: { greet }, logger: false, observability: new Observability({ configs: { otel: { serviceName: 'demo-agent', exporters: [exporter] } } }) });
const tracing = { tracingOptions: { metadata: { sessionId: 'sess-123', userId: 'user-42' }, tags: ['demo'] } };
const answer = await mastra.getAgent('planner').generate('What is the weather in Paris?', { maxSteps: 8, ...tracing }); N.answer = answer.text; N.usage = answer.totalUsage ?? answer.usage;
const stream = await mastra.getAgent('researcher').stream('stream', { maxSteps: 4, ...tracing }); for await (const _ of stream.textStream);
const run = await mastra.getWorkflow('greet').createRun(); N.workflow = (await run.start({ inputData: { text: 'hi' }, ...tracing })).status;
await mastra.shutdown?.(); await exporter.shutdown(); console.log(JSON.stringify(N)); process.exit(0);
