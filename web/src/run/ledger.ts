/** The ledger in words and sums: who used the tokens, and why a line counts or does not. */

import type { LedgerLine } from "@/api/schema";
import { FLAG, has, type Skeleton } from "@/trace/skeleton";
import { loops } from "@/trace/children";
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

export interface Group extends Amount {
  key: string;
  name: string;
  /** The span that it leads to, -1 where there is none. */
  span: number;
  /** What an agent spent on the same call again and again. */
  isLoop: boolean;
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

/**
 * Sums by agent, in the order in which the agents began; what an agent spent in loops stands apart, after it. Agents
 * that used nothing are left out.
 */
export function byAgent(run: Skeleton): Group[] {
  const of = threadOf(run);
  const agents = threads(run).map(({ name, agent }, at): Group => ({
    ...nothing(),
    key: `agent ${at}`,
    name,
    span: agent,
    isLoop: false,
  }));
  const inLoops = new Map<number, Group>();
  const looping = loopingSpans(run);
  for (let span = 0; span < run.count; span++) {
    const thread = of[span]!;
    let group = agents[thread]!;
    if (looping[span]) {
      const known = inLoops.get(thread);
      const name = `${group.name}, loop`;
      group = known ?? { ...nothing(), key: `loop ${thread}`, name, span, isLoop: true };
      if (!known) inLoops.set(thread, group);
    }
    add(group, run, span);
  }
  return agents
    .flatMap((group, thread) => [group, inLoops.get(thread)])
    .filter((group) => group !== undefined)
    .filter((group) => group.calls > 0 || !Number.isNaN(group.cost));
}

/** 1 for each span in a loop, with all below it. */
function loopingSpans(run: Skeleton): Uint8Array {
  const marked = new Uint8Array(run.count);
  for (const loop of loops(run)) {
    for (const span of loop.covered) marked.fill(1, span, run.endIndex[span]);
  }
  return marked;
}

/** Sums by model, the dearest first. */
export function byModel(run: Skeleton): Group[] {
  const all = new Map<number, Group>();
  for (let span = 0; span < run.count; span++) {
    if (!has(run, span, FLAG.counted) && !has(run, span, FLAG.costCounted)) continue;
    const model = run.model[span]!;
    let group = all.get(model);
    if (!group) {
      const name = run.strings[model] || "no model said";
      group = { ...nothing(), key: `model ${model}`, name, span, isLoop: false };
      all.set(model, group);
    }
    add(group, run, span);
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
