/**
 * What a step is, and whether there is anything to say about it. Worked out once for a run: folding asks it of every
 * span, and a wrapper that holds a single call counts as that call.
 */

import { CATEGORIES, failed, FLAG, has, type Skeleton, STATUS_ERROR } from "./skeleton";

const AGENT = CATEGORIES.indexOf("agent");
const LLM = CATEGORIES.indexOf("llm");
const TOOL = CATEGORIES.indexOf("tool");
const WRAPPERS = ["workflow", "chain", "other"].map((name) => CATEGORIES.indexOf(name as "chain"));
/** A wrapper holds at most so many spans to count as the one call in it. */
const WRAPPED_MAX = 6;

/** Results of this many bytes and more, and this many times the usual, stand out. */
const LARGE_BYTES = 16_000;
const LARGE_TIMES = 8;
/** A single step with this share of the run's time or cost stands out. */
const LARGE_SHARE = 0.35;

/** What a step comes to for folding, by span. A wrapper with a single call in it is that call. */
export interface Steps {
  /** One of `STEP`. */
  kind: Uint8Array;
  /** The call itself; the span unless it is a wrapper. */
  span: Int32Array;
  /** Index into the strings of a tool's name; 0 for others. */
  name: Uint32Array;
}

/** Values of `Steps.kind`. */
export const STEP = { other: 0, llm: 1, tool: 2, agent: 3 } as const;

interface Facts {
  /** 1: stands out. */
  remarkable: Uint8Array;
  /** 1: it or something below it follows an AI convention, or failed. */
  convention: Uint8Array;
  /** Infrastructure spans in the run. */
  infrastructure: number;
  /** 1: its result is far larger than the others. */
  large: Uint8Array;
}

/** How many spans of a kind stand before each place: what is below a span is a difference of two. */
export interface Tallies {
  llm: Uint32Array;
  tool: Uint32Array;
  agent: Uint32Array;
  /** Everything an agent does: model, tool, agent, retrieval, memory, check... but no wrapper. */
  content: Uint32Array;
}

const FACTS = new WeakMap<Skeleton, Facts>();

function facts(run: Skeleton): Facts {
  let known = FACTS.get(run);
  if (!known) {
    known = gather(run);
    FACTS.set(run, known);
  }
  return known;
}

/** What of the run stands out (1), and what is shown while infrastructure is not (1), by span. */
export function marks(run: Skeleton): { remarkable: Uint8Array; convention: Uint8Array } {
  return facts(run);
}

/** Something is to be said about this step: it failed, is open, is odd, large, long, dear, labelled or an agent. */
export function isRemarkable(run: Skeleton, span: number): boolean {
  return facts(run).remarkable[span] === 1;
}

/** The step's result is far larger than what tools of this run usually give. */
export function isLarge(run: Skeleton, span: number): boolean {
  return facts(run).large[span] === 1;
}

/** Is shown while infrastructure is not: it, or something below it, is a step of the agent's or failed by itself. */
export function hasConvention(run: Skeleton, span: number): boolean {
  return facts(run).convention[span] === 1;
}

const TALLIES = new WeakMap<Skeleton, Tallies>();

/** Counts of what stands before each place, one more than there are spans. */
export function tallies(run: Skeleton): Tallies {
  let known = TALLIES.get(run);
  if (known) return known;
  const size = run.count + 1;
  known = {
    llm: new Uint32Array(size),
    tool: new Uint32Array(size),
    agent: new Uint32Array(size),
    content: new Uint32Array(size),
  };
  for (let span = 0; span < run.count; span++) {
    const kind = run.category[span]!;
    known.llm[span + 1] = known.llm[span]! + (kind === LLM ? 1 : 0);
    known.tool[span + 1] = known.tool[span]! + (kind === TOOL ? 1 : 0);
    known.agent[span + 1] = known.agent[span]! + (kind === AGENT ? 1 : 0);
    known.content[span + 1] = known.content[span]! + (WRAPPERS.includes(kind) ? 0 : 1);
  }
  TALLIES.set(run, known);
  return known;
}

/** How many of a kind stand below a span. */
export function below(run: Skeleton, span: number, kind: keyof Tallies): number {
  const counts = tallies(run)[kind];
  return counts[run.endIndex[span]!]! - counts[span + 1]!;
}

/** Spans that are folded as infrastructure. */
export function hiddenCount(run: Skeleton): number {
  return facts(run).infrastructure;
}

