/** The run as a tree: one row a span, folds as in the transcript. Rows come from trace/rows.ts. */

import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEventHandler, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useViewKeys } from "@/run/moving";
import { isGrowing, PRINTED_ROWS_MAX, useRun, useRunStore } from "@/run/store";
import { useTexts } from "@/run/texts";
import { NARROW_PX } from "@/run/transcript/measure";
import { useWidth } from "@/run/transcript/useWidth";
import { firstSpan } from "@/trace/children";
import { type Row, rowOf, threadLines, visibleRows, wayTo } from "@/trace/rows";
import { TreeRow } from "./TreeRow";

const ROW_PX = 30;
const ROW_PHONE_PX = 40;
const OVERSCAN = 8;
/** Nearer to the end than this is at the end. */
const AT_END_PX = 32;

export function TreeView() {
  const store = useRunStore();
  const run = useRun((state) => state.run);
  const find = useRun((state) => state.find);
  const selected = useRun((state) => state.selected);
  const fold = useRun((state) => state.fold);
  const printing = useRun((state) => state.printing);
  const pinned = useRun((state) => state.pinned && isGrowing(state.run));
  const scroller = useRef<HTMLDivElement>(null);
  const { width, phone } = useWidth(scroller);
  const height = phone ? ROW_PHONE_PX : ROW_PX;
  const { rows, hits } = useRows();
  const [cursor, setCursor] = useState("");
  const shows = useMemo(() => rowOf(run, rows, selected), [run, rows, selected]);
  const current = currentRow(rows, shows, selected, cursor);

  const way = useMemo(() => wayTo(rows, current), [rows, current]);

  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    getItemKey: useCallback((place: number) => keyOf(rows[place]!), [rows, height]),
    overscan: printing ? PRINTED_ROWS_MAX : OVERSCAN,
    paddingStart: 4,
    paddingEnd: 24,
  });
  const shown = virtual.getVirtualItems();
  const wanted = shown.flatMap(({ index }) => {
    const item = rows[index]?.item;
    return item?.kind === "span" ? [item.span] : [];
  });
  const texts = useTexts(run, wanted);

  const toggle = useCallback(
    (row: Row) => {
      if (!row.opens) return;
      if (row.item.kind === "span") store.getState().toggle(row.item.span);
      else store.getState().toggleFold(row.item.key);
    },
    [store],
  );
  const select = useCallback(
    (place: number) => {
      const row = rows[place];
      if (!row) return;
      setCursor(keyOf(row));
      store.getState().select(firstSpan(row.item));
    },
    [rows, store],
  );
  useEffect(() => {
    if (current >= 0) bringIntoSight(scroller.current, 4 + current * height, height);
    // When the selection moves or all is folded anew, not when single rows open.
  }, [selected, cursor, fold]);
  useEffect(() => {
    if (pinned && scroller.current) scroller.current.scrollTop = scroller.current.scrollHeight;
  }, [pinned, rows]);
  const onKeyDown = useRowKeys(rows, current, select, toggle);

  const onScroll = () => {
    const state = store.getState();
    const element = scroller.current;
    if (!element || !isGrowing(state.run)) return;
    const atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < AT_END_PX;
    if (atEnd !== state.pinned) state.set(atEnd ? { pinned: true, newSpans: 0 } : { pinned: false });
  };

  return (
    <div
      ref={scroller}
      className={`scroll tree ${width < NARROW_PX && !phone ? "narrow" : ""}`}
      role="tree"
      aria-label="Spans of the run"
      data-scroll-restoration-id={`tree ${store.getState().run.trace.trace_id}`}
      tabIndex={0}
      aria-activedescendant={current >= 0 ? idOf(rows[current]!) : undefined}
      onScroll={onScroll}
      onKeyDown={onKeyDown}
      onClick={(event) => {
        if (!(event.target as Element).closest("[role=treeitem]")) store.getState().select(-1);
      }}
      onMouseLeave={() => store.getState().hoverOver(-1)}
    >
      <div className="treein" role="presentation" style={{ height: virtual.getTotalSize() }}>
        {shown.map((item) => {
          const row = rows[item.index]!;
          const span = firstSpan(row.item);
          return (
            <TreeRow
              key={item.key}
              id={idOf(row)}
              run={run}
              row={row}
              top={item.start}
              height={height}
              text={row.item.kind === "span" ? texts.get(span) : undefined}
              find={find}
              isHit={row.item.kind === "span" && hits.has(span)}
              isSelected={item.index === current}
              thread={threadLines(way, item.index)}
              turns={way[row.depth] === item.index}
              place={item.index}
              onSelect={select}
              onToggle={toggle}
            />
          );
        })}
      </div>
    </div>
  );
}

/** Rows and search hits; worked out again only when what they depend on changes. */
function useRows(): { rows: Row[]; hits: ReadonlySet<number> } {
  const run = useRun((state) => state.run);
  const expanded = useRun((state) => state.expanded);
  const openFolds = useRun((state) => state.openFolds);
  const showInfrastructure = useRun((state) => state.showInfrastructure);
  const fold = useRun((state) => state.fold);
  const within = useRun((state) => state.brush);
  const matches = useRun((state) => state.matches);
  const hits = useMemo(() => new Set(matches), [matches]);
  const rows = useMemo(
    () => visibleRows(run, { expanded, openFolds, showInfrastructure, fold, within, keep: hits }),
    [run, expanded, openFolds, showInfrastructure, fold, within, hits],
  );
  return { rows, hits };
}

/** The row that is marked: an opened fold and the first row in it are of one span, the one gone to last counts. */
function currentRow(rows: readonly Row[], shows: number, selected: number, cursor: string): number {
  for (let place = shows - 1; place >= 0 && firstSpan(rows[place]!.item) === selected; place--) {
    if (keyOf(rows[place]!) === cursor) return place;
  }
  return shows;
}

function keyOf(row: Row): string {
  return row.item.kind === "span" ? `s${row.item.span}` : row.item.key;
}

function idOf(row: Row): string {
  return `tree-${keyOf(row)}`;
}

/** A third of the height above it, and only if it is out of sight. */
function bringIntoSight(element: HTMLElement | null, top: number, height: number): void {
  if (!element) return;
  if (top >= element.scrollTop && top + height <= element.scrollTop + element.clientHeight) return;
  element.scrollTop = top - element.clientHeight / 3;
}

/** Arrows as in any tree: up, down, right opens or goes in, left closes or goes out. */
function useRowKeys(
  rows: readonly Row[],
  current: number,
  select: (place: number) => void,
  toggle: (row: Row) => void,
): KeyboardEventHandler {
  const key = (keys: string, label: string, run: () => void) => ({
    keys,
    label,
    group: "Moving in a run",
    run,
  });
  const right = () => {
    const row = rows[current];
    if (!row?.opens) return;
    if (row.open) select(current + 1);
    else toggle(row);
  };
  const left = () => {
    const row = rows[current];
    if (!row) return;
    if (row.open) return toggle(row);
    for (let place = current - 1; place >= 0; place--)
      if (rows[place]!.depth < row.depth) return select(place);
  };
  return useViewKeys([
    key("ArrowUp", "Row up", () => select(current < 0 ? rows.length - 1 : Math.max(0, current - 1))),
    key("ArrowDown", "Row down", () => select(Math.min(rows.length - 1, current + 1))),
    key("ArrowLeft", "Close", left),
    key("ArrowRight", "Open", right),
    key("Home", "First row", () => select(0)),
    key("End", "Last row", () => select(rows.length - 1)),
  ]);
}
