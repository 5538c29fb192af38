/** The card of one agent: a row a step name, with count, failures, time and its share of the run. */

import { memo } from "react";
import { ABSENT, cost, count, cut, duration, picoToUsd, plural, tokens } from "@/format";
import { isCode } from "@/trace/graph";
import type { StepCard as Card, StepLoop, StepRow, Steps } from "@/trace/steps";
import { displayName, type Skeleton } from "@/trace/skeleton";
import { LoopIcon } from "@/ui/icons";
import { KindTile } from "@/ui/kind";
import { useRun, useRunStore } from "../store";
import { useMarks, useTabIndex } from "./marks";
import { cardHeight, elbows, HEAD_HEIGHT, ROW_HEIGHT } from "./place";

/** Names are cut here, with the whole one in the tooltip (ruling 13). */
export const NODE_NAME_MAX = 37;
/** Notes on loops below a card. */
export const NOTES_MAX = 3;

export interface StepCardProps {
  run: Skeleton;
  steps: Steps;
  card: Card;
  /** Rows that are shown, and how many are not. */
  rows: number[];
  more: number;
  /** All rows are shown, though they are many. */
  isLong: boolean;
  onMore: (card: Card) => void;
  /** Pixels of a row where there is no canvas; the card is then as high as it needs. */
  rowHeight?: number;
}

export const StepCard = memo(function StepCard(props: StepCardProps) {
  const { run, steps, card, rows, more, isLong, onMore, rowHeight } = props;
  const here = useRun(({ selected }) => selected >= 0 && steps.cardOf[selected] === card.id);
  const foot = more > 0 || isLong;
  return (
    <section
      className={`gnode gcard ${here ? "here" : ""} ${card.failures > 0 ? "bad" : ""}`}
      style={rowHeight ? undefined : { height: cardHeight(rows.length + (foot ? 1 : 0)) }}
      aria-label={cut(card.name)}
    >
      <CardHead run={run} steps={steps} card={card} />
      {rows.length > 0 && (
        <ul>
          {rows.map((id) => (
            <Row key={id} run={run} steps={steps} row={steps.rows[id]!} />
          ))}
          {foot && <MoreRow card={card} more={more} onMore={onMore} />}
        </ul>
      )}
      {card.loops.map((loop) => (
        <LoopArrow key={loop.to} loop={loop} rows={rows} rowHeight={rowHeight ?? ROW_HEIGHT} />
      ))}
      <LoopNotes card={card} />
    </section>
  );
});

function CardHead({ run, steps, card }: { run: Skeleton; steps: Steps; card: Card }) {
  const store = useRunStore();
  const id = `card:${card.id}`;
  const tab = useTabIndex(id);
  const current = useRun(
    ({ selected }) => selected >= 0 && steps.cardOf[selected] === card.id && steps.rowOf[selected]! < 0,
  );
  const hovered = useRun(
    ({ hover }) => hover >= 0 && steps.cardOf[hover] === card.id && steps.rowOf[hover]! < 0,
  );
  const name = cut(card.name);
  const head = card.heads[0] ?? steps.rows[card.rows[0] ?? -1]?.spans[0] ?? -1;
  return (
    <button
      type="button"
      className={`ghead ${hovered ? "hov" : ""}`}
      data-nav={id}
      data-span={head}
      tabIndex={tab}
      aria-current={current || undefined}
      title={name}
      onClick={() => store.getState().select(following(card.heads, head, store.getState().selected))}
      onPointerEnter={() => store.getState().hoverOver(head)}
      onPointerLeave={() => store.getState().hoverOver(-1)}
    >
      <span className="h">
        <KindTile category={card.category} kind={run.strings[run.kind[head]!]} small />
        <bdi className="cut">{cut(card.name, NODE_NAME_MAX)}</bdi>
        <span className="grow" />
        <Count all={card.heads.length} failures={card.failures} />
        <span className={`mut num ${card.open ? "live-t" : ""}`}>{duration(card.time)}</span>
      </span>
      <span className="sums">
        <span>{plural(card.spans, "span")}</span>
        {[tokens(card.tokens), cost(picoToUsd(card.cost))].map(
          (text, at) => text !== ABSENT && <span key={at}>{text}</span>,
        )}
      </span>
    </button>
  );
}

