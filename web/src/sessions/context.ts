/** How the context of a session grew: the prompt of each model call of one agent, in order. Pure. */

import type { SpanRow } from "@/api/schema";

export type Call = Pick<
  SpanRow,
  "trace_id" | "span_id" | "start_nanos" | "agent_name" | "depth" | "usage" | "model" | "display_name"
>;

/** The prompts of one agent's model calls. */
export interface Growth {
  /** null where the calls name no agent. */
  agent: string | null;
  calls: Call[];
  /** Tokens; null where the call says none. */
  fresh: (number | null)[];
  cached: (number | null)[];
  /** The largest prompt and the last one. */
  most: number;
  last: number;
  /** Places where the prompt is far smaller than the one before: begun anew, or cut. */
  breaks: number[];
}

/** A prompt below this share of the one before is another context. */
const BREAK = 0.7;

/** The agent that speaks in most calls, the outermost where two do. */
export function growth(calls: readonly Call[]): Growth | null {
  const told = calls.filter((call) => call.usage?.input != null);
  if (told.length === 0) return null;
  const agents = new Map<string | null, { calls: Call[]; depth: number }>();
  for (const call of told) {
    const found = agents.get(call.agent_name);
    if (found) {
      found.calls.push(call);
      found.depth = Math.min(found.depth, call.depth);
    } else agents.set(call.agent_name, { calls: [call], depth: call.depth });
  }
  const [agent, own] = [...agents].sort(
    ([, a], [, b]) => a.depth - b.depth || b.calls.length - a.calls.length,
  )[0]!;
  const ordered = own.calls.toSorted((a, b) => compare(BigInt(a.start_nanos), BigInt(b.start_nanos)));
  const input = ordered.map((call) => call.usage!.input!);
  const cached = ordered.map((call) => call.usage!.cache_read);
  return {
    agent,
    calls: ordered,
    fresh: input.map((amount, at) => Math.max(0, amount - (cached[at] ?? 0))),
    cached,
    most: input.reduce((max, amount) => Math.max(max, amount), 0),
    last: input.at(-1)!,
    breaks: input.flatMap((amount, at) => (at > 0 && amount < input[at - 1]! * BREAK ? [at] : [])),
  };
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
