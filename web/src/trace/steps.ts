/**
 * A run folded by step: a card for each agent (and each workflow), a row in it for each step name. Two hundred spans
 * are then some twenty rows, and what repeats is seen as an arrow. Agents of one name that one card called many times
 * share a card; what stands too deep, or is too much, becomes rows of the card above it. Nothing is left out.
 */

import { addSubtree, dealCards, findParts, isSeenThrough, lasted, ownFailure, type Parts } from "./cards";
import { loops } from "./children";
import { hasConvention } from "./remarkable";
import { category, type Category, displayName, FLAG, has, type Skeleton, sum, tokensOf } from "./skeleton";

/** One step name in one card. */
export interface StepRow {
  /** Place in `Steps.rows`. */
  id: number;
  card: number;
  /** What the spans are called; what they begin with, up to the colon, where they differ after it. */
  name: string;
  category: Category;
  /** 0 to 2: steps below a step of the same card are indented. */
  depth: number;
  /** Row that it is indented below, -1 for none. */
  above: number;
  /** Ascending. */
  spans: number[];
  /** Spans that failed by themselves. */
  failures: number;
  /** Nanoseconds, added up; a step inside itself counts once. */
  time: number;
  /** `time` of the run's time, at most 1. */
  share: number;
  /** Goes round in a loop. */
  looped: boolean;
  /** Some of it has not ended. */
  open: boolean;
}

/** Rounds of a card that asked the same again. */
export interface StepLoop {
  /** Row of the model call that asks, -1 where the calls follow each other. */
  from: number;
  /** Row of the repeated call. */
  to: number;
  rounds: number;
  /** Pico-dollars; NaN where nobody counted. */
  cost: number;
  sameResults: boolean;
  /** First call. */
  span: number;
}

/** One agent or workflow, or several of one name. */
export interface StepCard {
  id: number;
  /** Stays the same while a live run grows. */
  key: string;
  name: string;
  category: Category;
  /** The agent's span; several where they share the card; none for steps without an agent. */
  heads: number[];
  /** Card that called it, -1 for none. */
  parent: number;
  depth: number;
  /** Heads that failed. */
  failures: number;
  open: boolean;
  /** Nanoseconds, heads added up. */
  time: number;
  /** Spans, tokens, cost (pico-dollars) of the heads and everything below. */
  spans: number;
  tokens: number;
  cost: number;
  /** Rows in the order of their first span, sub-rows below their row. */
  rows: number[];
  loops: StepLoop[];
}

/** The run by steps. */
export interface Steps {
  cards: StepCard[];
  rows: StepRow[];
  /** Row of each span; -1 for heads of cards and for what is not shown. */
  rowOf: Int32Array;
  /** Card of each span; -1 for what is not shown. */
  cardOf: Int32Array;
  /** Spans that are told of. */
  spans: number;
  /** Infrastructure spans that are not shown. */
  hidden: number;
}

export interface StepsOptions {
  showInfrastructure: boolean;
  /** 0: not part of it (outside the brush). Ancestors of what is shown must be shown. */
  shown?: Uint8Array;
}

/** Rows indent so far. */
const ROW_DEPTH_MAX = 2;

/** Folds a run. Time grows with the number of spans. */
export function foldSteps(run: Skeleton, options: StepsOptions): Steps {
  const found = findParts(run, options);
  const steps: Steps = {
    cards: dealCards(run, found),
    rows: [],
    rowOf: new Int32Array(run.count).fill(-1),
    cardOf: new Int32Array(run.count).fill(-1),
    spans: 0,
    hidden: 0,
  };
  fillRows(run, steps, found, options);
  nameRows(run, steps);
  markLoops(run, steps);
  if (options.shown) totalsOfShown(run, steps);
  return steps;
}

/** Puts each span into its row. */
function fillRows(run: Skeleton, steps: Steps, { parts, partOf }: Parts, options: StepsOptions): void {
  const { rowOf, cardOf, cards } = steps;
  const find = rowFinder(run, steps.rows);
  const whole = runTime(run);
  for (let span = 0; span < run.count; span++) {
    if (options.shown && !options.shown[span]) continue;
    if (hasConvention(run, span) || options.showInfrastructure) steps.spans++;
    else steps.hidden++;
    if (partOf[span]! < 0) continue;
    const part = parts[partOf[span]!]!;
    const card = cards[part.card]!;
    const up = run.parent[span]!;
    const above = up >= 0 && up < span && cardOf[up] === card.id ? rowOf[up]! : -1;
    cardOf[span] = card.id;
    if (part.head === span && part.heads) continue;
    if (isSeenThrough(run, span, options)) {
      rowOf[span] = above;
      continue;
    }
    if (card.heads.length === 0 && above < 0) addSubtree(run, card, span);
    const { row, isInside } = find(span, card.id, above);
    rowOf[span] = row.id;
    row.spans.push(span);
    if (!isInside) row.time += lasted(run, span);
    row.share = whole > 0 ? Math.min(1, row.time / whole) : 0;
    if (ownFailure(run, span)) row.failures++;
    if (has(run, span, FLAG.open)) row.open = true;
  }
  for (const row of ordered(steps.rows)) cards[row.card]!.rows.push(row.id);
}