const Row = memo(function Row({ run, steps, row }: { run: Skeleton; steps: Steps; row: StepRow }) {
  const store = useRunStore();
  const id = `row:${row.id}`;
  const tab = useTabIndex(id);
  const current = useRun(({ selected }) => selected >= 0 && steps.rowOf[selected] === row.id);
  const hovered = useRun(({ hover }) => hover >= 0 && steps.rowOf[hover] === row.id);
  const isMiss = useMarks(({ hits }) => hits !== null && !hits.has(id));
  const first = row.spans[0]!;
  const tone = row.failures > 0 ? "e" : row.looped ? "w" : "";
  const select = () =>
    store.getState().select(following(row.spans, toOpen(run, row), store.getState().selected));
  return (
    <li>
      <button
        type="button"
        className={`gstep d${row.depth} ${hovered ? "hov" : ""} ${isMiss ? "miss" : ""}`}
        data-nav={id}
        data-span={first}
        tabIndex={tab}
        aria-current={current || undefined}
        title={rowTitle(run, row)}
        onClick={select}
        onPointerEnter={() => store.getState().hoverOver(first)}
        onPointerLeave={() => store.getState().hoverOver(-1)}
      >
        <i className={`share ${tone}`} style={{ width: `${row.share * 100}%` }} />
        <KindTile category={row.category} kind={run.strings[run.kind[first]!]} small />
        <bdi
          className={`cut grow ${isCode(run, first) ? "mono" : ""} ${row.failures > 0 ? "err-t med" : ""}`}
        >
          {cut(row.name, NODE_NAME_MAX)}
        </bdi>
        <Count all={row.spans.length} failures={row.failures} looped={row.looped} />
        <span className={`dim num ${row.open ? "live-t" : ""}`}>{duration(row.time)}</span>
      </button>
    </li>
  );
});

/** "1 of 2" in red where some failed, "×14" where it is several. */
function Count({ all, failures, looped = false }: { all: number; failures: number; looped?: boolean }) {
  if (failures > 0)
    return (
      <span className="cnt e">
        {all > 1 ? `${count(failures)} of ${count(all)}` : "1"}
        <span className="vh"> failed</span>
      </span>
    );
  return all > 1 ? <span className={`cnt ${looped ? "w" : ""}`}>×{count(all)}</span> : null;
}

function MoreRow({ card, more, onMore }: { card: Card; more: number; onMore: (card: Card) => void }) {
  const id = `more:${card.id}`;
  const tab = useTabIndex(id);
  return (
    <li>
      <button type="button" className="gstep more" data-nav={id} tabIndex={tab} onClick={() => onMore(card)}>
        {more > 0 ? `${count(more)} more` : "Show fewer"}
      </button>
    </li>
  );
}

/** From the model call that asks to the call that is repeated. */
function LoopArrow({ loop, rows, rowHeight }: { loop: StepLoop; rows: number[]; rowHeight: number }) {
  const to = rows.indexOf(loop.to);
  const from = loop.from < 0 ? to : rows.indexOf(loop.from);
  if (to < 0 || from < 0) return null;
  const middle = (row: number) => HEAD_HEIGHT + row * rowHeight + rowHeight / 2;
  const self = from === to ? 6 : 0;
  const start = { x: 16, y: middle(from) - self };
  const end = { x: 14, y: middle(to) + self };
  const path = elbows([start, { x: 2, y: start.y }, { x: 2, y: end.y }, end]);
  return (
    <svg className="gloop" width={18} height={HEAD_HEIGHT + rows.length * rowHeight} aria-hidden>
      <path className="edge lp" d={path} />
      <path className="tip lp" d={`M12 ${end.y - 4}L18 ${end.y}L12 ${end.y + 4}z`} />
    </svg>
  );
}

function LoopNotes({ card }: { card: Card }) {
  const store = useRunStore();
  if (card.loops.length === 0) return null;
  return (
    <div className="gnotes">
      {card.loops.slice(0, NOTES_MAX).map((loop, at) => (
        <button
          key={loop.span}
          type="button"
          className="label w"
          data-span={loop.span}
          tabIndex={-1}
          onClick={() => store.getState().select(loop.span)}
        >
          <LoopIcon size={12} strokeWidth={1.5} aria-hidden />
          {loopWords(loop)}
          {at === NOTES_MAX - 1 && card.loops.length > NOTES_MAX
            ? `, and ${count(card.loops.length - NOTES_MAX)} more`
            : ""}
        </button>
      ))}
    </div>
  );
}

/** "14 rounds with the same answer, $0.114". */
function loopWords({ rounds, sameResults, cost: pico }: StepLoop): string {
  const what = `${plural(rounds, "round")} with the same ${sameResults ? "answer" : "arguments"}`;
  return Number.isNaN(pico) ? what : `${what}, ${cost(picoToUsd(pico))}`;
}

/** A click opens the first; one on what is selected already goes on to the next. */
function following(spans: readonly number[], first: number, selected: number): number {
  const at = spans.indexOf(selected);
  return at < 0 ? first : spans[(at + 1) % spans.length]!;
}

/** Odd first: what failed, else the first. */
function toOpen(run: Skeleton, row: StepRow): number {
  if (row.failures === 0) return row.spans[0]!;
  return row.spans.find((span) => run.status[span] === 2) ?? row.spans[0]!;
}

function rowTitle(run: Skeleton, row: StepRow): string {
  const name = cut(row.spans.length === 1 ? displayName(run, row.spans[0]!) : row.name);
  if (row.spans.length === 1) return name;
  const failures = row.failures > 0 ? `, ${count(row.failures)} failed` : "";
  return `${name}: ${plural(row.spans.length, "span")}${failures}. Click again for the next`;
}
