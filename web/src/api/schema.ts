// Made by scripts/types.mjs from the OpenAPI document; not edited by hand.

/** Nanoseconds since 1970 as a decimal string. */
export type Nanos = string;
/** US dollars as decimal text. */
export type Usd = string;

export interface Agent {
  id: string;
  name: string;
  registered: boolean;
  description: string | null;
  created_nanos: Nanos;
  last_start_nanos: Nanos | null;
  trace_count: number;
  error_count: number;
  failed_count: number;
  tokens: number | null;
  usage: Usage;
  cost: Total | null;
  duration_nanos: Percentiles | null;
}

export interface AgentList {
  agents: Agent[];
  next_cursor: string | null;
  scanned: Scanned | null;
}

export interface AgentRef {
  id: string;
  name: string;
}

export interface AuditEntry {
  id: number;
  at_nanos: Nanos;
  by: string;
  action: string;
  subject: string;
  detail: string;
}

export interface AuditList {
  entries: AuditEntry[];
  next_cursor: string | null;
}

export interface Check {
  problems: Record<string, unknown>[];
  counts: Record<string, unknown>;
  sizes: Record<string, unknown>;
}

export interface Cost {
  total: Usd;
  input: Usd | null;
  output: Usd | null;
  source: string;
  estimated: boolean;
  counted: boolean;
}

export interface Cursor {
  cursor: string | null;
}

export interface Deleted {
  trace_id: string;
  deleted_nanos: Nanos;
  refused_until_nanos: Nanos;
  by: string;
  rule: string;
  span_count: number;
  refused_count: number;
}

export interface DeletedList {
  deleted: Deleted[];
  next_cursor: string | null;
}

export interface Detail {
  detail: unknown;
}

export interface Difference {
  previous_span_id: string;
  common_messages: number;
  added: Record<string, unknown>[];
  removed: number;
}

export interface Done {
  done: boolean;
}

export interface Error {
  error: ErrorBody;
}

export interface ErrorBody {
  code:
    | "bad_request"
    | "bad_filter"
    | "bad_cursor"
    | "undecodable"
    | "unauthenticated"
    | "forbidden"
    | "foreign_origin"
    | "not_found"
    | "method_not_allowed"
    | "timeout"
    | "conflict"
    | "locked"
    | "too_large"
    | "unsupported_media_type"
    | "too_many_requests"
    | "unavailable"
    | "storage_full"
    | "internal";
  message: string;
  from: number;
  to: number;
  suggestions: string[];
  field: string;
  offset: number;
  reason: string;
}

export interface Figures {
  count: number;
  error_count: number;
  failed_count: number;
  tokens: number | null;
  usage: Usage;
  cost: Total | null;
  duration_nanos: Percentiles | null;
}

export interface Hint {
  code: string;
  message: string;
  from: number;
  to: number;
}

export interface Hit {
  trace_id: string;
  trace_name: string;
  span_id: string | null;
  span_name: string | null;
  start_nanos: Nanos;
  snippet: string;
  marks: number[][];
}

export interface Key {
  id: number;
  name: string;
  prefix: string;
  scopes: string[];
  agent: AgentRef | null;
  workspace: string;
  created_nanos: Nanos;
  created_by: string;
  revoked_nanos: Nanos | null;
  last_used_nanos: Nanos | null;
}

export interface KeyList {
  keys: Key[];
}

export interface Label {
  id: number;
  target: string;
  trace_id: string;
  span_id: string;
  session_id: string;
  name: string;
  score: number | null;
  value: string | null;
  explanation: string | null;
  source: string;
  author: string;
  created_nanos: Nanos;
}

export interface LabelList {
  labels: Label[];
  next_cursor: string | null;
}

export interface Ledger {
  lines: LedgerLine[];
  usage: TraceUsage;
  cost: TraceCost | null;
}

export interface LedgerLine {
  index: number;
  span_id: string;
  name: string;
  counted: boolean;
  why: string;
  because_of: string | null;
  usage: Usage | null;
  cost: Cost | null;
  filled: boolean;
}

export interface MadeKey {
  key: string;
  id: number;
  prefix: string;
}

export interface NewKey {
  name: string;
  scopes: string[];
  agent: string | null;
}

export interface NewLabel {
  trace_id: string | null;
  span_id: string | null;
  session_id: string | null;
  name: string;
  score: number | null;
  value: string | null;
  explanation: string | null;
  source: string | null;
  author: string | null;
}

export interface NewRun {
  run_id: string | null;
  agent_id: string | null;
  agent_name: string | null;
  name: string | null;
  session_id: string | null;
  user_id: string | null;
  input: unknown;
  metadata: Record<string, unknown> | null;
  start_time: unknown;
}

export interface NewView {
  name: string;
  page: string;
  definition: unknown;
}

export interface NewWorkspace {
  name: string;
}

export interface Percentiles {
  p50: number;
  p95: number;
  p99: number;
}