/** Finds or makes the row of a span below a row; `isInside` where the span stands inside its own step. */
function rowFinder(run: Skeleton, rows: StepRow[]) {
  const known = new Map<string, number>();
  const stems = new Map<string, string>();
  return (span: number, card: number, above: number): { row: StepRow; isInside: boolean } => {
    const kind = category(run, span);
    const name = stem(stems, displayName(run, span));
    const inside = sameRow(rows, above, kind, name);
    if (inside >= 0) return { row: rows[inside]!, isInside: true };
    let below = above;
    while (below >= 0 && rows[below]!.depth >= ROW_DEPTH_MAX) below = rows[below]!.above;
    const key = `${card} ${below} ${kind} ${name}`;
    let at = known.get(key);
    if (at === undefined) {
      at = rows.length;
      known.set(key, at);
      rows.push(newRow(at, card, name, kind, below, below < 0 ? 0 : rows[below]!.depth + 1));
    }
    return { row: rows[at]!, isInside: false };
  };
}

/** The row itself or one above it that has this name: a step inside itself. */
function sameRow(rows: StepRow[], from: number, kind: Category, name: string): number {
  for (let at = from; at >= 0; at = rows[at]!.above) {
    if (rows[at]!.category === kind && rows[at]!.name === name) return at;
  }
  return -1;
}

function newRow(
  id: number,
  card: number,
  name: string,
  kind: Category,
  above: number,
  depth: number,
): StepRow {
  return {
    id,
    card,
    name,
    category: kind,
    depth,
    above,
    spans: [],
    failures: 0,
    time: 0,
    share: 0,
    looped: false,
    open: false,
  };
}

/** Rows with their sub-rows right below them. */
function ordered(rows: StepRow[]): StepRow[] {
  const below = new Map<number, StepRow[]>();
  for (const row of rows) {
    const list = below.get(row.above);
    if (list) list.push(row);
    else below.set(row.above, [row]);
  }
  const found: StepRow[] = [];
  const walk = (above: number) => {
    for (const row of below.get(above) ?? []) {
      found.push(row);
      walk(row.id);
    }
  };
  walk(-1);
  return found;
}

/** Rows whose spans have all the same name carry it whole. */
function nameRows(run: Skeleton, steps: Steps): void {
  for (const row of steps.rows) {
    const first = run.displayName[row.spans[0]!];
    if (row.spans.every((span) => run.displayName[span] === first))
      row.name = displayName(run, row.spans[0]!);
  }
}

/** `draft: Who gained` and `draft: Why` are one step. */
function stem(known: Map<string, string>, name: string): string {
  let found = known.get(name);
  if (found === undefined) {
    const colon = name.indexOf(": ");
    found = colon > 0 ? name.slice(0, colon) : name;
    known.set(name, found);
  }
  return found;
}

/** Hangs the loops of the run on the rows that go round. */
function markLoops(run: Skeleton, steps: Steps): void {
  for (const loop of loops(run)) {
    const first = loop.calls[0]!;
    const to = steps.rowOf[first]!;
    if (to < 0) continue;
    const asks = loop.covered.find((span) => category(run, span) === "llm" && steps.rowOf[span]! >= 0);
    const from = asks === undefined ? -1 : steps.rowOf[asks]!;
    const card = steps.cards[steps.rows[to]!.card]!;
    const known = card.loops.find((other) => other.to === to && other.from === from);
    steps.rows[to]!.looped = true;
    if (from >= 0) steps.rows[from]!.looped = true;
    if (known) {
      known.rounds += loop.calls.length;
      known.cost = sum(known.cost, loop.cost);
      known.sameResults &&= loop.sameResults;
    } else
      card.loops.push({
        from,
        to,
        rounds: loop.calls.length,
        cost: loop.cost,
        sameResults: loop.sameResults,
        span: first,
      });
  }
}

/** Under a brush cards sum what is in it. */
function totalsOfShown(run: Skeleton, steps: Steps): void {
  for (const card of steps.cards) {
    card.spans = 0;
    card.tokens = NaN;
    card.cost = NaN;
  }
  for (let span = 0; span < run.count; span++) {
    for (let at = steps.cardOf[span]!; at >= 0; at = steps.cards[at]!.parent) {
      const card = steps.cards[at]!;
      card.spans++;
      if (has(run, span, FLAG.counted)) card.tokens = sum(card.tokens, tokensOf(run, span));
      if (has(run, span, FLAG.costCounted)) card.cost = sum(card.cost, run.cost[span]!);
    }
  }
}

const TIMES = new WeakMap<Skeleton, number>();

/** Nanoseconds that shares are of: the only root's, else from the first start to the last end. */
export function runTime(run: Skeleton): number {
  let time = TIMES.get(run);
  if (time === undefined) {
    const alone = run.count > 0 && run.endIndex[0] === run.count && run.duration[0]! > 0;
    time = alone ? run.duration[0]! : run.end - run.begin;
    TIMES.set(run, time);
  }
  return time;
}

/** Rows that a card shows closed: the failing and looping ones and the longest, in their order, and how many more. */
export function shortRows(steps: Steps, card: StepCard, max: number): { rows: number[]; more: number } {
  if (card.rows.length <= max + 1) return { rows: card.rows, more: 0 };
  const weight = (row: StepRow) => (row.failures > 0 ? 2 : 0) + (row.looped ? 1 : 0);
  const chosen = new Set(
    [...card.rows]
      .sort((left, right) => {
        const a = steps.rows[left]!;
        const b = steps.rows[right]!;
        return weight(b) - weight(a) || b.time - a.time || left - right;
      })
      .slice(0, max),
  );
  const rows = card.rows.filter((row) => chosen.has(row));
  return { rows, more: card.rows.length - rows.length };
}