const STEPS = new WeakMap<Skeleton, Steps>();

/** The steps that the spans are, looking through wrappers with a single call in them. */
export function steps(run: Skeleton): Steps {
  let known = STEPS.get(run);
  if (known) return known;
  known = {
    kind: new Uint8Array(run.count),
    span: Int32Array.from({ length: run.count }, (_, span) => span),
    name: new Uint32Array(run.count),
  };
  // Backwards: what a wrapper holds is known before the wrapper.
  for (let span = run.count - 1; span >= 0; span--) {
    const category = run.category[span]!;
    if (category === TOOL) {
      known.kind[span] = STEP.tool;
      known.name[span] = run.toolName[span]! || run.displayName[span]!;
    } else if (category === LLM) known.kind[span] = STEP.llm;
    else if (category === AGENT) known.kind[span] = STEP.agent;
    else if (WRAPPERS.includes(category)) {
      const call = onlyCall(run, span);
      if (call < 0) continue;
      known.kind[span] = known.kind[call]!;
      known.span[span] = call;
      known.name[span] = known.name[call]!;
    }
  }
  STEPS.set(run, known);
  return known;
}

/** The step that one span is; for loops over many, `steps`. */
export function stepOf(run: Skeleton, span: number): { kind: number; span: number; name: number } {
  const known = steps(run);
  return { kind: known.kind[span]!, span: known.span[span]!, name: known.name[span]! };
}

/** The only model or tool call below a small wrapper; -1 where there are others, an agent, or none. */
function onlyCall(run: Skeleton, wrapper: number): number {
  const end = run.endIndex[wrapper]!;
  if (end - wrapper > WRAPPED_MAX) return -1;
  let call = -1;
  for (let below = wrapper + 1; below < end; below++) {
    const kind = run.category[below]!;
    if (kind !== TOOL && kind !== LLM && kind !== AGENT) continue;
    if (call >= 0 || kind === AGENT) return -1;
    call = below;
  }
  return call;
}

const ODD = FLAG.open | FLAG.orphan | FLAG.cycle | FLAG.oddClock | FLAG.placeholder | FLAG.errorDerived;

function gather(run: Skeleton): Facts {
  const remarkable = new Uint8Array(run.count);
  const convention = new Uint8Array(run.count);
  const large = largeResults(run);
  const wholeCost = run.count > 0 ? rootSum(run, run.subtreeCost) : NaN;
  let infrastructure = 0;
  for (const label of run.labels) if (label.index < run.count) remarkable[label.index] = 1;
  for (let span = run.count - 1; span >= 0; span--) {
    const isLeaf = run.endIndex[span]! <= span + 1;
    if (
      has(run, span, ODD) ||
      large[span] ||
      run.status[span] === STATUS_ERROR ||
      run.category[span] === AGENT ||
      (isLeaf && (run.duration[span]! >= run.end * LARGE_SHARE || run.cost[span]! >= wholeCost * LARGE_SHARE))
    )
      remarkable[span] = 1;
    if (!has(run, span, FLAG.infrastructure) || failed(run, span)) convention[span] = 1;
    else if (!convention[span]) infrastructure++;
    const above = run.parent[span]!;
    if (above < 0) continue;
    if (remarkable[span]) remarkable[above] = 1;
    if (convention[span]) convention[above] = 1;
  }
  if (infrastructure < 4) convention.fill(1);
  return { remarkable, convention, infrastructure: infrastructure < 4 ? 0 : infrastructure, large };
}

function rootSum(run: Skeleton, column: Float64Array): number {
  let all = 0;
  for (let span = 0; span < run.count; span++) {
    if (run.parent[span]! < 0 && column[span]! > 0) all += column[span]!;
  }
  return all;
}

/** Tools and retrievals whose result is far larger than the usual one. */
function largeResults(run: Skeleton): Uint8Array {
  const large = new Uint8Array(run.count);
  const sizes: number[] = [];
  for (let span = 0; span < run.count; span++)
    if (run.category[span] === TOOL) sizes.push(run.outputBytes[span]!);
  if (sizes.length === 0) return large;
  sizes.sort((left, right) => left - right);
  const least = Math.max(LARGE_BYTES, sizes[sizes.length >> 1]! * LARGE_TIMES);
  for (let span = 0; span < run.count; span++) {
    if (run.category[span] === TOOL && run.outputBytes[span]! >= least) large[span] = 1;
  }
  return large;
}
