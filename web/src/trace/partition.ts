/**
 * Where the wall clock of a run went: each moment belongs to exactly one part, so the parts add to the whole. A step
 * counts while nothing below it works; time in which no work is open is dark.
 */

import { ascending, ends } from "./order";
import { CATEGORIES, type Category, failed, FLAG, has, type Skeleton } from "./skeleton";
import { timeRange } from "./range";
import { work, workAbove } from "./work";

/** The parts, most telling first: where several kinds of work are open, the first of these has the moment. */
export const PARTS = [
  "failedTool",
  "failedModel",
  "both",
  "waiting",
  "model",
  "tool",
  "retrieval",
  "memory",
  "checks",
  "other",
  "dark",
] as const;
export type Part = (typeof PARTS)[number];

/** A piece of the wall clock that one part has, nanoseconds from the run's start. */
export interface Stretch {
  part: Part;
  from: number;
  to: number;
}

/** Nanoseconds of each part. */
export type Shares = Record<Part, number>;

/** What is counted while it is open. `waiting` is a model before its first token. */
const enum Kind {
  FailedTool,
  FailedModel,
  Waiting,
  Model,
  Tool,
  Retrieval,
  Memory,
  Checks,
  Other,
}
const KINDS = 9;

const BY_CATEGORY: Record<Category, Kind> = {
  agent: Kind.Other,
  llm: Kind.Model,
  tool: Kind.Tool,
  embedding: Kind.Retrieval,
  retrieval: Kind.Retrieval,
  reranker: Kind.Retrieval,
  guardrail: Kind.Checks,
  evaluator: Kind.Checks,
  memory: Kind.Memory,
  workflow: Kind.Other,
  chain: Kind.Other,
  other: Kind.Other,
};
const KIND_OF = Uint8Array.from(CATEGORIES, (name) => BY_CATEGORY[name]);

interface Stretches {
  /** One more than parts: the last is the end. */
  bounds: Float64Array;
  /** Index into PARTS. */
  parts: Uint8Array;
}
const KNOWN = new WeakMap<Skeleton, Stretches>();

function known(run: Skeleton): Stretches {
  let found = KNOWN.get(run);
  if (!found) {
    found = sweep(run);
    KNOWN.set(run, found);
  }
  return found;
}

/** How the time from `from` to `to` divides; the whole run where they are left out. Adds to `to - from`. */
export function partition(run: Skeleton, within?: { from: number; to: number } | null): Shares {
  const { bounds, parts } = known(run);
  const shares = Object.fromEntries(PARTS.map((part) => [part, 0])) as Shares;
  const from = within ? within.from : bounds[0]!;
  const to = within ? within.to : bounds[bounds.length - 1]!;
  let covered = 0;
  for (let at = 0; at < parts.length; at++) {
    const time = Math.min(to, bounds[at + 1]!) - Math.max(from, bounds[at]!);
    if (time <= 0) continue;
    shares[PARTS[parts[at]!]!] += time;
    covered += time;
  }
  if (within) shares.dark += Math.max(0, to - from - covered);
  return shares;
}

/** Whole per cents that add to 100, by largest remainder; 0 for what has nothing. */
export function percents(shares: Shares): Record<Part, number> {
  const whole = PARTS.reduce((all, part) => all + shares[part], 0);
  const exact = PARTS.map((part) => (whole > 0 ? (shares[part] / whole) * 100 : 0));
  const given = exact.map(Math.floor);
  const missing = whole > 0 ? 100 - given.reduce((all, part) => all + part, 0) : 0;
  const order = exact
    .map((value, at) => ({ at, rest: value - given[at]! }))
    .sort((left, right) => right.rest - left.rest || left.at - right.at);
  for (const { at } of order.slice(0, missing)) given[at]!++;
  return Object.fromEntries(PARTS.map((part, at) => [part, given[at]!])) as Record<Part, number>;
}

/** All stretches of some parts, the longest first. */
export function stretches(run: Skeleton, wanted: readonly Part[]): Stretch[] {
  const { bounds, parts } = known(run);
  const found: Stretch[] = [];
  for (let at = 0; at < parts.length; at++) {
    const part = PARTS[parts[at]!]!;
    if (!wanted.includes(part)) continue;
    const [from, to] = [bounds[at]!, bounds[at + 1]!];
    const last = found[found.length - 1];
    if (last && last.to === from) last.to = to;
    else found.push({ part, from, to });
  }
  return found.sort((left, right) => right.to - right.from - (left.to - left.from));
}

