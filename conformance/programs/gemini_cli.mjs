// Gemini CLI, headless, its telemetry to OTLP; the model is LLM_ROOT in Gemini's format. env: JSROOT, TARGET, LLM_ROOT
import { spawnSync } from 'child_process'; import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'fs'; import { tmpdir } from 'os'; import { join } from 'path';
const home = mkdtempSync(join(tmpdir(), 'gemini-')), work = join(home, 'work'); mkdirSync(join(home, '.gemini'), { recursive: true }); mkdirSync(work);
writeFileSync(join(work, 'note.txt'), 'sunny');
// Two tools only: the scripted model asks for each that it is offered.
writeFileSync(join(home, '.gemini', 'settings.json'), JSON.stringify({ security: { auth: { selectedType: 'gemini-api-key' } }, tools: { core: ['list_directory', 'glob'] }, general: { disableAutoUpdate: true }, privacy: { usageStatisticsEnabled: false } }));
const env = { PATH: process.env.PATH, HOME: home, GEMINI_CLI_HOME: home, GEMINI_CLI_TRUST_WORKSPACE: 'true', GEMINI_API_KEY: 'fake', GOOGLE_GEMINI_BASE_URL: process.env.LLM_ROOT, NO_COLOR: '1',
  GEMINI_TELEMETRY_ENABLED: 'true', GEMINI_TELEMETRY_TARGET: 'local', GEMINI_TELEMETRY_TRACES_ENABLED: 'true', GEMINI_TELEMETRY_OTLP_ENDPOINT: process.env.TARGET, GEMINI_TELEMETRY_OTLP_PROTOCOL: 'http', GEMINI_TELEMETRY_LOG_PROMPTS: 'true' };
const cli = join(process.env.JSROOT, 'gemini', 'node_modules', '@google', 'gemini-cli', 'bundle', 'gemini.js');
const done = spawnSync(process.execPath, [cli, '--model', 'gemini-2.5-flash', '--yolo', '--output-format', 'json', '--prompt', 'What is in this folder?'], { cwd: work, env, encoding: 'utf8', timeout: 90000 });
let said; try { said = JSON.parse(done.stdout.slice(done.stdout.indexOf('{'))) } catch { said = { out: done.stdout.slice(-300), err: done.stderr.slice(-800) } }
rmSync(home, { recursive: true, force: true });
console.log(JSON.stringify({ sdk: 'gemini-cli', code: done.status, answer: said.response, session: said.session_id, ...(said.response ? {} : { said }) }));
