/** The run as a conversation: the view that opens first. Rows are worked out in trace/transcript.ts. */

import { useVirtualizer, type VirtualItem } from "@tanstack/react-virtual";
import {
  type CSSProperties,
  type KeyboardEventHandler,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { useViewKeys } from "@/run/moving";
import { isGrowing, PRINTED_ROWS_MAX, useRun, useRunStore } from "@/run/store";
import { useTexts } from "@/run/texts";
import { type Transcript, transcript, type TranscriptRow } from "@/trace/transcript";
import { toldAt } from "./asked";
import { measuresOf, NARROW_PX } from "./measure";
import { CardSides, CardTitle, LEVELS_DRAWN, RowBody } from "./rows";
import { rowAt, useAnchor } from "./useAnchor";
import { useTops } from "./useTops";
import { useWidth } from "./useWidth";

/** Rows drawn above and below those in sight. */
const OVERSCAN = 6;
/** Nearer to the end than this is at the end. */
const AT_END_PX = 32;

export function TranscriptView() {
  const store = useRunStore();
  const run = useRun((state) => state.run);
  const find = useRun((state) => state.find);
  const selected = useRun((state) => state.selected);
  const fold = useRun((state) => state.fold);
  const printing = useRun((state) => state.printing);
  const pinned = useRun((state) => state.pinned && isGrowing(state.run));
  const scroller = useRef<HTMLDivElement>(null);
  const matches = useRun((state) => state.matches);
  const hits = useMemo(() => new Set(matches), [matches]);
  const told = useTranscript(hits);
  const { rows } = told;
  const { width, phone } = useWidth(scroller);
  const measures = useMemo(() => measuresOf(width, phone), [width, phone]);
  const opened = useOpened();
  const [cursor, setCursor] = useState("");
  const current = currentRow(told, selected, cursor);

  const { tops, arrived } = useTops(run, rows, measures, opened.heights);

  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (place) => tops[place + 1]! - tops[place]!,
    getItemKey: useCallback((place: number) => rows[place]!.key, [rows, tops]),
    overscan: printing ? PRINTED_ROWS_MAX : OVERSCAN,
    paddingEnd: 64,
  });
  const shown = virtual.getVirtualItems();
  const top = toldAt(rows);
  const texts = useTexts(run, wantedTexts(rows, shown, top));
  useLayoutEffect(() => arrived(shown.map((item) => item.index)), [texts]);
  const remember = useAnchor(scroller, rows, tops, pinned);

  const select = (place: number) => {
    const row = rows[place];
    if (!row) return;
    setCursor(row.key);
    store.getState().select(row.span);
  };
  const toggle = useCallback(
    (row: TranscriptRow, part?: "thought") => {
      const state = store.getState();
      if (row.kind === "card") state.toggle(row.span);
      else if (row.kind === "fold" || row.kind === "loop" || row.kind === "checks") state.toggleFold(row.key);
      else opened.toggle(row.key, part);
    },
    [store, opened.toggle],
  );
  const bringIntoSight = useCallback(
    (place: number) => {
      const element = scroller.current;
      if (!element || place < 0) return;
      const top = tops[place]!;
      if (top >= element.scrollTop && tops[place + 1]! <= element.scrollTop + element.clientHeight) return;
      element.scrollTop = top - element.clientHeight / 3;
      remember();
    },
    [tops],
  );
  useEffect(() => {
    bringIntoSight(current);
    // When the selection moves or all is folded anew, not when single rows open.
  }, [selected, cursor, fold]);
  const onKeyDown = useRowKeys({ rows, current, select, toggle, opened });

  const onScroll = () => {
    const element = scroller.current!;
    remember();
    const state = store.getState();
    if (!isGrowing(state.run)) return;
    const atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < AT_END_PX;
    if (atEnd !== state.pinned) state.set(atEnd ? { pinned: true, newSpans: 0 } : { pinned: false });
  };

  return (
    <div
      ref={scroller}
      className={`scroll tv ${width < NARROW_PX && !phone ? "narrow" : ""}`}
      role="list"
      aria-label="Transcript of the run"
      data-scroll-restoration-id={`transcript ${run.trace.trace_id}`}
      tabIndex={0}
      onScroll={onScroll}
      onKeyDown={onKeyDown}
      onClick={(event) => {
        if (!(event.target as Element).closest("[data-row]")) store.getState().select(-1);
      }}
      onMouseLeave={() => store.getState().hoverOver(-1)}
    >
      <StickyCard rows={rows} tops={tops} y={virtual.scrollOffset ?? 0} toggle={toggle} find={find} />
      <div className="tvin" style={{ height: virtual.getTotalSize() }}>
        {shown.map((item) => {
          const row = rows[item.index]!;
          return (
            <TranscriptItem
              key={item.key}
              row={row}
              place={item.index}
              count={rows.length}
              top={tops[item.index]!}
              height={opened.isFree(row.key) ? undefined : item.size}
              isHit={hits.has(row.span)}
              isCurrent={item.index === current}
              onSelect={select}
              onHeight={opened.measure}
            >
              <RowBody
                run={run}
                row={row}
                text={texts.get(row.span)}
                told={top < 0 ? null : texts.get(top)}
                find={find}
                measures={measures}
                opened={opened.keys.has(row.key)}
                thoughtOpened={opened.keys.has(THOUGHT + row.key)}
                onToggle={toggle}
              />
            </TranscriptItem>
          );
        })}
      </div>
    </div>
  );
}

