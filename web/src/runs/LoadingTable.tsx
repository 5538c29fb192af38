import type { CSSProperties } from "react";
import { useLater } from "@/ui/feedback";
import { type Column, tracks } from "@/ui/Table";

const ROWS = 30;
/** A fast answer shows no grey at all. */
const LATER_MS = 120;

/** The rows of a list in grey, at their final height and in their columns; nothing jumps when they come. */
export function LoadingTable<Row>({
  columns,
  height,
  phone,
}: {
  columns: readonly Column<Row>[];
  height: number;
  phone: boolean;
}) {
  const shown = useLater(LATER_MS);
  const style = { "--cols": tracks(columns) } as CSSProperties;
  return (
    <div className="tbl loadingtbl" aria-busy="true" aria-label="Loading" style={style}>
      {!phone && (
        <div className="trow head">
          {columns.map((column) => (
            <span key={column.id} className={`th ${column.numeric ? "num" : ""} ${column.headClass ?? ""}`}>
              {column.label}
            </span>
          ))}
        </div>
      )}
      {Array.from({ length: ROWS }, (_, row) => (
        <div key={row} className="trow" style={{ height }}>
          {shown &&
            columns.map((column, at) => <Grey key={column.id} column={column} seed={row * 7 + at * 13} />)}
        </div>
      ))}
    </div>
  );
}

function Grey<Row>({ column, seed }: { column: Column<Row>; seed: number }) {
  if (!column.label) return <span className="shimmer dot" />;
  const part = 35 + ((seed * 29) % 50);
  return (
    <span className={column.numeric ? "shimmer bit right" : "shimmer bit"} style={{ width: `${part}%` }} />
  );
}
