/** Cuts a run into its agents and workflows, and gives them cards: which of them share one, which become rows. */

import { hasConvention } from "./remarkable";
import {
  category,
  type Category,
  displayName,
  endOf,
  failed,
  FLAG,
  has,
  type Skeleton,
  subtreeTokens,
  sum,
} from "./skeleton";
import type { StepCard, StepsOptions } from "./steps";
import { threadOf, threads } from "./threads";

/** Agents of one name below one card share a card from this number on. */
export const SHARED_MIN = 3;
/** Agents deeper than this become rows of the card above. */
export const CARD_DEPTH_MAX = 6;
/** Agents beyond this number of cards become rows of the card above. */
export const CARDS_MAX = 60;

/** A part of the run that may have a card of its own. */
export interface Part {
  /** Span of the agent or workflow; -1 for leaves at the top, which share one card. */
  head: number;
  name: string;
  category: Category;
  /** Parts right below. */
  parts: number[];
  card: number;
  /** The head stands on the card; else it is a row of it. */
  heads: boolean;
}

/** The parts, the part of each span (-1: not shown), and those at the top. */
export interface Parts {
  parts: Part[];
  partOf: Int32Array;
  tops: number[];
}

/** Cuts the run. */
export function findParts(run: Skeleton, options: StepsOptions): Parts {
  const thread = threadOf(run);
  const all = threads(run);
  const parts: Part[] = [];
  const tops: number[] = [];
  const partOf = new Int32Array(run.count).fill(-1);
  let loose = -1;
  const add = (head: number, name: string, kind: Category, above: number) => {
    parts.push({ head, name, category: kind, parts: [], card: -1, heads: false });
    (above < 0 ? tops : parts[above]!.parts).push(parts.length - 1);
    return parts.length - 1;
  };
  for (let span = 0; span < run.count; span++) {
    if (options.shown && !options.shown[span]) continue;
    const up = run.parent[span]!;
    const above = up >= 0 && up < span ? partOf[up]! : -1;
    if (above < 0 && isSeenThrough(run, span, options)) continue;
    const kind = category(run, span);
    const holds = run.endIndex[span]! > span + 1;
    const isHead = span === all[thread[span]!]!.agent || (holds && (kind === "workflow" || above < 0));
    if (isHead) partOf[span] = add(span, displayName(run, span), kind, above);
    else if (above >= 0) partOf[span] = above;
    else partOf[span] = loose = loose < 0 ? add(-1, "top level", "other", -1) : loose;
  }
  return { parts, partOf, tops };
}

/** Infrastructure that is not shown; what is below it seems to stand below its parent. */
export function isSeenThrough(run: Skeleton, span: number, options: StepsOptions): boolean {
  if (options.showInfrastructure) return false;
  if (!hasConvention(run, span)) return true;
  return has(run, span, FLAG.infrastructure) && !failed(run, span) && run.endIndex[span]! > span + 1;
}

/** Gives cards to parts, level by level. */
export function dealCards(run: Skeleton, { parts, tops }: Parts): StepCard[] {
  const cards: StepCard[] = [];
  let level: { parts: number[]; card: number }[] = [{ parts: tops, card: -1 }];
  for (let depth = 0; level.length > 0; depth++) {
    const next: typeof level = [];
    for (const { parts: siblings, card } of level) {
      const shared = card >= 0 && cards[card]!.heads.length > 1;
      for (const group of alike(parts, siblings, shared)) {
        const members = group.map((part) => parts[part]!);
        const isFull = depth > CARD_DEPTH_MAX || cards.length >= CARDS_MAX;
        const own = isFull ? (card >= 0 ? card : restCard(cards)) : newCard(run, cards, members, card, depth);
        for (const member of members) {
          member.card = own;
          member.heads = !isFull;
        }
        const below = members.flatMap((member) => member.parts);
        if (below.length > 0) next.push({ parts: below, card: own });
      }
    }
    level = next;
  }
  return cards;
}

/** Siblings that share a card: always where the card above is shared itself. */
function alike(parts: Part[], siblings: number[], always: boolean): number[][] {
  const groups = new Map<string, number[]>();
  for (const part of siblings) {
    const key = `${parts[part]!.category} ${parts[part]!.name}`;
    const known = groups.get(key);
    if (known) known.push(part);
    else groups.set(key, [part]);
  }
  return [...groups.values()]
    .flatMap((group) => (always || group.length >= SHARED_MIN ? [group] : group.map((part) => [part])))
    .sort((left, right) => left[0]! - right[0]!);
}

/** The card of all that found none at the top. */
function restCard(cards: StepCard[]): number {
  const known = cards.findIndex((card) => card.key === "rest");
  return known >= 0 ? known : cards.push(emptyCard(cards.length, "rest", "more agents", "other", -1, 0)) - 1;
}

function newCard(run: Skeleton, cards: StepCard[], members: Part[], parent: number, depth: number): number {
  const { name, category: kind } = members[0]!;
  const above = parent >= 0 ? cards[parent]!.key : "";
  const twins = cards.filter((card) => card.parent === parent && card.name === name).length;
  const card = emptyCard(cards.length, `${above}/${name}:${twins}`, name, kind, parent, depth);
  for (const { head } of members) {
    if (head < 0) continue;
    card.heads.push(head);
    if (ownFailure(run, head)) card.failures++;
    if (has(run, head, FLAG.open)) card.open = true;
    addSubtree(run, card, head);
  }
  return cards.push(card) - 1;
}

/** Adds a span and everything below to what a card comes to. */
export function addSubtree(run: Skeleton, card: StepCard, span: number): void {
  card.time += lasted(run, span);
  card.spans += run.subtreeSpans[span]!;
  card.tokens = sum(card.tokens, subtreeTokens(run, span));
  card.cost = sum(card.cost, run.subtreeCost[span]!);
}

function emptyCard(
  id: number,
  key: string,
  name: string,
  kind: Category,
  parent: number,
  depth: number,
): StepCard {
  return {
    id,
    key,
    name,
    category: kind,
    heads: [],
    parent,
    depth,
    failures: 0,
    open: false,
    time: 0,
    spans: 0,
    tokens: NaN,
    cost: NaN,
    rows: [],
    loops: [],
  };
}

/** Failed by its own word. */
export function ownFailure(run: Skeleton, span: number): boolean {
  return failed(run, span) && !has(run, span, FLAG.errorDerived);
}

/** Nanoseconds that a span took, up to now while it is open; never negative. */
export function lasted(run: Skeleton, span: number): number {
  if (has(run, span, FLAG.placeholder)) return 0;
  return Math.max(0, endOf(run, span) - run.start[span]!);
}

/** 1 for spans that run in a part of the run's time (nanoseconds from its start), and for all above them. */
export function runningIn(run: Skeleton, part: { from: number; to: number }): Uint8Array {
  const shown = new Uint8Array(run.count);
  for (let span = run.count - 1; span >= 0; span--) {
    if (run.start[span]! <= part.to && endOf(run, span) >= part.from) shown[span] = 1;
    const above = run.parent[span]!;
    if (shown[span] && above >= 0) shown[above] = 1;
  }
  return shown;
}
