/** What the server tells of one span beyond the skeleton: `GET /traces/{id}/spans/{span_id}` in types. */

import type { Label, Skeleton as SpanRow } from "@/api/schema";

/** Any JSON. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
/** A JSON object. */
export type JsonObject = { [key: string]: Json };

/** A piece of a message; `type` is OTel's word, or the sender's own. */
export type Part =
  | { type: "text"; content: string | null }
  | { type: "reasoning"; content: string | null }
  | { type: "tool_call"; id?: string; name: string; arguments: Json }
  | { type: "tool_call_response"; id?: string; response: Json }
  | { type: "server_tool_call"; id?: string; name: string; server_tool_call: Json }
  | { type: "server_tool_call_response"; id?: string; server_tool_call_response: Json }
  | { type: "blob"; modality: string; mime_type?: string; content: string }
  | { type: "file"; modality: string; mime_type?: string; file_id: string }
  | { type: "uri"; modality: string; mime_type?: string; uri: string }
  | { type: "compaction"; id?: string; content?: string };

export interface Message {
  role: string;
  parts: Part[];
  name?: string;
  finish_reason?: string;
}

export interface ToolContent {
  name: string | null;
  call_id: string | null;
  kind: string | null;
  description: string | null;
  arguments: Json;
  result: Json;
}

export interface FoundDocument {
  id: string | null;
  /** Larger is better. */
  score: number | null;
  /** Smaller is better. */
  distance: number | null;
  content: string | null;
  metadata: Json;
}

export interface Retrieval {
  query: string | null;
  top_k: number | null;
  data_source: string | null;
  documents: FoundDocument[];
}

export interface Exception {
  kind: string | null;
  message: string | null;
  stack: string | null;
  code: string | null;
}

/** A verdict that the sender put on the span. */
export interface Evaluation {
  name: string;
  score: number | null;
  label: string | null;
  explanation: string | null;
  annotator: string | null;
  target: string;
}

/** The payload in one shape for all senders. */
export interface Content {
  input_messages: Message[];
  output_messages: Message[];
  system_instructions: Part[];
  tool_definitions: Json[];
  input: Json;
  output: Json;
  tool: ToolContent | null;
  retrieval: Retrieval | null;
  parameters: JsonObject;
  finish_reasons: string[];
  exception: Exception | null;
  evaluations: Evaluation[];
  prompt: Json;
  metadata: JsonObject;
  details: JsonObject;
}

export interface SpanEvent {
  name: string;
  time_nanos: string;
  /** From the run's start. */
  offset_nanos: number;
  attributes: JsonObject;
  /** Set where it came as a log record. */
  from_log: { severity_text?: string; scope_name?: string } | null;
}

export interface SpanLink {
  trace_id: string;
  span_id: string;
  attributes: JsonObject;
}

/** A string that was cut at `text_max`; pointer in the answer (RFC 6901). */
export interface Clipped {
  pointer: string;
  /** Characters and bytes of the whole. */
  chars: number;
  bytes: number;
}

/** Another span of the run that has to do with this one. */
export interface Neighbour {
  span_id: string;
  display_name: string;
  start_offset_nanos: number;
  status: string;
  /** Of a retry: it asked for the same; null where nobody knows. */
  same_arguments?: boolean | null;
}

/** What is new in the prompt since the model call before. */
export interface Difference {
  previous_span_id: string;
  common_messages: number;
  added: Message[];
  /** How many messages of the call before stood after the common ones. */
  removed: number;
  removed_messages: Message[];
  /** Place of the first message that is not as it was, from 0; null when the prompt only grew. */
  first_change: number | null;
  system_changed: boolean;
  tools_added: string[];
  tools_removed: string[];
}

/** The answer to a request with `text_max`. */
export interface Detail {
  span: SpanRow;
  content: Content;
  attributes: JsonObject;
  resource: { attributes: JsonObject; dropped_attributes_count: number; schema_url: string };
  scope: {
    name: string;
    version: string;
    attributes: JsonObject;
    dropped_attributes_count: number;
    schema_url: string;
  };
  events: SpanEvent[];
  links: SpanLink[];
  labels: Label[];
  sender: string;
  sender_span_id: string | null;
  sender_trace_id: string | null;
  trace_state: string;
  dropped: { attributes: number; events: number; links: number };
  difference: Difference | null;
  clipped_bytes: number;
  /** At most a thousand; `clipped_total` counts all. */
  clipped: Clipped[];
  clipped_total: number;
  asked_by: Neighbour | null;
  read_by: Neighbour | null;
  retried_by: Neighbour | null;
}

/** One step of a JSON pointer, escaped (RFC 6901). */
export function step(name: string | number): string {
  return String(name).replaceAll("~", "~0").replaceAll("/", "~1");
}

/** `pointer` is `above` or inside it. */
export function isInside(pointer: string, above: string): boolean {
  return pointer === above || pointer.startsWith(`${above}/`);
}
