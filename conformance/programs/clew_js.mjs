// Clew's own JavaScript SDK: functions traced, OpenAI's client wrapped, a run around it all. env: JSROOT, TARGET, LLM, CLEW_SPOOL, FLUSH_ONLY=1 (sends what another program left on disk)
import { createRequire } from 'module'; import { pathToFileURL } from 'url';
process.env.CLEW_URL = process.env.TARGET;
const r = createRequire(process.env.JSROOT + '/typescript/index.js'); const imp = async n => import(pathToFileURL(r.resolve(n)));
const C = await imp('@clew/sdk'), { OpenAI } = await imp('openai');
const N = { sdk: 'clew-js', llm: 0, in: 0, out: 0, cached: 0, errors: 0 };
const end = async () => { N.flushed = await C.defaultClient().flush(); N.dropped = C.defaultClient().stats().dropped; console.log(JSON.stringify(N)) };
if (process.env.FLUSH_ONLY === '1') { await C.defaultClient().withRun({ name: 'next', parent: false }, async () => {}); await end(); process.exit(0) }
const llm = C.wrapOpenAI(new OpenAI({ baseURL: process.env.LLM, apiKey: 'sk-fake', maxRetries: 0 }));
const count = u => { N.llm++; N.in += u.prompt_tokens ?? u.input_tokens; N.out += u.completion_tokens ?? u.output_tokens; N.cached += (u.prompt_tokens_details ?? u.input_tokens_details).cached_tokens };
const fn = (name, ...p) => ({ type: 'function', function: { name, description: name, parameters: { type: 'object', properties: Object.fromEntries(p.map(k => [k, { type: 'string' }])), required: p } } });
const get_weather = C.tool(async ({ city }) => ({ city, temp_c: 21 }), { name: 'get_weather' }), broken_tool = C.tool(async ({ value }) => { throw new Error('tool exploded: ' + value) }, { name: 'broken_tool' });
const loop = async (name, prompt, tools, impl) => {
  const messages = [{ role: 'system', content: `You are ${name}` }, { role: 'user', content: prompt }]; let m;
  for (;;) {
    const x = await llm.chat.completions.create({ model: 'gpt-5-mini', messages, tools }); count(x.usage); m = x.choices[0].message;
    if (!m.tool_calls) break; messages.push(m);
    for (const c of m.tool_calls) { let out; try { out = await impl[c.function.name](JSON.parse(c.function.arguments)) } catch (e) { N.errors++; out = String(e) } messages.push({ role: 'tool', tool_call_id: c.id, content: JSON.stringify(out) }) }
  }
  for await (const ch of await llm.chat.completions.create({ model: 'gpt-5-mini', messages: [{ role: 'user', content: 'summarise' }], stream: true, stream_options: { include_usage: true } })) if (ch.usage) count(ch.usage);
  return m.content;
};
const researcher = C.agent(async ({ question }) => loop('researcher', question, [fn('get_weather', 'city')], { get_weather }), { name: 'researcher' });
const planner = C.agent(async q => loop('planner', q, [fn('get_weather', 'city'), fn('broken_tool', 'value'), fn('ask_researcher', 'question')], { get_weather, broken_tool, ask_researcher: researcher }), { name: 'planner' });
await C.defaultClient().withRun({ agentId: 'demo', sessionId: 'sess-123', userId: 'user-42', tags: ['demo'], metadata: { k: 'v' } }, async run => {
  N.trace_id = run.traceId; N.answer = await planner('What is the weather in Paris?');
  count((await llm.responses.create({ model: 'gpt-5-mini', input: 'hello' })).usage); await llm.embeddings.create({ model: 'text-embedding-3-small', input: ['a', 'b'] });
  try { await llm.chat.completions.create({ model: 'gpt-5-mini', messages: [{ role: 'user', content: 'FORCE_429' }] }) } catch { N.errors++ }
  run.event('note', { a: 1 });
});
await end(); process.exit(0);