/** The rows, worked out again only when what they depend on changes. */
function useTranscript(hits: ReadonlySet<number>): Transcript {
  const run = useRun((state) => state.run);
  const expanded = useRun((state) => state.expanded);
  const openFolds = useRun((state) => state.openFolds);
  const showInfrastructure = useRun((state) => state.showInfrastructure);
  const fold = useRun((state) => state.fold);
  const within = useRun((state) => state.brush);
  return useMemo(
    () => transcript(run, { expanded, openFolds, showInfrastructure, fold, within, keep: hits }),
    [run, expanded, openFolds, showInfrastructure, fold, within, hits],
  );
}

/** Before the key of a row: its thinking. */
const THOUGHT = "thought ";

/** What was opened by hand, by the rows' keys, and how tall those rows turned out. */
interface Opened {
  keys: ReadonlySet<string>;
  heights: ReadonlyMap<string, number>;
  /** The row is as tall as what is in it. */
  isFree: (key: string) => boolean;
  toggle: (key: string, part?: "thought") => void;
  measure: (key: string, height: number) => void;
}

function useOpened(): Opened {
  const [keys, setKeys] = useState<ReadonlySet<string>>(new Set());
  const [heights, setHeights] = useState<ReadonlyMap<string, number>>(new Map());
  const toggle = useCallback((key: string, part?: "thought") => {
    setKeys((before) => {
      const after = new Set(before);
      const name = part ? THOUGHT + key : key;
      if (!after.delete(name)) after.add(name);
      return after;
    });
    setHeights((before) => {
      const after = new Map(before);
      return after.delete(key) ? after : before;
    });
  }, []);
  const measure = useCallback((key: string, height: number) => {
    setHeights((before) => (before.get(key) === height ? before : new Map(before).set(key, height)));
  }, []);
  const isFree = (key: string) => keys.has(key) || keys.has(THOUGHT + key);
  return { keys, heights, isFree, toggle, measure };
}

/** The row that is marked: the one that was gone to last while it is the selected span's, else what shows the span. */
function currentRow(told: Transcript, selected: number, cursor: string): number {
  if (selected < 0) return -1;
  const place = told.rowOf(selected);
  const { rows } = told;
  if (place < 0 || rows[place]!.key === cursor) return place;
  // A span can have two rows: an open fold and the first in it, the words and the agent's own.
  for (const near of [place - 1, place + 1]) {
    if (rows[near]?.key === cursor && rows[near].span === selected) return near;
  }
  return rows[0]?.key === cursor && rows[0].span === selected ? 0 : place;
}

/** Spans whose texts the rows in sight show, and what the run was asked: it is not to be said again. */
function wantedTexts(rows: readonly TranscriptRow[], shown: readonly VirtualItem[], top: number): number[] {
  const wanted: number[] = top < 0 || shown[0]?.index === 0 ? [] : [top];
  for (const { index } of shown) {
    const row = rows[index];
    if (row && !["fold", "loop", "checks", "end"].includes(row.kind)) wanted.push(row.span);
  }
  return wanted;
}

