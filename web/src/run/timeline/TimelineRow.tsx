/** Label and duration of a row; its bar is on the canvas behind. */

import { type CSSProperties, memo } from "react";
import * as format from "@/format";
import { firstSpan, lastSpan } from "@/trace/children";
import { holds, type Row } from "@/trace/rows";
import type { Skeleton } from "@/trace/skeleton";
import { DownIcon, ErrorIcon, KIND_ICONS, LoopIcon, RightIcon, WarnIcon } from "@/ui/icons";
import { kindColours } from "@/ui/kind";
import { isGrowing, useRun, useRunStore } from "../store";
import { type RowWords, wordsOf } from "./words";

/** Deeper rows are not indented further: names must keep some room. */
const INDENT_MAX = 10;

interface Props {
  run: Skeleton;
  row: Row;
  index: number;
  count: number;
  top: number;
  height: number;
  /** Pixels a level. */
  indent: number;
  origin: number;
}

export const TimelineRow = memo(function TimelineRow(props: Props) {
  const { run, row, index, count, top, height, indent, origin } = props;
  const words = wordsOf(run, row.item);
  const span = firstSpan(row.item);
  const isFold = row.item.kind !== "span";
  const shows = (wanted: number) =>
    wanted === span || (!row.open && isNear(run, row, wanted) && holds(run, row.item, wanted));
  const current = useRun(({ selected }) => selected >= 0 && shows(selected));
  const hovered = useRun(({ hover }) => hover >= 0 && shows(hover));
  const hit = useRun(({ matches }) => !isFold && includes(matches, span));
  const level = Math.min(row.depth, INDENT_MAX);
  return (
    <div
      role="listitem"
      className={`gt ${hovered ? "lit" : ""}`}
      style={{ top, height }}
      aria-current={current ? "true" : undefined}
      aria-posinset={index + 1}
      aria-setsize={count}
      data-span={span}
      data-row={index}
    >
      <span className="l" style={{ paddingLeft: 4 + level * indent }}>
        <Chevron row={row} name={words.name} />
        <Tile words={words} />
        <bdi
          className={`cut ${words.mono ? "mono" : ""} ${toneOf(words)} ${hit ? "hit" : ""}`}
          title={words.name}
        >
          {words.name}
        </bdi>
        {words.tone === "error" && (
          <ErrorIcon size={12} strokeWidth={1.5} className="err-t flex-none" aria-label="failed" />
        )}
        {words.odd !== "" && (
          <span className="warn-t flex-none" title={words.odd}>
            <WarnIcon size={12} strokeWidth={1.5} aria-label={words.odd} role="img" />
          </span>
        )}
        {row.depth > INDENT_MAX && <span className="dim">{row.depth}</span>}
      </span>
      <span className="b">
        <span className="vh">
          at {format.place(words.start - origin)}, {words.status}
        </span>
      </span>
      <span className={`m ${durationTone(run, words)}`}>
        {words.status === "open" ? "open" : format.duration(words.duration)}
      </span>
    </div>
  );
});

/** Could be in the row: no walk over all that a fold covers for each row. */
function isNear(run: Skeleton, { item }: Row, span: number): boolean {
  return span >= firstSpan(item) && span < run.endIndex[lastSpan(item)]!;
}

function durationTone(run: Skeleton, { status }: RowWords): string {
  if (status === "open") return isGrowing(run) ? "live-t" : "dim";
  return status === "odd clock" ? "warn-t" : "";
}

function toneOf({ tone, strong }: RowWords): string {
  if (tone === "error") return "err-t med";
  if (tone === "warn") return "warn-t med";
  return strong ? "med" : "";
}

function Chevron({ row, name }: { row: Row; name: string }) {
  const store = useRunStore();
  if (!row.opens) return <span className="chev" />;
  const Icon = row.open ? DownIcon : RightIcon;
  const { item } = row;
  return (
    <button
      type="button"
      className="chev"
      tabIndex={-1}
      aria-expanded={row.open}
      aria-label={`${row.open ? "Close" : "Open"} ${name}`}
      onClick={(event) => {
        event.stopPropagation();
        if (item.kind === "span") store.getState().toggle(item.span);
        else store.getState().toggleFold(item.key);
      }}
    >
      <Icon size={12} strokeWidth={1.5} aria-hidden />
    </button>
  );
}

const LOOP_COLOURS = { "--ct": "var(--st-warn-tint)", "--cx": "var(--st-warn-text)" } as CSSProperties;

function Tile({ words: { tile } }: { words: RowWords }) {
  if (tile === "loop") {
    return (
      <span className="tile" style={LOOP_COLOURS} title="loop">
        <LoopIcon size={11} strokeWidth={1.5} aria-hidden />
      </span>
    );
  }
  const category = tile === "fold" ? "other" : tile.category;
  const Icon = KIND_ICONS[category];
  const title =
    tile === "fold"
      ? "folded steps"
      : tile.kind && tile.kind !== category
        ? `${category} (${tile.kind})`
        : category;
  return (
    <span className="tile" style={kindColours(category)} title={title}>
      <Icon size={11} strokeWidth={1.5} aria-hidden />
      <span className="vh">{title}</span>
    </span>
  );
}

function includes(sorted: readonly number[], wanted: number): boolean {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return sorted[low] === wanted;
}
