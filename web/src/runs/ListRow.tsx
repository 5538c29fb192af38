/** One row of a list, on a wide screen by its columns and on a phone in two lines. */

import { type MouseEvent, memo, type ReactNode } from "react";
import { cut } from "@/format";
import { type Column, type LinePlace, samePlace } from "@/ui/Table";
import { FilterIcon, RightIcon } from "@/ui/icons";

export interface RowProps<Row> {
  row: Row;
  id: string;
  columns: readonly Column<Row>[];
  place: LinePlace;
  /** It has the cursor of the keyboard. */
  cursor: boolean;
  /** It is open beside the list. */
  current: boolean;
  selected: boolean;
  deleted?: boolean;
  /** undefined: it has nothing to open in place. */
  expanded?: boolean;
  href: string;
  /** Two lines of a phone; null draws the columns. */
  phone: ReactNode | null;
  onOpen: (id: string) => void;
  onToggle?: (id: string) => void;
  onSelect?: (id: string) => void;
  /** Narrows the list to what a cell holds, or to all else. */
  onFilter?: (field: string, value: string, negated: boolean) => void;
}

function Row<R>(props: RowProps<R>) {
  const { row, id, columns, place, href, expanded, selected, deleted, onOpen, onToggle, onSelect, onFilter } =
    props;
  const open = (event: MouseEvent) => {
    if (event.defaultPrevented || event.button > 1) return;
    if (event.metaKey || event.ctrlKey || event.button === 1) {
      window.open(href, "_blank", "noopener");
      return;
    }
    // A selection of text is not a click.
    if (window.getSelection()?.type === "Range") return;
    onOpen(id);
  };
  const classes = ["trow", "r", props.cursor && "cur", deleted && "isgone", selected && "picked"].filter(
    Boolean,
  );
  return (
    <div
      id={place.id}
      style={place.style}
      aria-rowindex={place.index}
      role="row"
      className={classes.join(" ")}
      aria-current={props.current || undefined}
      aria-selected={selected}
      aria-expanded={expanded}
      onClick={open}
      onAuxClick={open}
    >
      {props.phone ? (
        <span role="gridcell" className="phonecell">
          {props.phone}
        </span>
      ) : (
        columns.map((column, at) => (
          <span key={column.id} role="gridcell" className={column.numeric ? "num td" : "td"}>
            {at === 0 && onToggle && expanded !== undefined && (
              <Twist expanded={expanded} onToggle={() => onToggle(id)} />
            )}
            {at === 0 && onSelect ? (
              <Mark selected={selected} onSelect={() => onSelect(id)}>
                {column.cell(row)}
              </Mark>
            ) : (
              column.cell(row)
            )}
            {onFilter && column.value && <Only value={column.value(row)} onFilter={onFilter} />}
          </span>
        ))
      )}
      {deleted && (
        <span role="gridcell" className="label e goneword">
          deleted
        </span>
      )}
    </div>
  );
}

/** Opens what is below a row, in the margin beside it. */
function Twist({ expanded, onToggle }: { expanded: boolean; onToggle: () => void }) {
  return (
    <button
      type="button"
      tabIndex={-1}
      className={expanded ? "twist on" : "twist"}
      aria-label={expanded ? "Hide steps" : "Show steps"}
      title={expanded ? "Hide steps (←)" : "Show steps (→)"}
      onClick={(event) => {
        event.preventDefault();
        onToggle();
      }}
    >
      <RightIcon size={12} strokeWidth={1.8} aria-hidden />
    </button>
  );
}

/** A click asks for what the cell holds; with Alt for all else. */
function Only({
  value,
  onFilter,
}: {
  value: { field: string; value: string } | null;
  onFilter: (field: string, value: string, negated: boolean) => void;
}) {
  if (!value) return null;
  const words = `${value.field} ${cut(value.value, 60)}`;
  return (
    <button
      type="button"
      tabIndex={-1}
      className="only"
      aria-label={`Only ${words}`}
      title={`Only ${words}\nWith Alt: all but that`}
      onClick={(event) => {
        event.preventDefault();
        onFilter(value.field, value.value, event.altKey);
      }}
    >
      <FilterIcon size={12} strokeWidth={1.5} aria-hidden />
    </button>
  );
}

/** The mark of a state, which is the box to select the row while the pointer is on it. */
function Mark({
  selected,
  onSelect,
  children,
}: {
  selected: boolean;
  onSelect: () => void;
  children: ReactNode;
}) {
  return (
    <span className="mark">
      {children}
      <input
        type="checkbox"
        tabIndex={-1}
        checked={selected}
        aria-label="Select"
        title="Select (x)"
        onClick={(event) => event.stopPropagation()}
        onChange={onSelect}
      />
    </span>
  );
}

/** Draws again only when something of the row changed: scrolling moves many and changes none. */
export const ListRow = memo(Row, (before, after) =>
  (Object.keys(after) as (keyof typeof after)[]).every((name) =>
    name === "place"
      ? samePlace(before.place, after.place)
      : name === "phone"
        ? (before.phone === null) === (after.phone === null)
        : before[name] === after[name],
  ),
) as typeof Row;
