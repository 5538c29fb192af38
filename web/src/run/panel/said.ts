/** Messages as they are compared and weighed: which text each brings, and how much of the context each role takes. */

import type { Said } from "@/trace/difference";
import type { Clipped, Content, Json, Message, Part } from "./detail";
import { clippedChars } from "./longTexts";
import { charsOf, partChars } from "./messages";

/** Names of called tools by the id of the call. */
export function toolNames(messages: readonly Message[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const { parts } of messages) {
    for (const part of parts) if ("name" in part && "id" in part && part.id) names.set(part.id, part.name);
  }
  return names;
}

/** A message as the comparison reads it. */
export function saidOf(message: Message, names: ReadonlyMap<string, string>): Said {
  const call = message.parts.find((part) => part.type === "tool_call" || part.type === "server_tool_call");
  const result = message.parts.find(
    (part) => part.type === "tool_call_response" || part.type === "server_tool_call_response",
  );
  const id = (call ?? result)?.id ?? "";
  return {
    role: message.role,
    what: whatOf(message.role, call, result, names),
    text: message.parts.map((part) => textOf(part)).join("\n"),
    id,
  };
}

function whatOf(
  role: string,
  call: Part | undefined,
  result: Part | undefined,
  names: ReadonlyMap<string, string>,
): string {
  if (result && "id" in result) {
    const name = result.id ? names.get(result.id) : undefined;
    return name ? `tool result, ${name}` : "tool result";
  }
  if (call && "name" in call) return `${role}, calls ${call.name}`;
  return role;
}

function textOf(part: Part): string {
  switch (part.type) {
    case "text":
    case "reasoning":
    case "compaction":
      return part.content ?? "";
    case "tool_call":
      return callText(part.name, part.arguments);
    case "tool_call_response":
      return pretty(part.response);
    case "server_tool_call":
      return callText(part.name, part.server_tool_call);
    case "server_tool_call_response":
      return pretty(part.server_tool_call_response);
    case "blob":
      return `[${part.mime_type ?? part.modality}]`;
    case "file":
      return `[${part.modality} ${part.file_id}]`;
    case "uri":
      return `[${part.modality} ${part.uri}]`;
    default:
      return pretty(part as unknown as Json);
  }
}

/** A call with its arguments: on one line where they are short, else one below the other, texts with their own lines. */
function callText(name: string, value: Json): string {
  const line = typeof value === "string" ? value : JSON.stringify(value);
  if (typeof value !== "object" || value === null || Array.isArray(value) || line.length <= 60)
    return `${name}(${line})`;
  const fields = Object.entries(value).map(([key, field]) => `  ${key}: ${pretty(field)}`);
  return `${name}(\n${fields.join("\n")}\n)`;
}

/** JSON on one line where it is short. */
function pretty(value: Json): string {
  if (typeof value === "string") return value;
  const line = JSON.stringify(value);
  return line.length <= 60 ? line : JSON.stringify(value, null, 2);
}

/** What a role takes of the context. */
export interface Share {
  name: string;
  /** CSS variable of its colour. */
  colour: string;
  chars: number;
}

/** The context by role, in characters; what nobody has is left out. Media weigh nothing: nobody knows their tokens. */
export function contextOf(content: Content, clipped: ReadonlyMap<string, Clipped>): Share[] {
  const sums = { system: 0, tools: 0, user: 0, results: 0, assistant: 0, other: 0 };
  const at = (pointer: string) => clippedChars(clipped, pointer);
  content.system_instructions.forEach((part, index) => {
    sums.system += partChars(part) + at(`/content/system_instructions/${index}`);
  });
  sums.tools = charsOf(content.tool_definitions) + at("/content/tool_definitions");
  if (content.tool_definitions.length === 0) sums.tools = 0;
  content.input_messages.forEach((message, index) => {
    message.parts.forEach((part, place) => {
      const pointer = `/content/input_messages/${index}/parts/${place}`;
      const media = part.type === "blob" || part.type === "uri" || part.type === "file";
      sums[roleOf(message.role, part)] += media ? 0 : partChars(part) + at(pointer);
    });
  });
  const all: Share[] = [
    { name: "System", colour: "--cat-other", chars: sums.system },
    { name: "Tools", colour: "--cat-workflow", chars: sums.tools },
    { name: "User", colour: "--cat-agent", chars: sums.user },
    { name: "Tool results", colour: "--cat-tool", chars: sums.results },
    { name: "Assistant", colour: "--cat-llm", chars: sums.assistant },
    { name: "Other", colour: "--cat-chain", chars: sums.other },
  ];
  return all.filter(({ chars }) => chars > 0);
}

function roleOf(role: string, part: Part): "system" | "user" | "results" | "assistant" | "other" {
  if (part.type === "tool_call_response" || part.type === "server_tool_call_response") return "results";
  if (role === "system" || role === "developer") return "system";
  if (role === "tool") return "results";
  return role === "user" || role === "assistant" ? role : "other";
}