export interface Preview {
  span_id: string;
  input: string | null;
  output: string | null;
}

export interface Previews {
  previews: Preview[];
}

export interface PreviewsAsked {
  span_ids: string[];
}

export interface Price {
  model: string;
  provider: string | null;
  mode: string;
  from_nanos: Nanos | null;
  rates: Record<string, unknown>;
  shipped: boolean;
}

export interface PriceList {
  version: number;
  prices: Price[];
}

export interface PriceName {
  model: string;
  provider: string | null;
  from_nanos: Nanos | null;
}

export interface Receipt {
  orphans: number;
  missing_root: boolean;
  duplicates: number;
  placeholders: number;
  open_spans: number;
  dropped_by_sender: number;
  truncated: number;
  odd_clocks: number;
  skewed: number;
  cycles: number;
  rejected_numbers: number;
  unpriced: number;
  suspect_cumulative: number;
  gaps: number;
}

export interface ReceiptAnswer {
  trace_id: string;
  receipt: Receipt;
}

export interface Repriced {
  traces: number;
  changed: number;
  next_cursor: string | null;
}

export interface RequestEntry {
  id: number;
  at_nanos: Nanos;
  path: string;
  client: string;
  key: string | null;
  status: number;
  bytes: number;
  accepted: number;
  rejected: number;
  reason: string | null;
}

export interface RequestList {
  requests: RequestEntry[];
}

export interface ResolvedTime {
  from: number;
  to: number;
  text: string;
  start_nanos: Nanos;
  end_nanos: Nanos;
}

export interface Retention {
  settings: Setting[];
  receipts: Record<string, unknown>[];
}

export interface RetentionRun {
  trace_count: number;
  done: boolean;
}

export interface RunCompleted {
  output: unknown;
}

export interface RunEvent {
  event_id: string;
  time_nanos: Nanos;
  offset_nanos: number;
  name: string;
  attributes: Record<string, unknown>;
}

export interface RunEvents {
  events: RunEvent[];
}

export interface RunEventsBody {
  events: Record<string, unknown>[];
}

export interface RunFailed {
  error: unknown;
}

export interface RunSpans {
  spans: Record<string, unknown>[];
}

export interface RunTaken {
  run_id: string;
  trace_id: string;
  accepted: number;
  rejected: Record<string, unknown>[];
}

export interface SavedView {
  id: number;
  name: string;
  page: string;
  definition: unknown;
  created_nanos: Nanos;
  changed_nanos: Nanos;
  changed_by: string;
}

export interface SavedViewList {
  views: SavedView[];
}

export interface Scanned {
  rows: number;
  of: number;
}

export interface SearchAnswer {
  hits: Hit[];
  next_cursor: string | null;
  scanned: Scanned | null;
}

export interface Session {
  session_id: string;
  user_id: string | null;
  name: string;
  state: string;
  agents: AgentRef[];
  users: string[];
  labels: Label[];
  trace_count: number;
  error_trace_count: number;
  failed_count: number;
  span_count: number;
  error_count: number;
  llm_calls: number;
  llm_calls_failed: number;
  tool_calls: number;
  tool_calls_failed: number;
  embedding_calls: number;
  usage: Usage;
  cost: TraceCost | null;
  first_start_nanos: Nanos | null;
  last_start_nanos: Nanos | null;
  last_end_nanos: Nanos | null;
  last_arrival_nanos: Nanos | null;
}

export interface SessionDetail {
  session: Session;
}

export interface SessionList {
  sessions: Session[];
  next_cursor: string | null;
}

export interface SessionState {
  open: boolean;
  workspace: string | null;
  scopes: string[];
  agent: string | null;
  operator: boolean;
}

export interface Setting {
  name: string;
  value: unknown;
  default: unknown;
  locked: boolean;
  level: string;
  about: string;
  changed_by: string | null;
  changed_nanos: Nanos | null;
}

export interface SettingChange {
  name: string;
  value: unknown;
}

export interface SettingList {
  settings: Setting[];
}

export interface SignIn {
  key: string;
}

export interface Skeleton {
  span_id: string;
  parent_span_id: string | null;
  index: number;
  parent_index: number | null;
  depth: number;
  orphan: boolean;
  name: string;
  display_name: string;
  category: string;
  kind: string | null;
  operation: string | null;
  status: string;
  error_derived: boolean;
  error: SpanError | null;
  start_offset_nanos: number;
  duration_nanos: number | null;
  open: boolean;
  usage: Usage | null;
  usage_scope: string;
  counted: boolean | null;
  cost: Cost | null;
  model: string | null;
  request_model: string | null;
  response_model: string | null;
  provider: string | null;
  tool_name: string | null;
  tool_call_id: string | null;
  agent_name: string | null;
  session_id: string | null;
  user_id: string | null;
  finish_reason: string | null;
  ttft_nanos: number | null;
  input_preview: string | null;
  output_preview: string | null;
  input_bytes: number;
  output_bytes: number;
  call_hash: string | null;
  result_hash: string | null;
  conventions: string[];
  tags: string[];
  subtree: Subtree;
}

