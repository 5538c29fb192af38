// A stock JavaScript OpenTelemetry program: nothing names Clew but the three standard variables of its environment.
// env: JSROOT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_HEADERS, OTEL_EXPORTER_OTLP_PROTOCOL
import { createRequire } from 'module';
const require = createRequire(process.env.JSROOT + '/otlp/index.js');
const { NodeSDK } = require('@opentelemetry/sdk-node');
const { trace, SpanStatusCode } = require('@opentelemetry/api');

const sdk = new NodeSDK({ serviceName: 'stock-js' });
sdk.start();
const tracer = trace.getTracer('stock');
const sent = { spans: 3, in: 120, out: 17, errors: 1 };
tracer.startActiveSpan('invoke_agent stock', { attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'stock' } }, root => {
  sent.trace_id = root.spanContext().traceId;
  tracer.startActiveSpan('chat gpt-5-mini', { attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-5-mini' } }, chat => {
    chat.setAttributes({ 'gen_ai.usage.input_tokens': sent.in, 'gen_ai.usage.output_tokens': sent.out });
    chat.end();
  });
  tracer.startActiveSpan('execute_tool broken', { attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'broken' } }, tool => {
    tool.recordException(new Error('tool exploded'));
    tool.setStatus({ code: SpanStatusCode.ERROR, message: 'tool exploded' });
    tool.end();
  });
  root.end();
});
await sdk.shutdown();
console.log(JSON.stringify(sent));