/** The place of a row: its position, its cards' sides, selection, hover. */
function TranscriptItem({
  row,
  place,
  count,
  top,
  height,
  isCurrent,
  isHit,
  onSelect,
  onHeight,
  children,
}: {
  row: TranscriptRow;
  place: number;
  count: number;
  top: number;
  /** Left out: as tall as what is in it, which is then told. */
  height: number | undefined;
  isCurrent: boolean;
  /** What is searched for is in it. */
  isHit: boolean;
  onSelect: (place: number) => void;
  onHeight: (key: string, height: number) => void;
  children: React.ReactNode;
}) {
  const store = useRunStore();
  const hovered = useRun((state) => state.hover === row.span && row.kind !== "end");
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (height !== undefined || !box.current) return;
    const element = box.current;
    const observer = new ResizeObserver(() => onHeight(row.key, element.offsetHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, [height, row.key, onHeight]);
  const level = Math.min(LEVELS_DRAWN, row.level);
  const style = { transform: `translateY(${top}px)`, height, "--lv": level } as CSSProperties;
  if (row.kind === "end") {
    return (
      <div className="tvr" style={style} role="presentation">
        <CardSides row={row} />
      </div>
    );
  }
  return (
    <div
      ref={box}
      className={`tvr ${level > 0 ? "inner" : ""} ${hovered ? "hov" : ""} ${isHit ? "hit" : ""} ${row.inFold && `in-${row.inFold}`}`}
      style={style}
      role="listitem"
      aria-current={isCurrent || undefined}
      aria-setsize={count}
      aria-posinset={place + 1}
      data-row
      data-span={row.span}
      onClick={() => onSelect(place)}
      onMouseEnter={() => store.getState().hoverOver(row.span)}
    >
      <CardSides row={row} />
      {children}
    </div>
  );
}

/** The head of the card that is being read, when its own has scrolled away. */
function StickyCard({
  rows,
  tops,
  y,
  toggle,
  find,
}: {
  rows: readonly TranscriptRow[];
  tops: Float64Array;
  y: number;
  toggle: (row: TranscriptRow) => void;
  find: string;
}) {
  const store = useRunStore();
  const place = rowAt(tops, y);
  const at = rows[place];
  if (!at) return null;
  const headPlace = at.kind === "card" && at.open ? place : at.card;
  const head = rows[headPlace];
  if (head?.kind !== "card" || tops[headPlace]! + 6 >= y) return null;
  const level = Math.min(LEVELS_DRAWN, head.level + 1);
  return (
    <div
      className="tvsticky"
      style={{ "--k": level } as CSSProperties}
      onClick={() => store.getState().select(head.span)}
      data-row
      aria-hidden
    >
      <CardTitle run={store.getState().run} row={head} find={find} onToggle={toggle} />
    </div>
  );
}

/** The opened fold that a row stands in, -1 for none. */
function foldAround(rows: readonly TranscriptRow[], place: number): number {
  for (let above = place - 1; above >= 0; above--) {
    const row = rows[above]!;
    const isFold = row.kind === "fold" || row.kind === "loop";
    if (isFold && row.open && row.level === rows[place]!.level) return above;
  }
  return -1;
}

/** Arrows: up and down through the rows, right opens, left closes or goes to the card around. */
function useRowKeys({
  rows,
  current,
  select,
  toggle,
  opened,
}: {
  rows: readonly TranscriptRow[];
  current: number;
  select: (place: number) => void;
  toggle: (row: TranscriptRow) => void;
  opened: Opened;
}): KeyboardEventHandler {
  const step = (by: 1 | -1) => {
    let place = current < 0 ? (by > 0 ? 0 : rows.length - 1) : current + by;
    while (rows[place]?.kind === "end") place += by;
    select(place);
  };
  const isOpen = (row: TranscriptRow) => ("open" in row ? row.open : opened.keys.has(row.key));
  const open = () => {
    const row = rows[current];
    if (row && !isOpen(row) && row.kind !== "call") toggle(row);
  };
  const close = () => {
    const row = rows[current];
    if (!row) return;
    if (isOpen(row)) return toggle(row);
    const around = row.inFold ? foldAround(rows, current) : row.card;
    if (around >= 0) select(around);
  };
  const key = (keys: string, label: string, run: () => void) => ({
    keys,
    label,
    group: "Moving in a run",
    run,
  });
  return useViewKeys([
    key("ArrowUp", "Row up", () => step(-1)),
    key("ArrowDown", "Row down", () => step(1)),
    key("ArrowLeft", "Close", close),
    key("ArrowRight", "Open", open),
    key("Home", "First row", () => select(0)),
    key("End", "Last row", () => select(rows.length - 1)),
  ]);
}
