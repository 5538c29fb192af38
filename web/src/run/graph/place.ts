/** Where the cards of the steps stand: parents centred above what they call, wide generations in lines of four. */

import type { StepCard } from "@/trace/steps";

/** Pixels of a card, as graph.css draws it. */
export const CARD_WIDTH = 264;
export const HEAD_HEIGHT = 52;
export const ROW_HEIGHT = 28;
const FOOT_HEIGHT = 8;
/** A note on a loop below the card, with the gap above it. */
export const NOTE_HEIGHT = 30;
/** Room at the left of each card for arrows of loops, and for the line to what stands in later lines. */
const GAP_X = 40;
const GAP_Y = 60;
const LINE_GAP = 40;
/** Cards beside each other before a new line begins. */
export const LINE_MAX = 4;
const CORNER = 8;

export interface Point {
  x: number;
  y: number;
}
export interface Box extends Point {
  width: number;
  height: number;
}

/** A card without rows has only its head. */
export function cardHeight(rows: number): number {
  return HEAD_HEIGHT + (rows > 0 ? rows * ROW_HEIGHT + FOOT_HEIGHT : 0);
}

/** Cards with their places, lines between them as SVG paths, and the size of the whole. */
export interface Placed {
  boxes: Box[];
  edges: { from: number; to: number; path: string }[];
  width: number;
  height: number;
}

/** Places cards. `heights` are those of the cards, `notes` what stands below each. */
export function placeCards(cards: StepCard[], heights: number[], notes: number[]): Placed {
  const boxes: Box[] = cards.map((_, at) => ({ x: 0, y: 0, width: CARD_WIDTH, height: heights[at]! }));
  const below = cards.map((): number[] => []);
  const tops: number[] = [];
  for (const { id, parent } of cards) (parent < 0 ? tops : below[parent]!).push(id);
  const edges: Placed["edges"] = [];
  const sizes = new Map<number, { width: number; height: number }>();
  const size = (card: number): { width: number; height: number } => {
    let known = sizes.get(card);
    if (!known) {
      const own = heights[card]! + notes[card]!;
      const under = linesOf(below[card]!, size);
      const height = under.height > 0 ? own + GAP_Y + under.height : own;
      sizes.set(card, (known = { width: Math.max(CARD_WIDTH, under.width), height }));
    }
    return known;
  };
  const set = (list: number[], left: number, top: number, width: number, parent: number) => {
    const under = linesOf(list, size);
    const side = left + (width - under.width) / 2 - GAP_X / 2 - 4;
    let y = top;
    for (const [place, line] of under.lines.entries()) {
      let x = left + (width - line.width) / 2;
      for (const card of line.cards) {
        const own = size(card);
        boxes[card]!.x = x + (own.width - CARD_WIDTH) / 2;
        boxes[card]!.y = y;
        const end = y + heights[card]! + notes[card]!;
        set(below[card]!, x, end + GAP_Y, own.width, card);
        if (parent >= 0)
          edges.push({
            from: parent,
            to: card,
            path: edgePath(boxes[parent]!, boxes[card]!, top, place > 0 ? side : null),
          });
        x += own.width + GAP_X;
      }
      y += line.height + LINE_GAP;
    }
  };
  const whole = linesOf(tops, size);
  set(tops, 0, 0, whole.width, -1);
  return { boxes, edges, width: whole.width, height: whole.height };
}

interface Line {
  cards: number[];
  width: number;
  height: number;
}

function linesOf(list: number[], size: (card: number) => { width: number; height: number }) {
  const lines: Line[] = [];
  for (let at = 0; at < list.length; at += LINE_MAX) {
    const cards = list.slice(at, at + LINE_MAX);
    const sizes = cards.map(size);
    lines.push({
      cards,
      width: sizes.reduce((all, { width }) => all + width + GAP_X, -GAP_X),
      height: Math.max(...sizes.map(({ height }) => height)),
    });
  }
  const width = Math.max(0, ...lines.map((line) => line.width));
  const height = lines.reduce((all, line) => all + line.height + LINE_GAP, lines.length > 0 ? -LINE_GAP : 0);
  return { lines, width, height };
}

/** From the foot of one box to the head of another; to later lines down the left side of all of them. */
function edgePath(from: Box, to: Box, top: number, side: number | null): string {
  const start = { x: from.x + from.width / 2, y: from.y + from.height };
  const end = { x: to.x + to.width / 2, y: to.y - 3 };
  const bus = top - GAP_Y / 2;
  if (side === null) return elbows([start, { x: start.x, y: bus }, { x: end.x, y: bus }, end]);
  const turn = to.y - LINE_GAP / 2;
  return elbows([
    start,
    { x: start.x, y: bus },
    { x: side, y: bus },
    { x: side, y: turn },
    { x: end.x, y: turn },
    end,
  ]);
}

/** Straight lines with round corners, as an SVG path. */
export function elbows(points: Point[]): string {
  const kept = points.filter((point, at) => at === 0 || !near(point, points[at - 1]!));
  let path = `M${point(kept[0]!)}`;
  for (let at = 1; at < kept.length - 1; at++) {
    const here = kept[at]!;
    const round = Math.min(CORNER, apart(kept[at - 1]!, here) / 2, apart(here, kept[at + 1]!) / 2);
    path += `L${point(towards(here, kept[at - 1]!, round))}Q${point(here)} ${point(towards(here, kept[at + 1]!, round))}`;
  }
  return `${path}L${point(kept[kept.length - 1]!)}`;
}

function near(left: Point, right: Point): boolean {
  return apart(left, right) < 0.5;
}

function apart(left: Point, right: Point): number {
  return Math.abs(left.x - right.x) + Math.abs(left.y - right.y);
}

function towards(from: Point, to: Point, by: number): Point {
  return {
    x: from.x + Math.sign(to.x - from.x) * by,
    y: from.y + Math.sign(to.y - from.y) * by,
  };
}

function point({ x, y }: Point): string {
  return `${round(x)} ${round(y)}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** The next place in a direction: near in it, and hardly aside. "" for none. */
export function nearest(
  places: ReadonlyMap<string, Point>,
  from: string,
  direction: "up" | "down" | "left" | "right",
): string {
  const here = places.get(from);
  if (!here) return "";
  const sign = direction === "up" || direction === "left" ? -1 : 1;
  const upright = direction === "up" || direction === "down";
  let best = "";
  let distance = Infinity;
  for (const [id, there] of places) {
    const along = sign * (upright ? there.y - here.y : there.x - here.x);
    if (along < 1) continue;
    const far = along + 2.5 * Math.abs(upright ? there.x - here.x : there.y - here.y);
    if (far < distance) {
      distance = far;
      best = id;
    }
  }
  return best;
}

/** The head of an arrow that points down at a place. */
export function tipAt(x: number, y: number): string {
  return `M${x - 4} ${y - 7}L${x} ${y - 1}L${x + 4} ${y - 7}z`;
}