function sweep(run: Skeleton): Stretches {
  const range = timeRange(run);
  const marks = work(run);
  const events = new Events(run, marks);
  const open = new Int32Array(KINDS);
  const below = new Int32Array(run.count);
  const isOpen = new Uint8Array(run.count);
  /** The kind that a span counts as at this moment. */
  const now = new Uint8Array(run.count);
  const above = workAbove(run);
  const bounds: number[] = [range.from];
  const parts: number[] = [];

  const settle = (time: number) => {
    const until = Math.min(range.to, Math.max(range.from, time));
    const from = bounds[bounds.length - 1]!;
    if (until <= from) return;
    const part = partNow(open);
    if (parts[parts.length - 1] === part) bounds[bounds.length - 1] = until;
    else {
      parts.push(part);
      bounds.push(until);
    }
  };
  const hide = (span: number) => {
    if (span >= 0 && below[span]!++ === 0 && isOpen[span]) open[now[span]!]!--;
  };
  const unhide = (span: number) => {
    if (span >= 0 && --below[span]! === 0 && isOpen[span]) open[now[span]!]!++;
  };

  events.each((time, span, what) => {
    settle(time);
    if (what === "first token") {
      if (isOpen[span] && below[span] === 0) {
        open[now[span]!]!--;
        open[Kind.Model]!++;
      }
      now[span] = Kind.Model;
    } else if (what === "start") {
      isOpen[span] = 1;
      now[span] = kindOf(run, span);
      if (below[span] === 0) open[now[span]!]!++;
      hide(above[span]!);
    } else {
      isOpen[span] = 0;
      if (below[span] === 0) open[now[span]!]!--;
      unhide(above[span]!);
    }
  });
  settle(range.to);
  return { bounds: Float64Array.from(bounds), parts: Uint8Array.from(parts) };
}

function kindOf(run: Skeleton, span: number): Kind {
  const kind = KIND_OF[run.category[span]!]! as Kind;
  if (failed(run, span) && !has(run, span, FLAG.errorDerived)) {
    if (kind === Kind.Tool) return Kind.FailedTool;
    if (kind === Kind.Model) return Kind.FailedModel;
  }
  return kind === Kind.Model && run.ttft[span]! > 0 ? Kind.Waiting : kind;
}

/** Index into PARTS. */
function partNow(open: Int32Array): number {
  const model = open[Kind.Waiting]! + open[Kind.Model]! > 0;
  const tool = open[Kind.Tool]! + open[Kind.Retrieval]! > 0;
  let part: Part = "dark";
  if (open[Kind.FailedTool]) part = "failedTool";
  else if (open[Kind.FailedModel]) part = "failedModel";
  else if (model && tool) part = "both";
  else if (open[Kind.Model]) part = "model";
  else if (open[Kind.Waiting]) part = "waiting";
  else if (open[Kind.Tool]) part = "tool";
  else if (open[Kind.Retrieval]) part = "retrieval";
  else if (open[Kind.Memory]) part = "memory";
  else if (open[Kind.Checks]) part = "checks";
  else if (open[Kind.Other]) part = "other";
  return PARTS.indexOf(part);
}

type Event = "start" | "first token" | "end";

/** Starts, first tokens and ends of all work, in the order of time. */
class Events {
  private readonly spans: Uint32Array;

  constructor(
    private readonly run: Skeleton,
    marks: Uint8Array,
  ) {
    const found: number[] = [];
    for (let span = 0; span < run.count; span++) if (marks[span]) found.push(span);
    this.spans = Uint32Array.from(found);
  }

  each(visit: (time: number, span: number, what: Event) => void): void {
    const { run, spans } = this;
    const until = ends(run);
    const starts = Float64Array.from(spans, (span) => run.start[span]!);
    const stops = Float64Array.from(spans, (span) => until[span]!);
    const waits = spans.filter((span) => kindOf(run, span) === Kind.Waiting);
    const tokens = Float64Array.from(waits, (span) =>
      Math.min(run.start[span]! + run.ttft[span]!, until[span]!),
    );
    const lists: [Event, Uint32Array, Float64Array, Uint32Array][] = [
      // A start before an end at the same moment: nothing is dark between two steps that touch, and a span of no
      // length is opened before it is closed.
      ["start", spans, starts, ascending(starts)],
      ["first token", waits, tokens, ascending(tokens)],
      ["end", spans, stops, ascending(stops)],
    ];
    const heads = [0, 0, 0];
    for (;;) {
      let first = -1;
      let time = Infinity;
      for (let list = 0; list < 3; list++) {
        const [, , times, order] = lists[list]!;
        const at = heads[list]!;
        if (at < order.length && times[order[at]!]! < time) {
          first = list;
          time = times[order[at]!]!;
        }
      }
      if (first < 0) return;
      const [what, from, , order] = lists[first]!;
      visit(time, from[order[heads[first]!++]!]!, what);
    }
  }
}
