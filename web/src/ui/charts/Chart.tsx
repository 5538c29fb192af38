/**
 * A chart over time or over a count: drawn on a canvas that comes when it is first needed, walked through with the
 * arrow keys, and there as a table for whoever cannot see it.
 */

import { type ReactNode, Suspense, useState } from "react";
import { ABSENT } from "@/format";
import { useTheme } from "@/app/theme";
import { Boundary } from "../Boundary";
import { lazyPart } from "../part";
import { hasValues, type Series } from "./series";

const Plot = lazyPart(() => import("./Plot"));

export interface ChartProps {
  /** What it shows, for the screen reader. */
  label: string;
  kind: "line" | "bars";
  /** Places on the x axis: milliseconds since 1970, or whole numbers with `counted`. Ascending. */
  xs: readonly number[];
  /** The x axis is a count and not time. */
  counted?: boolean;
  /** Ends of the x axis; those of `xs` where it is not said. */
  from?: number;
  to?: number;
  /** Lines, or the parts of a stack from the ground up. */
  series: readonly Series[];
  /** A place in words, for the tooltip and the table. */
  writeX: (x: number, index: number) => string;
  write: (value: number) => string;
  /** Pixels. */
  height?: number;
  /** The scale goes by powers of ten. */
  log?: boolean;
  /** Fills below a line. */
  filled?: boolean;
  /** A click or Enter on a place. */
  onPick?: (index: number) => void;
  /** Said in its place while there is nothing. */
  empty?: ReactNode;
}

export function Chart(props: ChartProps) {
  const { label, series, height = 132, empty = "Nothing in this range" } = props;
  const theme = useTheme((state) => state.drawn);
  const [asTable, setAsTable] = useState(false);
  if (props.xs.length === 0 || !hasValues(series)) {
    return (
      <div className="chart none dim" style={{ height }}>
        {empty}
      </div>
    );
  }
  return (
    <div className="chart" style={{ height }}>
      {asTable ? (
        <TableTwin {...props} />
      ) : (
        <Boundary what="chart" small>
          <Suspense fallback={null}>
            {/* Canvases keep the colours that they were painted with. */}
            <Plot key={theme} {...props} height={height} />
          </Suspense>
        </Boundary>
      )}
      <button
        type="button"
        className="btn sm twin"
        aria-pressed={asTable}
        aria-label={`${label}: ${asTable ? "show as chart" : "show as table"}`}
        onClick={() => setAsTable(!asTable)}
      >
        {asTable ? "Chart" : "Table"}
      </button>
    </div>
  );
}

/** The same numbers in rows, the newest first. */
function TableTwin({ label, xs, series, write, writeX, counted }: ChartProps) {
  const order = xs.map((_, at) => at).reverse();
  return (
    <div className="twintable" tabIndex={0} role="region" aria-label={label}>
      <table>
        <caption className="vh">{label}</caption>
        <thead>
          <tr>
            <th scope="col">{counted ? "Step" : "When"}</th>
            {series.map((one) => (
              <th scope="col" key={one.id} className="num">
                <bdi>{one.label}</bdi>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {order.map((at) => (
            <tr key={at}>
              <th scope="row">{writeX(xs[at]!, at)}</th>
              {series.map((one) => (
                <td key={one.id} className="num">
                  {one.values[at] == null ? ABSENT : write(one.values[at])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Which colour is what. */
export function Legend({ series }: { series: readonly Pick<Series, "id" | "label" | "colour">[] }) {
  return (
    <span className="legend">
      {series.map((one) => (
        <span key={one.id} title={one.label}>
          <i style={{ background: `var(${one.colour})` }} />
          <bdi className="cut">{one.label}</bdi>
        </span>
      ))}
    </span>
  );
}
