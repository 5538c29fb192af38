/** The Anthropic client. */

import { instrument } from "./instrument.js";
import type { Collector, Json, ModelCall } from "./instrument.js";
import type { Attributes } from "./types.js";

/** The client, with a span of kind `llm` for each message, streamed or not. */
export function wrapAnthropic<C extends object>(client: C): C {
  const helper = { final: "finalMessage", piece: "streamEvent" };
  return instrument(client, {
    "messages.create": CALL,
    "messages.parse": CALL,
    "messages.stream": { ...CALL, helper },
    "beta.messages.create": CALL,
    "beta.messages.parse": CALL,
    "beta.messages.stream": { ...CALL, helper },
  });
}

const CALL: ModelCall = {
  kind: "llm",
  begin: (params) => ({
    name: typeof params["model"] === "string" ? params["model"] : "model",
    data: { provider: "anthropic", ...params },
  }),
  result: messageResult,
  collector: messageCollector,
};

/** What a message says. */
export function messageResult(message: Json): Attributes {
  return {
    model: message["model"],
    response_id: message["id"],
    response: { role: "assistant", content: message["content"] },
    finish_reason: message["stop_reason"],
    ...usageOf(message["usage"] as Json | undefined),
  };
}

/** Anthropic counts cached tokens apart; Clew's input includes them. */
export function usageOf(usage: Json | null | undefined): Attributes {
  if (!usage) return {};
  const read = numberOf(usage["cache_read_input_tokens"]);
  const written = numberOf(usage["cache_creation_input_tokens"]);
  const plain = numberOf(usage["input_tokens"]);
  return {
    input_tokens: plain === undefined ? undefined : plain + (read ?? 0) + (written ?? 0),
    output_tokens: numberOf(usage["output_tokens"]),
    cached_tokens: read,
    cache_write_tokens: written,
  };
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** Deltas that only make a text of a block longer. */
const GROWING: Record<string, [part: string, member: string]> = {
  text_delta: ["text", "text"],
  thinking_delta: ["thinking", "thinking"],
  signature_delta: ["signature", "signature"],
};

function messageCollector(): Collector {
  let message: Json = {};
  let usage: Json = {};
  const blocks: Json[] = [];
  const arguments_: string[] = [];
  const addDelta = (index: number, delta: Json): void => {
    const block = (blocks[index] ??= { type: "text", text: "" });
    const grows = GROWING[String(delta["type"])];
    if (grows) block[grows[1]] = String(block[grows[1]] ?? "") + String(delta[grows[0]] ?? "");
    if (delta["type"] === "input_json_delta") {
      arguments_[index] = (arguments_[index] ?? "") + String(delta["partial_json"] ?? "");
    }
  };
  return {
    add(event) {
      const index = Number(event["index"] ?? 0);
      if (event["type"] === "message_start") {
        message = { ...(event["message"] as Json) };
        usage = { ...(message["usage"] as Json | undefined) };
      } else if (event["type"] === "content_block_start") {
        blocks[index] = { ...(event["content_block"] as Json) };
      } else if (event["type"] === "content_block_delta") {
        addDelta(index, event["delta"] as Json);
      } else if (event["type"] === "message_delta") {
        message = { ...message, ...(event["delta"] as Json) };
        usage = { ...usage, ...present(event["usage"] as Json | undefined) };
      }
    },
    result() {
      const content = blocks.map((block, index) =>
        arguments_[index] ? { ...block, input: parsedOr(arguments_[index]!) } : block,
      );
      return messageResult({ ...message, content: content.filter(Boolean), usage });
    },
  };
}

function present(usage: Json | undefined): Json {
  return Object.fromEntries(Object.entries(usage ?? {}).filter(([, value]) => value !== null));
}

function parsedOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // the stream broke off in the middle
  }
}
