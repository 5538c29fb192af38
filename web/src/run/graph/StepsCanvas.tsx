/** Steps on a canvas: agents above the agents that they called. */

import type { Node, NodeProps } from "@xyflow/react";
import { memo, useCallback, useMemo, useRef } from "react";
import { plural } from "@/format";
import type { Steps } from "@/trace/steps";
import { useRun } from "../store";
import { Canvas, type Hold } from "./Canvas";
import {
  type Box,
  CARD_WIDTH,
  cardHeight,
  HEAD_HEIGHT,
  nearest,
  NOTE_HEIGHT,
  placeCards,
  ROW_HEIGHT,
  tipAt,
} from "./place";
import { NOTES_MAX, StepCard, type StepCardProps } from "./StepCard";
import { StepsNote } from "./StepsNote";
import { type CardRows, useSteps } from "./useSteps";

type CardNode = Node<StepCardProps & Record<string, unknown>>;

const NODE_TYPES = {
  card: memo(function CardNodeView({ data }: NodeProps<CardNode>) {
    return <StepCard {...data} />;
  }),
};
const ALL_POINTERS = { pointerEvents: "all" } as const;
const NO_THREAD: ReadonlySet<string> = new Set();

export function StepsCanvas({ onList }: { onList: () => void }) {
  const { run, steps, cards, onMore, hits } = useSteps();
  const hold = useRef<Hold>(null);
  const placed = useMemo(() => place(steps, cards), [steps, cards]);
  const places = useMemo(() => placesOf(steps, cards, placed.boxes), [steps, cards, placed]);
  const openMore = useCallback<typeof onMore>(
    (card) => {
      const id = `card:${card.id}`;
      hold.current = { before: id, after: id, hadFocus: false };
      onMore(card);
    },
    [onMore],
  );
  const nodes = useMemo(
    () =>
      steps.cards.map((card, at): CardNode => {
        const box = placed.boxes[at]!;
        return {
          id: card.key,
          type: "card",
          position: { x: box.x, y: box.y },
          width: box.width,
          height: box.height,
          style: ALL_POINTERS,
          data: { run, steps, card, ...cards[at]!, onMore: openMore },
        };
      }),
    [run, steps, cards, placed, openMore],
  );
  const selected = useRun((state) => markOf(steps, state.selected));
  const selectedCard = useRun((state) => (state.selected < 0 ? -1 : steps.cardOf[state.selected]!));
  const marks = useMemo(() => ({ selected, hover: "", thread: NO_THREAD, hits }), [selected, hits]);
  const next = useCallback(
    (from: string, arrow: "up" | "down" | "left" | "right") => nearest(places, from, arrow),
    [places],
  );
  const thread = useMemo(() => cardsAbove(steps, selectedCard), [steps, selectedCard]);
  return (
    <Canvas
      label={`Steps of the run: ${plural(steps.cards.length, "card")}. Arrow keys move, Enter selects`}
      nodes={nodes}
      nodeTypes={NODE_TYPES}
      size={placed}
      places={places}
      marks={marks}
      next={next}
      first="card:0"
      hold={hold}
      onList={onList}
      note={<StepsNote steps={steps} />}
      lines={<Lines edges={placed.edges} boxes={placed.boxes} thread={thread} />}
    />
  );
}

function Lines({
  edges,
  boxes,
  thread,
}: {
  edges: { from: number; to: number; path: string }[];
  boxes: Box[];
  thread: ReadonlySet<number>;
}) {
  const onThread = (to: number) => thread.has(to);
  return [...edges]
    .sort((left, right) => Number(onThread(left.to)) - Number(onThread(right.to)))
    .map(({ from, to, path }) => {
      const { x, y, width } = boxes[to]!;
      const tone = onThread(to) ? "th" : "";
      return (
        <g key={`${from}-${to}`}>
          <path className={`edge ${tone}`} d={path} />
          <path className={`tip ${tone}`} d={tipAt(x + width / 2, y)} />
        </g>
      );
    });
}

function place(steps: Steps, cards: CardRows[]) {
  const heights = cards.map(({ rows, more, isLong }) =>
    cardHeight(rows.length + (more > 0 || isLong ? 1 : 0)),
  );
  const notes = steps.cards.map(({ loops }) => Math.min(loops.length, NOTES_MAX) * NOTE_HEIGHT);
  return placeCards(steps.cards, heights, notes);
}

/** Heads and rows, for the arrow keys and for bringing the selection into sight. */
function placesOf(steps: Steps, cards: CardRows[], boxes: Box[]): ReadonlyMap<string, Box> {
  const found = new Map<string, Box>();
  for (const [at, { x, y }] of boxes.entries()) {
    const { rows, more, isLong } = cards[at]!;
    found.set(`card:${steps.cards[at]!.id}`, { x, y, width: CARD_WIDTH, height: HEAD_HEIGHT });
    const row = (place: number) => ({
      x,
      y: y + HEAD_HEIGHT + place * ROW_HEIGHT,
      width: CARD_WIDTH,
      height: ROW_HEIGHT,
    });
    rows.forEach((id, place) => found.set(`row:${id}`, row(place)));
    if (more > 0 || isLong) found.set(`more:${steps.cards[at]!.id}`, row(rows.length));
  }
  return found;
}

/** The row or the head that a span is on, "" for none. */
function markOf(steps: Steps, span: number): string {
  if (span < 0) return "";
  if (steps.rowOf[span]! >= 0) return `row:${steps.rowOf[span]}`;
  return steps.cardOf[span]! >= 0 ? `card:${steps.cardOf[span]}` : "";
}

function cardsAbove(steps: Steps, card: number): ReadonlySet<number> {
  const found = new Set<number>();
  for (let at = card; at >= 0; at = steps.cards[at]!.parent) found.add(at);
  return found;
}
