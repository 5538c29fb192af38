// Made by scripts/types.mjs from the OpenAPI document; not edited by hand.

/** Nanoseconds since 1970 as a decimal string. */
export type Nanos = string;
/** US dollars as decimal text. */
export type Usd = string;

export interface Addresses {
  http: string | null;
  otlp_http: string | null;
  otlp_grpc: string | null;
}

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
  live_count: number;
  span_count: number;
  span_error_count: number;
  tokens: number | null;
  usage: Usage;
  cost: Total | null;
  duration_nanos: Percentiles | null;
}

export interface AgentEntry {
  span_id: string;
  start_offset_nanos: number;
  kind: "agent";
  card: Card;
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

export interface Attachment {
  id: number;
  span_id: string | null;
  sender_id: string | null;
  name: string;
  content_type: string;
  size: number;
  sha256: string;
  created_nanos: Nanos;
}

export interface AttachmentList {
  attachments: Attachment[];
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

export interface BatchTaken {
  accepted: number;
  rejected_count: number;
  rejected: RejectedItem[];
}

export interface BraintrustFile {
  key: string;
  content_type?: string;
}

export interface BraintrustOverflow {
  content_type: string;
  size_bytes: number;
}

export interface BraintrustQuestion {
  name?: string;
  project_name?: string;
  project_id?: string;
}

export interface BraintrustRows {
  rows: Record<string, unknown>[];
  api_version?: number;
}

export interface Bucket {
  start_nanos: Nanos;
  count: number;
  error_count: number;
  failed_count: number;
}

export interface Card {
  span_id: string | null;
  agent: string | null;
  start_offset_nanos: number;
  duration_nanos: number | null;
  failed: boolean;
  error: SpanError | null;
  totals: Subtree;
  entries: Entry[];
  omitted_spans: number;
}

export type Category =
  | "other"
  | "agent"
  | "llm"
  | "tool"
  | "embedding"
  | "retrieval"
  | "reranker"
  | "guardrail"
  | "evaluator"
  | "memory"
  | "workflow"
  | "chain";

export interface Check {
  problems: Problem[];
  counts: Record<string, number>;
  sizes: Record<string, number>;
}

export interface ClippedText {
  pointer: string;
  chars: number;
  bytes: number;
}

export interface ClippedWords {
  text: string;
  clipped_bytes: number;
}

export interface CompactionEntry {
  span_id: string;
  start_offset_nanos: number;
  kind: "compaction";
  text: ClippedWords | null;
}

export interface Content {
  input_messages: Message[];
  output_messages: Message[];
  system_instructions: Record<string, unknown>[];
  tool_definitions: Record<string, unknown>[];
  input: unknown;
  output: unknown;
  tool: ToolContent | null;
  retrieval: RetrievalContent | null;
  parameters: Record<string, unknown>;
  finish_reasons: string[];
  exception: Exception | null;
  evaluations: Evaluation[];
  prompt: unknown;
  metadata: Record<string, unknown>;
  details: Record<string, unknown>;
}

export interface Cost {
  total: Usd;
  input: Usd | null;
  output: Usd | null;
  source: "reported" | "computed";
  estimated: boolean;
  counted: boolean;
}

export interface Cursor {
  cursor?: string | null;
}

export interface CutCall {
  id: string | null;
  name: string;
  arguments: string;
  chars: number;
}

export interface CutText {
  text: string;
  chars: number;
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
  added: Message[];
  removed: number;
  removed_messages: Message[];
  first_change: number | null;
  system_changed: boolean;
  tools_added: string[];
  tools_removed: string[];
}

export interface Document {
  id: string | null;
  score: number | null;
  distance: number | null;
  content: string | null;
  metadata: unknown;
}

export interface Done {
  done: boolean;
  id?: number;
  trace_id?: string;
  version?: number;
}

export type Entry =
  | TextEntry
  | ThinkingEntry
  | MediaEntry
  | ToolsEntry
  | AgentEntry
  | StepEntry
  | FailedEntry
  | CompactionEntry
  | OtherEntry;

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
    | "key_revoked"
    | "session_ended"
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
  reason?: string;
  from?: number;
  to?: number;
  offset?: number;
  field?: string;
  suggestions?: string[];
}

export interface Evaluation {
  name: string;
  score: number | null;
  label: string | null;
  explanation: string | null;
  annotator: string | null;
  target: string;
}

export interface EventLog {
  severity_number: number;
  severity_text: string;
  scope_name: string;
  observed_nanos: Nanos;
}

export interface Exception {
  kind: string | null;
  message: string | null;
  stack: string | null;
  code: string | null;
}

export interface FailedEntry {
  span_id: string;
  start_offset_nanos: number;
  kind: "failed";
  error: SpanError;
}

export interface Figures {
  count: number;
  error_count: number;
  failed_count: number;
  live_count: number;
  span_count: number;
  span_error_count: number;
  tokens: number | null;
  usage: Usage;
  cost: Total | null;
  duration_nanos: Percentiles | null;
}

export interface FilterField {
  name: string;
  aliases: string[];
  type: FilterType;
  operators: string[];
  owners: Subject[];
  summary: string;
  example: string;
  values: string[];
}

export interface FilterNamespace {
  namespace: string;
  name: string;
  type: FilterType;
  operators: string[];
  owners: Subject[];
  summary: string;
  example: string;
}

export interface FilterSchema {
  subject: Subject;
  fields: FilterField[];
  namespaces: FilterNamespace[];
}

export type FilterType =
  | "text"
  | "full_text"
  | "set"
  | "id"
  | "duration"
  | "money"
  | "count"
  | "number"
  | "size"
  | "share"
  | "time"
  | "open";

export interface FilterValue {
  value: string;
  count: number | null;
}

export interface FilterValues {
  values: FilterValue[];
  scanned: Scanned | null;
}

export interface Found {
  matches: FoundMatch[];
  total: number;
  total_is: string;
}

export interface FoundMatch {
  pointer: string;
  at: number;
  snippet: string;
  mark: number[];
}

export interface Hint {
  code: "different_spans" | "field_name_as_text" | "always_same";
  message: string;
  from: number;
  to: number;
  suggestions?: string[];
}

export interface Histogram {
  start_nanos: Nanos;
  end_nanos: Nanos;
  bucket_nanos: number;
  buckets: Bucket[];
  scanned: Scanned | null;
  resolved: ResolvedTime[];
  hints: Hint[];
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

export interface Imported {
  records: number;
  spans: number;
  traces: number;
  ignored: number;
  rejected_count: number;
  rejected: RejectedItem[];
}

export interface Info {
  name: string;
  version: string;
  open: boolean;
  workspace: string;
  agent: string | null;
  scopes: Scope[];
  operator: boolean;
  started_nanos: Nanos;
  now_nanos: Nanos;
  price_version: number;
  mapping_version: number;
  addresses: Addresses;
  has_traces: boolean;
  data_bytes: number | null;
  limits: Record<string, number>;
}

export interface InstrumentationScope {
  name: string;
  version: string;
  attributes: Record<string, unknown>;
  dropped_attributes_count: number;
  schema_url: string;
}

export interface ItemsTaken {
  accepted: number;
  rejected_count: number;
  rejected: RejectedItem[];
}

export interface Key {
  id: number;
  name: string;
  prefix: string;
  scopes: Scope[];
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
  target: "trace" | "span" | "session";
  trace_id?: string;
  span_id?: string;
  session_id?: string;
  name: string;
  score: number | null;
  value: string | null;
  explanation: string | null;
  source: "reflex" | "rule" | "human" | "judge" | "sdk";
  author: string;
  created_nanos: Nanos;
}

export interface LabelList {
  labels: Label[];
  next_cursor: string | null;
}

export interface LangfuseBatch {
  batch: Record<string, unknown>[];
  metadata?: Record<string, unknown>;
}

export interface LangfuseError {
  message: string;
  error: string;
}

export interface LangfuseMedium {
  traceId?: string;
  contentType?: string;
}

export interface LangfuseScore {
  id?: string;
  traceId?: string;
  observationId?: string;
  sessionId?: string;
  name: string;
  value: unknown;
  dataType?: string;
  comment?: string;
  source?: string;
  timestamp?: unknown;
}

export interface LangsmithBatch {
  post?: Record<string, unknown>[];
  patch?: Record<string, unknown>[];
}

export interface LangsmithFeedback {
  run_id?: string | null;
  trace_id?: string | null;
  key: string;
  score?: unknown;
  value?: unknown;
  comment?: string | null;
}

export interface LangsmithProject {
  name: string;
  id?: string | null;
}

export interface LangsmithQuery {
  id?: string[];
  trace?: string | null;
  parent_run?: string | null;
  session?: string[];
  is_root?: boolean | null;
  run_type?: string | null;
  error?: boolean | null;
  start_time?: string | null;
  limit?: number | null;
  cursor?: string | null;
}

export interface LangsmithRun {
  id?: string | null;
  trace_id?: string | null;
  parent_run_id?: string | null;
  dotted_order?: string | null;
  name?: string | null;
  run_type?: string | null;
  start_time?: unknown;
  end_time?: unknown;
  inputs?: unknown;
  outputs?: unknown;
  error?: string | null;
  extra?: Record<string, unknown> | null;
  session_name?: string | null;
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
  why:
    | "own"
    | "aggregate"
    | "reported"
    | "counted_below"
    | "counted_above"
    | "shadowed_by"
    | "duplicate_of"
    | "free";
  because_of: string | null;
  usage: Usage | null;
  cost: Cost | null;
  filled: boolean;
}

export interface MadeKey {
  id: number;
  name: string;
  prefix: string;
  scopes: Scope[];
  agent: AgentRef | null;
  workspace: string;
  created_nanos: Nanos;
  created_by: string;
  revoked_nanos: Nanos | null;
  last_used_nanos: Nanos | null;
  key: string;
}

export interface MediaEntry {
  span_id: string;
  start_offset_nanos: number;
  kind: "media";
  role: string;
  modality: string;
  mime_type: string | null;
  reference: string | null;
}

export interface MediaMark {
  role: string;
  modality: string;
  mime_type: string | null;
}

export interface Message {
  role: string;
  parts: unknown[];
  name?: string;
  finish_reason?: string;
}

export interface MlflowError {
  error_code: string;
  message: string;
}

export interface NewKey {
  name: string;
  scopes: Scope[];
  agent?: string | null;
}

export interface NewLabel {
  trace_id?: string | null;
  span_id?: string | null;
  session_id?: string | null;
  name: string;
  score?: number | null;
  value?: string | null;
  explanation?: string | null;
  source?: string | null;
  author?: string | null;
}

export interface NewPrice {
  model: string;
  provider?: string | null;
  mode?: string;
  from_nanos?: Nanos | null;
  rates: Rates;
}

export interface NewRun {
  run_id?: string | null;
  agent_id?: string | null;
  agent_name?: string | null;
  name?: string | null;
  session_id?: string | null;
  user_id?: string | null;
  input?: unknown;
  metadata?: Record<string, unknown> | null;
  environment?: string | null;
  release?: string | null;
  start_time?: unknown;
}

export interface NewView {
  name: string;
  page: string;
  definition: unknown;
}

export interface NewWorkspace {
  name: string;
}

export interface OpenaiAgentsItems {
  data: Record<string, unknown>[];
}

export interface OtherEntry {
  span_id: string;
  start_offset_nanos: number;
  kind: "other";
  part: unknown;
}

export type Outcome = "unset" | "ok" | "error";

export interface ParentRef {
  span_id: string;
  display_name: string;
  category: Category;
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
  rates: Rates;
  shipped: boolean;
}

export interface PriceList {
  version: number;
  prices: Price[];
}

export interface PriceName {
  model: string;
  provider?: string | null;
  from_nanos?: Nanos | null;
}

export interface Problem {
  code: string;
  message: string;
}

export interface Rates {
  input: Usd;
  output?: Usd | null;
  cache_read?: Usd | null;
  cache_write?: Usd | null;
  cache_write_1h?: Usd | null;
  reasoning?: Usd | null;
  audio_input?: Usd | null;
  audio_output?: Usd | null;
  input_over_200k?: Usd | null;
  output_over_200k?: Usd | null;
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

export interface RejectedItem {
  what: string;
  reason: string;
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

export interface Resource {
  attributes: Record<string, unknown>;
  dropped_attributes_count: number;
  schema_url: string;
}

export interface Retention {
  settings: Setting[];
  receipts: RetentionReceipt[];
}

export interface RetentionReceipt {
  workspace: number;
  ran_nanos: Nanos;
  rule: string;
  cut_nanos: Nanos | null;
  trace_count: number;
  span_count: number;
  oldest_nanos: Nanos | null;
  newest_nanos: Nanos | null;
}

export interface RetentionRun {
  trace_count: number;
  done: boolean;
}

export interface RetrievalContent {
  query: string | null;
  top_k: number | null;
  data_source: string | null;
  documents: Document[];
}

export interface RetryRef {
  span_id: string;
  display_name: string;
  start_offset_nanos: number;
  status: Outcome;
  same_arguments: boolean | null;
}

export interface RunBatch {
  runs: Record<string, unknown>[];
}

export interface RunCompleted {
  output?: unknown;
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
  shown: number;
  total: number;
}

export interface RunEventsBody {
  events: Record<string, unknown>[];
}

export interface RunFailed {
  error?: unknown;
}

export interface RunSpans {
  spans: Record<string, unknown>[];
}

export type RunState = "live" | "quiet" | "abandoned" | "resumed" | "done";

export interface RunTaken {
  run_id: string;
  trace_id: string;
  accepted: number;
  rejected_count: number;
  rejected: RejectedItem[];
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

export type Scope = "ingest" | "read" | "admin";

export interface SearchAnswer {
  hits: Hit[];
  next_cursor: string | null;
  scanned: Scanned | null;
}

export interface Section {
  turn: Turn | null;
  card: Card;
}

export interface Session {
  session_id: string;
  user_id: string | null;
  name: string;
  state: RunState;
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
  total: number;
  total_is: "exact" | "at_least";
  scanned: Scanned | null;
  resolved: ResolvedTime[];
  hints: Hint[];
}

export interface SessionState {
  open: boolean;
  workspace: string | null;
  scopes: Scope[] | null;
  agent: string | null;
  operator: boolean;
  by: string | null;
}

export interface Setting {
  name: string;
  value: unknown;
  default: unknown;
  locked: boolean;
  level: "instance" | "workspace";
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
  category: Category;
  kind: string | null;
  operation: string | null;
  status: Outcome;
  error_derived: boolean;
  error: SpanError | null;
  start_offset_nanos: number;
  duration_nanos: number | null;
  open: boolean;
  usage: Usage | null;
  usage_scope: "own" | "aggregate";
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

export interface SkeletonColumn {
  name: string;
  type: string;
  offset: number;
  length: number;
}

export interface SkeletonHeader {
  trace: TraceRow;
  receipt: Receipt;
  commit_seq: number;
  count: number;
  strings: string[];
  categories: string[];
  columns: SkeletonColumn[];
  orphans: Record<string, string>;
  labels: SkeletonLabel[];
}

export interface SkeletonLabel {
  index: number;
  id: number;
  name: string;
  score: number | null;
  value: string | null;
  explanation: string | null;
  source: string;
}

export interface SpanDetail {
  span: Skeleton;
  content: Content;
  attributes: Record<string, unknown>;
  resource: Resource;
  scope: InstrumentationScope;
  events: SpanEvent[];
  links: SpanLink[];
  labels: Label[];
  difference: Difference | null;
  parent: ParentRef | null;
  asked_by: SpanRef | null;
  read_by: SpanRef | null;
  retried_by: RetryRef | null;
  sender: unknown;
  sender_span_id: string | null;
  sender_trace_id: string | null;
  trace_state: string;
  dropped: unknown;
  clipped?: ClippedText[];
  clipped_total?: number;
  clipped_bytes: number;
}

export interface SpanError {
  kind: string;
  message: string;
}

export interface SpanEvent {
  name: string;
  time_nanos: Nanos;
  offset_nanos: number;
  attributes: Record<string, unknown>;
  from_log: EventLog | null;
}

export interface SpanLink {
  trace_id: string;
  span_id: string;
  attributes: Record<string, unknown>;
}

export interface SpanList {
  spans: SpanRow[];
  next_cursor: string | null;
  total: number;
  total_is: "exact" | "at_least";
  scanned: Scanned | null;
  resolved: ResolvedTime[];
  hints: Hint[];
}

export interface SpanRef {
  span_id: string;
  display_name: string;
  start_offset_nanos: number;
  status: Outcome;
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
  category: Category;
  kind: string | null;
  operation: string | null;
  status: Outcome;
  error_derived: boolean;
  error: SpanError | null;
  start_offset_nanos: number;
  duration_nanos: number | null;
  open: boolean;
  usage: Usage | null;
  usage_scope: "own" | "aggregate";
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

export interface SpanText {
  span_id: string;
  user: CutText | null;
  thinking: CutText | null;
  text: CutText | null;
  calls: CutCall[];
  arguments: CutText | null;
  result: CutText | null;
  system: CutText | null;
  media: MediaMark[];
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
  live_count: number;
  span_count: number;
  span_error_count: number;
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
  details?: Record<string, unknown>[];
}

export interface StepEntry {
  span_id: string;
  start_offset_nanos: number;
  kind: "step";
  category: Category;
  name: string;
  input: string | null;
  output: string | null;
  error: SpanError | null;
}

export type Subject = "session" | "trace" | "span";

export interface Subtree {
  spans: number;
  errors: number;
  usage: Usage | null;
  cost: Usd | null;
}

export interface TextEntry {
  span_id: string;
  start_offset_nanos: number;
  kind: "text";
  role: string;
  text: ClippedWords | null;
}

export interface TextPiece {
  text: string;
  from: number;
  chars: number;
  next: number | null;
}

export interface Texts {
  texts: SpanText[];
}

export interface TextsAsked {
  span_ids: string[];
}

export interface ThinkingEntry {
  span_id: string;
  start_offset_nanos: number;
  kind: "thinking";
  text: ClippedWords | null;
}

export interface ToolCall {
  span_id: string | null;
  call_id: string | null;
  arguments: unknown;
  result: unknown;
  duration_nanos: number | null;
  failed: boolean;
  error: SpanError | null;
  by_provider: boolean;
  inside: Entry[];
  omitted_spans: number;
}

export interface ToolContent {
  name: string | null;
  call_id: string | null;
  kind: string | null;
  description: string | null;
  arguments: unknown;
  result: unknown;
}

export interface ToolsEntry {
  span_id: string;
  start_offset_nanos: number;
  kind: "tools";
  name: string;
  calls: ToolCall[];
  identical: boolean;
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
  note: TraceNote | null;
}

export interface TraceList {
  traces: TraceRow[];
  next_cursor: string | null;
  total: number;
  total_is: "exact" | "at_least";
  scanned: Scanned | null;
  resolved: ResolvedTime[];
  hints: Hint[];
}

export interface TraceNote {
  sender: string;
  sender_trace_id: string | null;
  name: string | null;
  status_message: string;
  metadata: Record<string, unknown>;
  attributes: Record<string, unknown>;
  resource: Resource;
}

export interface TraceRow {
  trace_id: string;
  name: string;
  agent: AgentRef | null;
  session_id: string | null;
  user_id: string | null;
  environment: string | null;
  release: string | null;
  status: Outcome;
  root_status: Outcome;
  state: RunState;
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
  turns: Section[];
  clipped_bytes: number;
}

export interface Turn {
  span_id: string;
  first: number;
  end: number;
}

export interface Usage {
  input: number | null;
  output: number | null;
  cache_read: number | null;
  cache_write: number | null;
  reasoning: number | null;
  total: number | null;
}

export interface User {
  user_id: string;
  session_count: number;
  agents: AgentRef[];
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

export interface UserList {
  users: User[];
  next_cursor: string | null;
  total: number;
  total_is: "exact" | "at_least";
  scanned: Scanned | null;
  resolved: ResolvedTime[];
  hints: Hint[];
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
