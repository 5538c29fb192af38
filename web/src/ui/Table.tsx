/**
 * Rows of a long list: only those on screen are in the page, each kind of row has one fixed height, and hovering moves
 * nothing. The table knows columns and keys; what stands in a row is its user's.
 */

import { useVirtualizer } from "@tanstack/react-virtual";
import {
  type CSSProperties,
  type MouseEvent,
  type ReactNode,
  type Ref,
  useCallback,
  useEffect,
  useImperativeHandle,
  useRef,
} from "react";
import { DownIcon, UpIcon } from "./icons";

/** One column. */
export interface Column<Row> {
  id: string;
  label: string;
  /** What the chooser says about it. */
  about?: string;
  /** A track of CSS grid. */
  width: string;
  /** Width in pixels that it needs at least. */
  min: number;
  numeric?: boolean;
  /** Moves the label over what it is about. */
  headClass?: string;
  /** Field to sort by; no sorting without one. */
  sort?: string;
  cell: (row: Row) => ReactNode;
  /** The condition that a cell stands for, so that a click can ask for it. */
  value?: (row: Row) => { field: string; value: string } | null;
}

/** One line of the table. */
export interface Line {
  key: string;
  /** Pixels. */
  height: number;
  node: (place: LinePlace) => ReactNode;
}

/** What a line needs to know of where it stands. */
export interface LinePlace {
  /** Absolute place; goes to the line's style. */
  style: CSSProperties;
  /** `aria-rowindex`. */
  index: number;
  id: string;
}

export interface TableHandle {
  /** Shows a line if it is off screen, with room above it. */
  reveal(key: string): void;
  toTop(): void;
  atTop(): boolean;
  focus(): void;
}

const HEAD_PX = 28;
/** Lines before the end at which more is asked for. */
const AHEAD = 12;
const ROW_PX = 34;
const GAP_PX = 12;
const MARGIN_PX = 16;

/** Width that columns need in all, in pixels. */
export function widthOf<Row>(columns: readonly Column<Row>[]): number {
  return (
    columns.reduce((sum, column) => sum + column.min, 0) +
    GAP_PX * Math.max(0, columns.length - 1) +
    2 * MARGIN_PX
  );
}

/** `grid-template-columns` of columns. */
export function tracks<Row>(columns: readonly Column<Row>[]): string {
  return columns.map((column) => column.width).join(" ");
}

