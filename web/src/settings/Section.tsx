/** The parts that the sections are made of: a heading with its sentence, a table, a form's row. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { CSSProperties, ReactNode } from "react";
import { announce } from "@/app/announce";

/** Name, what it is about, and the button that adds something. */
export function Heading({ title, lead, action }: { title: string; lead?: ReactNode; action?: ReactNode }) {
  return (
    <>
      <div className="row">
        <h2 className="grow">{title}</h2>
        {action}
      </div>
      {lead && <p className="lead">{lead}</p>}
    </>
  );
}

/** Rows with a head; `columns` is a CSS grid of them. `empty` stands where there are none. */
export function Rows<Row>({
  label,
  columns,
  head,
  rows,
  id,
  row,
  empty,
}: {
  label: string;
  columns: string;
  head: ReactNode[];
  rows: Row[];
  id: (row: Row) => string | number;
  /** Cells of a row, as many as the head has. */
  row: (row: Row) => ReactNode[];
  empty: ReactNode;
}) {
  const grid = { "--cols": columns } as CSSProperties;
  if (rows.length === 0) return <p className="set-empty">{empty}</p>;
  return (
    <div className="box settable" role="table" aria-label={label}>
      <div className="trow head" role="row" style={grid}>
        {head.map((cell, at) => (
          <span key={at} role="columnheader">
            {cell}
          </span>
        ))}
      </div>
      {rows.map((line) => (
        <div className="trow" role="row" style={grid} key={id(line)}>
          {row(line).map((cell, at) => (
            <span key={at} role="cell" className="cut">
              {cell}
            </span>
          ))}
        </div>
      ))}
    </div>
  );
}

/** A field with its name above, what stands behind it, and a remark below. */
export function Field({
  label,
  note,
  after,
  children,
}: {
  label: string;
  note?: ReactNode;
  after?: ReactNode;
  children: ReactNode;
}) {
  return (
    <div className="setfield">
      <span className="row">
        <label>
          <span>{label}</span>
          {children}
        </label>
        {after}
      </span>
      {note && <span className="dim">{note}</span>}
    </div>
  );
}

/** A change that reads these lists anew when it is done, and says what went wrong when it is not. */
export function useChange<Input, Answer = unknown>(
  change: (input: Input) => Promise<Answer>,
  ...reread: string[]
) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () => Promise.all(reread.map((name) => queries.invalidateQueries({ queryKey: [name] }))),
    onError: (error) => announce(error.message),
  });
}
