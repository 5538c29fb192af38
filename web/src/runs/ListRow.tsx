/** One row of a list, on a wide screen by its columns and on a phone in two lines. */

import { type MouseEvent, memo, type ReactNode } from "react";
import type { Column, LinePlace } from "@/ui/Table";
import { RightIcon } from "@/ui/icons";

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
}

function Row<R>(props: RowProps<R>) {
  const { row, id, columns, place, href, expanded, selected, deleted, onOpen, onToggle, onSelect } = props;
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
      {onToggle && expanded !== undefined && props.phone === null && (
        <button
          type="button"
          tabIndex={-1}
          className={expanded ? "twist on" : "twist"}
          aria-label={expanded ? "Hide steps" : "Show steps"}
          title={expanded ? "Hide steps (←)" : "Show steps (→)"}
          onClick={(event) => {
            event.preventDefault();
            onToggle(id);
          }}
        >
          <RightIcon size={12} strokeWidth={1.8} aria-hidden />
        </button>
      )}
      {props.phone ??
        columns.map((column, at) => (
          <span key={column.id} role="gridcell" className={column.numeric ? "num td" : "td"}>
            {at === 0 && onSelect ? (
              <span className="mark">
                {column.cell(row)}
                <input
                  type="checkbox"
                  tabIndex={-1}
                  checked={selected}
                  aria-label="Select"
                  title="Select (x)"
                  onClick={(event) => event.stopPropagation()}
                  onChange={() => onSelect(id)}
                />
              </span>
            ) : (
              column.cell(row)
            )}
          </span>
        ))}
      {deleted && <span className="label e goneword">deleted</span>}
    </div>
  );
}

export const ListRow = memo(Row) as typeof Row;
