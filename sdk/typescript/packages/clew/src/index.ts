/** Records what AI agents do and sends it to a Clew server. */

export { AgentOSClient } from "./agentos-client.js";
export type {
  FilterExpression,
  Paged,
  SessionStats,
  TraceDetail,
  TraceNode,
  TraceQuery,
  TraceSummary,
} from "./agentos-client.js";
export { wrapAnthropic } from "./anthropic.js";
export { Clew, configure, defaultClient } from "./client.js";
export type { ClewOptions } from "./config.js";
export { bind, currentSpan } from "./context.js";
export { wrapOpenAI } from "./openai.js";
export { childEnvironment, continueTrace, extract, inject } from "./propagation.js";
export { ClewError, Reader } from "./reader.js";
export type { ListOptions } from "./reader.js";
export { currentRun, Run } from "./run.js";
export type {
  CostRow,
  Label,
  LabelTarget,
  Page,
  SearchHit,
  SessionRow,
  SpanDetail,
  SpanRow,
  TraceRow,
  UsageRow,
} from "./rows.js";
export { Span } from "./span.js";
export type { Stats } from "./stats.js";
export { agent, startSpan, tool, trace, traced, withSpan } from "./trace.js";
export type { TraceOptions } from "./trace.js";
export type { HeaderSource, SpanPlace } from "./traceparent.js";
export type { Answer, Outgoing, Transport } from "./transport.js";
export type {
  Attributes,
  EndOptions,
  OutgoingRecord,
  Redact,
  RunOptions,
  SpanKind,
  SpanOptions,
  Time,
  Usage,
} from "./types.js";
export { VERSION } from "./version.js";
