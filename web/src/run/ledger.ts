/** The ledger in words and sums: who used the tokens, and why a line counts or does not. */

import type { LedgerLine } from "@/api/schema";
import { FLAG, has, type Skeleton } from "@/trace/skeleton";
import { threadOf, threads } from "@/trace/threads";

/** Tokens and money of some calls; NaN where none of them said it. */
export interface Amount {
  calls: number;
  /** Input that did not come from a cache and was not written to one. */
  fresh: number;
  cacheRead: number;
  cacheWrite: number;
  output: number;
  reasoning: number;
  /** Pico-dollars. */
  cost: number;
}

export interface AgentAmount extends Amount {
  name: string;
  /** Span of the agent, -1 where there is none. */
  span: number;
}

function nothing(): Amount {
  return { calls: 0, fresh: NaN, cacheRead: NaN, cacheWrite: NaN, output: NaN, reasoning: NaN, cost: NaN };
}

/** Adds where absent is not 0. */
function plus(left: number, right: number): number {
  if (Number.isNaN(right)) return left;
  return Number.isNaN(left) ? right : left + right;
}

/** Adds one span's counted tokens and cost. */
function add(into: Amount, run: Skeleton, span: number): void {
  const counted = has(run, span, FLAG.counted);
  if (counted) {
    const input = run.input[span]!;
    const cached = (run.cacheRead[span]! || 0) + (run.cacheWrite[span]! || 0);
    into.calls++;
    into.fresh = plus(into.fresh, Math.max(0, input - cached));
    into.cacheRead = plus(into.cacheRead, run.cacheRead[span]!);
    into.cacheWrite = plus(into.cacheWrite, run.cacheWrite[span]!);
    into.output = plus(into.output, run.output[span]!);
    into.reasoning = plus(into.reasoning, run.reasoning[span]!);
  }
  if (has(run, span, FLAG.costCounted)) into.cost = plus(into.cost, run.cost[span]!);
}

/** Sums by agent, in the order in which the agents began; agents that used nothing are left out. */
export function byAgent(run: Skeleton): AgentAmount[] {
  const of = threadOf(run);
  const all = threads(run).map((thread) => ({ ...nothing(), name: thread.name, span: thread.agent }));
  for (let span = 0; span < run.count; span++) add(all[of[span]!]!, run, span);
  return all.filter((amount) => amount.calls > 0 || !Number.isNaN(amount.cost));
}

/** Sums by model, the dearest first. */
export function byModel(run: Skeleton): AgentAmount[] {
  const all = new Map<number, AgentAmount>();
  for (let span = 0; span < run.count; span++) {
    if (!has(run, span, FLAG.counted) && !has(run, span, FLAG.costCounted)) continue;
    const model = run.model[span]!;
    let amount = all.get(model);
    if (!amount)
      all.set(model, (amount = { ...nothing(), name: run.strings[model] || "no model said", span }));
    add(amount, run, span);
  }
  return [...all.values()].sort((left, right) => (right.cost || 0) - (left.cost || 0));
}

/** The whole run, or the part of it that a brush holds: spans that were running in it. */
export function within(run: Skeleton, from = -Infinity, to = Infinity): Amount & { spans: number } {
  const amount = { ...nothing(), spans: 0 };
  for (let span = 0; span < run.count; span++) {
    const start = run.start[span]!;
    const duration = run.duration[span]!;
    const end = Number.isNaN(duration) ? Infinity : start + duration;
    if (start > to || end < from) continue;
    amount.spans++;
    add(amount, run, span);
  }
  return amount;
}

/** Why a line counts, or does not, as people say it. `other` names the span it is about. */
export function whyWords(line: LedgerLine, other: string): string {
  switch (line.why) {
    case "own":
      return line.filled ? "own call, details from its wrapper" : "own call";
    case "aggregate":
      return "a sum; nothing below says more";
    case "reported":
      return "the sender's bill for the calls below";
    case "counted_below":
      return "a sum; the calls below count";
    case "counted_above":
      return `inside the sum of ${other}`;
    case "shadowed_by":
      return `same call as ${other}`;
    case "duplicate_of":
      return `same response as ${other}`;
    case "free":
      return "from a cache: free";
    default:
      return line.why;
  }
}
