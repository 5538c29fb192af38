/** The OpenAI client, and those that are made like it. */

import { instrument } from "./instrument.js";
import type { Calls, Collector, Json, ModelCall } from "./instrument.js";
import type { Attributes } from "./types.js";

/** How the client is watched. */
export interface OpenAIOptions {
  /**
   * Streams of chat completions carry their tokens only where `stream_options.include_usage` asks for them. `true` asks
   * where the caller does not, and keeps the chunk that this adds from the caller. Without a word: at OpenAI's own
   * addresses and Azure's, since others may not know the option.
   */
  includeUsage?: boolean | undefined;
}

/** The client, with a span of kind `llm` for each chat completion, response and embedding. */
export function wrapOpenAI<C extends object>(client: C, options: OpenAIOptions = {}): C {
  const provider = client.constructor.name.startsWith("Azure") ? "azure" : "openai";
  return instrument(client, callsOf(provider, options.includeUsage ?? isOwnAddress(client)));
}

const OWN_HOSTS = [".openai.com", ".openai.azure.com"];

function isOwnAddress(client: object): boolean {
  const { baseURL } = client as { baseURL?: unknown };
  try {
    const host = `.${new URL(String(baseURL)).hostname}`;
    return OWN_HOSTS.some((own) => host.endsWith(own));
  } catch {
    return false;
  }
}

function callsOf(provider: string, includeUsage: boolean): Calls {
  const chat = chatCall(provider, includeUsage);
  const responses = responsesCall(provider);
  // The helper deals with the chunk of the tokens by itself, and asks for it where it is told to.
  const { ask: _, ...helped } = chat;
  const stream = { final: "finalChatCompletion", piece: "chunk" };
  return {
    "chat.completions.create": chat,
    "chat.completions.parse": chat,
    "chat.completions.stream": { ...helped, helper: stream },
    "beta.chat.completions.parse": chat,
    "beta.chat.completions.stream": { ...helped, helper: stream },
    "responses.create": responses,
    "responses.parse": responses,
    "responses.stream": { ...responses, helper: { final: "finalResponse", piece: "event" } },
    "embeddings.create": embeddingCall(provider),
  };
}

function chatCall(provider: string, includeUsage: boolean): ModelCall {
  return {
    kind: "llm",
    begin: (params) => ({ name: nameOf(params), data: { provider, ...params } }),
    ask(params) {
      const options = params["stream_options"] as Json | null | undefined;
      if (!includeUsage || params["stream"] !== true || options?.["include_usage"]) return undefined;
      return {
        params: { ...params, stream_options: { ...options, include_usage: true } },
        hides: (piece) =>
          Boolean(piece["usage"]) && (piece["choices"] as unknown[] | undefined)?.length === 0,
      };
    },
    result: chatResult,
    collector: chatCollector,
  };
}

/** What a chat completion says. */
export function chatResult(answer: Json): Attributes {
  const choices = (answer["choices"] ?? []) as { message?: Json; finish_reason?: string }[];
  const messages = choices.map((choice) => choice.message).filter((message) => message !== undefined);
  return {
    model: answer["model"],
    response_id: answer["id"],
    response: messages.length === 1 ? messages[0] : messages,
    finish_reason: choices[0]?.finish_reason,
    ...usageOf(answer["usage"] as Json | undefined),
  };
}

/** Tokens in OpenAI's words, old and new. */
export function usageOf(usage: Json | null | undefined): Attributes {
  if (!usage) return {};
  const input = (usage["input_tokens_details"] ?? usage["prompt_tokens_details"]) as Json | null | undefined;
  const output = (usage["output_tokens_details"] ?? usage["completion_tokens_details"]) as
    Json | null | undefined;
  return {
    input_tokens: usage["input_tokens"] ?? usage["prompt_tokens"],
    output_tokens: usage["output_tokens"] ?? usage["completion_tokens"],
    total_tokens: usage["total_tokens"],
    cached_tokens: input?.["cached_tokens"],
    reasoning_tokens: output?.["reasoning_tokens"],
    cost: usage["cost"],
  };
}

interface ChatChoice {
  message: Json & { role: string };
  finish_reason: string | undefined;
}

function chatCollector(): Collector {
  const choices: ChatChoice[] = [];
  const answer: Json = {};
  return {
    add(piece) {
      answer["model"] = piece["model"] ?? answer["model"];
      answer["id"] = piece["id"] ?? answer["id"];
      answer["usage"] = piece["usage"] ?? answer["usage"];
      for (const part of (piece["choices"] ?? []) as Json[]) {
        const index = Number(part["index"] ?? 0);
        const choice = (choices[index] ??= {
          message: { role: "assistant", content: null },
          finish_reason: undefined,
        });
        choice.finish_reason = (part["finish_reason"] as string | null) ?? choice.finish_reason;
        addDelta(choice.message, (part["delta"] ?? {}) as Json);
      }
    },
    result: () => chatResult({ ...answer, choices: choices.filter(Boolean) }),
  };
}

const GROWING = ["content", "refusal", "reasoning", "reasoning_content"];

function addDelta(message: Json, delta: Json): void {
  for (const key of GROWING) {
    const text = delta[key];
    if (typeof text === "string") message[key] = String(message[key] ?? "") + text;
  }
  for (const part of (delta["tool_calls"] ?? []) as Json[]) {
    const calls = (message["tool_calls"] ??= []) as Json[];
    const call = (calls[Number(part["index"] ?? calls.length)] ??= { type: "function" });
    if (part["id"]) call["id"] = part["id"];
    const said = (part["function"] ?? {}) as Json;
    const made = (call["function"] ??= { name: "", arguments: "" }) as { name: string; arguments: string };
    made.name += String(said["name"] ?? "");
    made.arguments += String(said["arguments"] ?? "");
  }
}

function responsesCall(provider: string): ModelCall {
  return {
    kind: "llm",
    begin(params) {
      const { instructions, ...rest } = params;
      const system = typeof instructions === "string" ? { system: instructions } : {};
      return { name: nameOf(params), data: { provider, ...system, ...rest } };
    },
    result: responsesResult,
    collector: () => {
      let answer: Json = {};
      return {
        add(piece) {
          // The events that begin and end a response carry it whole.
          if (typeof piece["response"] === "object" && piece["response"] !== null)
            answer = piece["response"] as Json;
        },
        result: () => responsesResult(answer),
      };
    },
  };
}

/** What a response says. */
export function responsesResult(answer: Json): Attributes {
  const incomplete = (answer["incomplete_details"] as Json | null | undefined)?.["reason"];
  return {
    model: answer["model"],
    response_id: answer["id"],
    response: answer["output"],
    finish_reason: incomplete ?? answer["status"],
    ...usageOf(answer["usage"] as Json | undefined),
  };
}

function embeddingCall(provider: string): ModelCall {
  return {
    kind: "embedding",
    begin: (params) => ({ name: nameOf(params), data: { provider, ...params } }),
    result: (answer) => ({
      model: answer["model"],
      embeddings: ((answer["data"] ?? []) as unknown[]).length,
      ...usageOf(answer["usage"] as Json | undefined),
    }),
  };
}

function nameOf(params: Json): string {
  return typeof params["model"] === "string" && params["model"] !== "" ? params["model"] : "model";
}