export function Table<Row>({
  label,
  tree = false,
  columns,
  lines,
  total,
  cursor,
  sort,
  onSort,
  headExtra,
  withHead,
  onEnd,
  onMove,
  foot,
  handle,
}: {
  label: string;
  /** Lines can be opened to others below them. */
  tree?: boolean;
  columns: readonly Column<Row>[];
  lines: readonly Line[];
  /** Rows in all, -1 where that is not known. */
  total: number;
  /** Key of the line with the cursor. */
  cursor: string | null;
  sort: readonly SortKey[];
  onSort: (field: string, more: boolean) => void;
  /** Stands beside the label of a column: the pill of new rows. */
  headExtra?: { column: string; node: ReactNode };
  withHead: boolean;
  /** The end comes into view. */
  onEnd: () => void;
  /** The table was scrolled, or the pointer came or went. */
  onMove?: (state: { atTop: boolean; pointerInside: boolean }) => void;
  /** After the last row. */
  foot?: ReactNode;
  handle?: Ref<TableHandle>;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const pointerInside = useRef(false);
  const head = withHead ? HEAD_PX : 0;
  // Sizes and keys follow from the lines alone, so that scrolling works out neither anew.
  const estimateSize = useCallback((index: number) => lines[index]?.height ?? ROW_PX, [lines]);
  const getItemKey = useCallback((index: number) => lines[index]?.key ?? index, [lines]);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize,
    getItemKey,
    overscan: 10,
    scrollMargin: head,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (last >= lines.length - AHEAD) onEnd();
  }, [last, lines.length, onEnd]);

  useImperativeHandle(handle, () => ({
    reveal: (key) => {
      const at = lines.findIndex((line) => line.key === key);
      const element = scroller.current;
      if (at < 0 || !element) return;
      const place = virtual.getOffsetForIndex(at, "start")?.[0] ?? 0;
      const height = lines[at]!.height;
      const top = element.scrollTop;
      if (place < top) element.scrollTop = Math.max(0, place - element.clientHeight / 3);
      else if (place + height > top + element.clientHeight - head)
        element.scrollTop = place + height - (element.clientHeight - head) * 0.67;
    },
    toTop: () => {
      if (scroller.current) scroller.current.scrollTop = 0;
    },
    atTop: () => (scroller.current?.scrollTop ?? 0) < 4,
    focus: () => scroller.current?.focus({ preventScroll: true }),
  }));

  const tell = () =>
    onMove?.({ atTop: (scroller.current?.scrollTop ?? 0) < 4, pointerInside: pointerInside.current });
  const over = (inside: boolean) => () => {
    pointerInside.current = inside;
    tell();
  };
  const style = {
    "--cols": tracks(columns),
    minWidth: withHead ? widthOf(columns) : undefined,
  } as CSSProperties;
  return (
    <div
      className="tbl"
      ref={scroller}
      role={tree ? "treegrid" : "grid"}
      tabIndex={0}
      aria-label={label}
      aria-rowcount={total < 0 ? -1 : total + 1}
      aria-activedescendant={cursor ? lineId(cursor) : undefined}
      data-scroll-restoration-id={label}
      onScroll={tell}
      onPointerEnter={over(true)}
      onPointerLeave={over(false)}
    >
      <div style={style} role="presentation">
        {withHead && (
          <div className="trow head" role="row" aria-rowindex={1}>
            {columns.map((column) => (
              <Head
                key={column.id}
                column={column}
                sort={sort}
                onSort={onSort}
                extra={headExtra?.column === column.id ? headExtra.node : undefined}
              />
            ))}
          </div>
        )}
        <div className="tbody" role="rowgroup" style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const line = lines[item.index];
            if (!line) return null;
            return line.node({
              style: { height: line.height, transform: `translateY(${item.start - head}px)` },
              index: item.index + 2,
              id: lineId(line.key),
            });
          })}
        </div>
        {foot}
      </div>
    </div>
  );
}

/** The id of a line's element. */
export function lineId(key: string): string {
  return `row-${key}`;
}

/** `-duration` is descending. */
export interface SortKey {
  field: string;
  descending: boolean;
}

function Head<Row>({
  column,
  sort,
  onSort,
  extra,
}: {
  column: Column<Row>;
  sort: readonly SortKey[];
  onSort: (field: string, more: boolean) => void;
  extra?: ReactNode;
}) {
  const at = sort.findIndex((key) => key.field === column.sort);
  const key = sort[at];
  const sorted = key ? (key.descending ? "descending" : "ascending") : column.sort ? "none" : undefined;
  const Icon = key?.descending ? DownIcon : UpIcon;
  return (
    <span
      role="columnheader"
      aria-sort={sorted}
      className={`th ${column.numeric ? "num" : ""} ${column.headClass ?? ""}`}
    >
      {column.sort ? (
        <button
          type="button"
          className={key ? "on" : undefined}
          tabIndex={-1}
          onClick={(event: MouseEvent) => onSort(column.sort!, event.shiftKey)}
          title={`Sort by ${column.label.toLowerCase()}; with Shift as a further key`}
        >
          <span className="cut">{column.label}</span>
          {key && <Icon size={12} strokeWidth={1.8} aria-hidden />}
          {key && sort.length > 1 && <sup>{at + 1}</sup>}
        </button>
      ) : (
        <span className={column.label ? "cut" : "vh"}>{column.label || column.about}</span>
      )}
      {extra}
    </span>
  );
}

/** Is a line where it was? For rows that draw again only when something of theirs changed. */
export function samePlace(a: LinePlace, b: LinePlace): boolean {
  return a.index === b.index && a.style.transform === b.style.transform && a.style.height === b.style.height;
}
