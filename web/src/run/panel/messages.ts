/**
 * Messages as they are read: calls of tools stand together with their results, which the sender put into later
 * messages. Everything keeps its pointer into the answer, by which long texts and search hits find it.
 */

import type { Content, Json, Message, Part } from "./detail";

/** A part with its pointer into the answer. */
export interface PlacedPart {
  part: Part;
  pointer: string;
}

/** A call of a tool, its result, or both. */
export interface ToolPair {
  kind: "pair";
  name: string;
  id: string | null;
  call: { arguments: Json; pointer: string } | null;
  result: { value: Json; pointer: string } | null;
}

/** What is drawn inside a message. */
export type Piece = ToolPair | ({ kind: "part" } & PlacedPart);

/** A message, or a result whose call stands in an earlier message (then `role` is "tool"). */
export interface Block {
  role: string;
  name: string | null;
  finishReason: string | null;
  /** Place in its list, from 0. */
  index: number;
  pieces: Piece[];
}

/** The prompt: what the call before already had, and what is new. */
export interface Prompt {
  earlier: Block[];
  fresh: Block[];
}

/** The messages of the input as blocks, cut after the first `common` of them. */
export function promptBlocks(messages: readonly Message[], common: number): Prompt {
  const base = "/content/input_messages";
  const pairs = pairUp(messages, base);
  const cut = Math.min(common, messages.length);
  return {
    earlier: blocksOf(messages, base, 0, cut, pairs),
    fresh: blocksOf(messages, base, cut, messages.length, pairs),
  };
}

/** The answer; its calls have no results here. */
export function answerBlocks(messages: readonly Message[]): Block[] {
  const base = "/content/output_messages";
  return blocksOf(messages, base, 0, messages.length, pairUp(messages, base));
}

/** System instructions that were given apart from the messages. */
export function systemPieces(content: Content): Piece[] {
  return content.system_instructions.map((part, at) => ({
    kind: "part",
    part,
    pointer: `/content/system_instructions/${at}`,
  }));
}

interface Pairs {
  /** By the pointer of the call's part. */
  byCall: Map<string, ToolPair>;
  /** By the pointer of the result's part. */
  byResult: Map<string, ToolPair>;
}

/** Results go to the call of the same id; without ids to the earliest open call before them. */
function pairUp(messages: readonly Message[], base: string): Pairs {
  const byCall = new Map<string, ToolPair>();
  const byResult = new Map<string, ToolPair>();
  const open: ToolPair[] = [];
  messages.forEach((message, at) => {
    message.parts.forEach((part, place) => {
      const pointer = `${base}/${at}/parts/${place}`;
      const call = asCall(part, pointer);
      if (call) {
        byCall.set(pointer, call);
        open.push(call);
      }
      const result = asResult(part, pointer);
      if (!result) return;
      const found = open.findIndex((known) => (result.id ? known.id === result.id : known.id === null));
      const pair = found >= 0 ? open.splice(found, 1)[0]! : null;
      if (pair) pair.result = result.result;
      byResult.set(pointer, pair ?? result);
    });
  });
  return { byCall, byResult };
}

function asCall(part: Part, pointer: string): ToolPair | null {
  if (part.type === "tool_call")
    return pair(part.name, part.id, { arguments: part.arguments, pointer: `${pointer}/arguments` }, null);
  if (part.type === "server_tool_call")
    return pair(
      part.name,
      part.id,
      { arguments: part.server_tool_call, pointer: `${pointer}/server_tool_call` },
      null,
    );
  return null;
}

function asResult(part: Part, pointer: string): ToolPair | null {
  if (part.type === "tool_call_response")
    return pair("", part.id, null, { value: part.response, pointer: `${pointer}/response` });
  if (part.type === "server_tool_call_response")
    return pair("", part.id, null, {
      value: part.server_tool_call_response,
      pointer: `${pointer}/server_tool_call_response`,
    });
  return null;
}

function pair(
  name: string,
  id: string | undefined,
  call: ToolPair["call"],
  result: ToolPair["result"],
): ToolPair {
  return { kind: "pair", name, id: id ?? null, call, result };
}

function blocksOf(
  messages: readonly Message[],
  base: string,
  from: number,
  to: number,
  { byCall, byResult }: Pairs,
): Block[] {
  const shown = new Set<ToolPair>();
  const blocks: Block[] = [];
  for (let at = from; at < to; at++) {
    const message = messages[at]!;
    const pieces: Piece[] = [];
    message.parts.forEach((part, place) => {
      const pointer = `${base}/${at}/parts/${place}`;
      const pair = byCall.get(pointer) ?? byResult.get(pointer);
      if (!pair) pieces.push({ kind: "part", part, pointer });
      else if (!shown.has(pair)) {
        shown.add(pair);
        pieces.push(pair);
      }
    });
    if (pieces.length === 0 && message.parts.length > 0) continue;
    blocks.push({
      role: message.role,
      name: message.name ?? null,
      finishReason: message.finish_reason ?? null,
      index: at,
      pieces,
    });
  }
  return blocks;
}

/** Characters of a value as JSON, strings counted plainly; for shares only. */
export function charsOf(value: Json | undefined): number {
  if (value === null || value === undefined) return 0;
  if (typeof value === "string") return value.length;
  if (typeof value !== "object") return String(value).length;
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + charsOf(item) + 1, 2);
  return Object.entries(value).reduce((sum, [key, item]) => sum + key.length + charsOf(item) + 4, 2);
}

/** Characters that a part brings into the context. Media count nothing: nobody knows their tokens. */
export function partChars(part: Part): number {
  switch (part.type) {
    case "text":
    case "reasoning":
    case "compaction":
      return part.content?.length ?? 0;
    case "tool_call":
      return part.name.length + charsOf(part.arguments);
    case "tool_call_response":
      return charsOf(part.response);
    case "server_tool_call":
      return part.name.length + charsOf(part.server_tool_call);
    case "server_tool_call_response":
      return charsOf(part.server_tool_call_response);
    case "blob":
    case "file":
    case "uri":
      return 0;
    default:
      return charsOf(part as unknown as Json);
  }
}