export interface SpanDetail {
  span: Skeleton;
  content: Record<string, unknown>;
  attributes: Record<string, unknown>;
  resource: Record<string, unknown>;
  scope: Record<string, unknown>;
  events: Record<string, unknown>[];
  links: Record<string, unknown>[];
  labels: Label[];
  difference: Difference | null;
  clipped_bytes: number;
}

export interface SpanError {
  kind: string;
  message: string;
}

export interface SpanList {
  spans: SpanRow[];
  next_cursor: string | null;
  total: number | null;
  total_is: string | null;
  scanned: Scanned | null;
  resolved: ResolvedTime[];
  hints: Hint[];
}

export interface SpanRow {
  span_id: string;
  parent_span_id: string | null;
  index: number;
  parent_index: number | null;
  depth: number;
  orphan: boolean;
  name: string;
  display_name: string;
  category: string;
  kind: string | null;
  operation: string | null;
  status: string;
  error_derived: boolean;
  error: SpanError | null;
  start_offset_nanos: number;
  duration_nanos: number | null;
  open: boolean;
  usage: Usage | null;
  usage_scope: string;
  counted: boolean | null;
  cost: Cost | null;
  model: string | null;
  request_model: string | null;
  response_model: string | null;
  provider: string | null;
  tool_name: string | null;
  tool_call_id: string | null;
  agent_name: string | null;
  session_id: string | null;
  user_id: string | null;
  finish_reason: string | null;
  ttft_nanos: number | null;
  input_preview: string | null;
  output_preview: string | null;
  input_bytes: number;
  output_bytes: number;
  call_hash: string | null;
  result_hash: string | null;
  conventions: string[];
  tags: string[];
  subtree: Subtree;
  trace_id: string;
  trace_name: string;
  start_nanos: Nanos;
}

export interface StartedRun {
  run_id: string;
  trace_id: string;
}

export interface Stats {
  group_by: string[];
  rows: StatsRow[];
  more_groups: number;
  total: Figures;
  scanned: Scanned | null;
  resolved: ResolvedTime[];
  hints: Hint[];
}

export interface StatsRow {
  count: number;
  error_count: number;
  failed_count: number;
  tokens: number | null;
  usage: Usage;
  cost: Total | null;
  duration_nanos: Percentiles | null;
  group: (string | null)[];
  agent: string | null;
}

export interface Status {
  code: number;
  message: string;
}

export interface Subtree {
  spans: number;
  errors: number;
  usage: Usage | null;
  cost: Usd | null;
}

export interface Total {
  total: Usd;
}

export interface TraceCost {
  total: Usd;
  reported: Usd | null;
  estimated: boolean;
  unpriced_calls: number;
}

export interface TraceDetail {
  trace: TraceRow;
  spans: Skeleton[];
  next_cursor: string | null;
  receipt: Receipt;
}

export interface TraceList {
  traces: TraceRow[];
  next_cursor: string | null;
  total: number | null;
  total_is: string | null;
  scanned: Scanned | null;
  resolved: ResolvedTime[];
  hints: Hint[];
}

export interface TraceRow {
  trace_id: string;
  name: string;
  agent: AgentRef | null;
  session_id: string | null;
  user_id: string | null;
  environment: string | null;
  release: string | null;
  status: string;
  root_status: string;
  state: string;
  start_nanos: Nanos;
  end_nanos: Nanos | null;
  duration_nanos: number | null;
  arrived_nanos: Nanos;
  last_arrival_nanos: Nanos;
  span_count: number;
  root_count: number;
  orphan_count: number;
  error_count: number;
  llm_calls: number;
  llm_calls_failed: number;
  tool_calls: number;
  tool_calls_failed: number;
  embedding_calls: number;
  usage: TraceUsage;
  cost: TraceCost | null;
  models: string[];
  providers: string[];
  tools: string[];
  agents: string[];
  tags: string[];
  labels: Label[];
  error: SpanError | null;
  input_preview: string | null;
  output_preview: string | null;
  receipt: Receipt;
  commit_seq: number;
}

export interface TraceUsage {
  input: number | null;
  output: number | null;
  cache_read: number | null;
  cache_write: number | null;
  reasoning: number | null;
  total: number | null;
  embedding_input: number | null;
}

export interface Transcript {
  turns: Record<string, unknown>[];
  clipped_bytes: number;
}

export interface Usage {
  input: number | null;
  output: number | null;
  cache_read: number | null;
  cache_write: number | null;
  reasoning: number | null;
  total: number | null;
}

export interface UserList {
  users: Record<string, unknown>[];
  next_cursor: string | null;
}

export interface Workspace {
  id: number;
  name: string;
  trace_count: number;
  created_nanos: Nanos;
}

export interface WorkspaceList {
  workspaces: Workspace[];
}
