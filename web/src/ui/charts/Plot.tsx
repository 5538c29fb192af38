/** The canvas of a chart, in a chunk of its own with uPlot. */

import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import UPlot, { type AlignedData, type Options } from "uplot";
import "uplot/dist/uPlot.min.css";
import { ABSENT } from "@/format";
import { longHex } from "@/ui/hex";
import { ticks } from "@/runs/range";
import type { ChartProps } from "./Chart";
import { stacked } from "./series";

/** Width that a label of the x axis needs, pixels. */
const TICK_PX = 48;
/** A label nearer to an edge would not fit. */
const EDGE_PX = 16;
const AXIS_X_PX = 20;
const AXIS_Y_PX = 52;

type Props = ChartProps & { height: number };

export default function Plot(props: Props) {
  const { label, xs, series, write, writeX, onPick } = props;
  const frame = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot | null>(null);
  const [at, setAt] = useState<number | null>(null);
  const latest = useRef(props);
  latest.current = props;
  // A new drawing for new numbers; the same numbers again keep the old one.
  const drawn = useMemo(
    () => JSON.stringify([props.kind, props.log, props.from, props.to, props.height, xs, series]),
    [props.kind, props.log, props.from, props.to, props.height, xs, series],
  );
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const made = draw(latest.current, element, setAt);
    plot.current = made;
    const observer = new ResizeObserver(() =>
      made.setSize({ width: Math.max(40, element.clientWidth), height: latest.current.height }),
    );
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.current = null;
      made.destroy();
    };
  }, [drawn]);

  const go = (index: number) => {
    const chart = plot.current;
    const x = xs[index];
    if (!chart || x === undefined) return;
    const left = chart.valToPos(x + (props.kind === "bars" ? stepOf(xs) / 2 : 0), "x");
    chart.setCursor({ left: Math.max(0, left), top: props.height / 2 });
    setAt(index);
  };
  const onKey = (event: KeyboardEvent) => {
    const last = xs.length - 1;
    const moves: Record<string, number> = {
      ArrowLeft: at === null ? last : Math.max(0, at - 1),
      ArrowRight: at === null ? last : Math.min(last, at + 1),
      Home: 0,
      End: last,
    };
    const next = moves[event.key];
    if (next !== undefined) go(next);
    else if (event.key === "Enter" && at !== null && onPick) onPick(at);
    else if (event.key === "Escape" && at !== null) {
      plot.current?.setCursor({ left: -10, top: -10 });
      setAt(null);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const told = at !== null && at < xs.length ? at : null;
  const words =
    told === null
      ? `${xs.length} places, arrow keys walk through them`
      : `${writeX(xs[told]!, told)}: ${series.map((one) => `${one.label} ${one.values[told] == null ? "nothing" : write(one.values[told])}`).join(", ")}`;
  return (
    <div
      className={onPick ? "plot pick" : "plot"}
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={Math.max(0, xs.length - 1)}
      aria-valuenow={told ?? 0}
      aria-valuetext={words}
      onKeyDown={onKey}
      onClick={() => told !== null && onPick?.(told)}
      onBlur={() => setAt(null)}
    >
      <div ref={frame} className="plotbox" />
      {told !== null && <Tip {...props} at={told} left={tipPlace(plot.current, xs[told]!)} />}
    </div>
  );
}

/** Share of the width at which the tooltip stands. */
function tipPlace(chart: UPlot | null, x: number): number {
  if (!chart) return 0;
  const left = chart.valToPos(x, "x") + chart.bbox.left / devicePixelRatio;
  return left / Math.max(1, chart.width);
}

/** Series that a tooltip names at most; the largest. */
const TOLD = 8;

function Tip({ xs, series, write, writeX, kind, at, left }: Props & { at: number; left: number }) {
  const named = series.filter((one) => kind === "line" || one.values[at] != null);
  const shown = named.toSorted((a, b) => (b.values[at] ?? 0) - (a.values[at] ?? 0)).slice(0, TOLD);
  const style = left > 0.5 ? { right: `${(1 - left) * 100}%` } : { left: `${left * 100}%` };
  return (
    <div className="charttip" style={style} aria-hidden>
      <div className="dim">{writeX(xs[at]!, at)}</div>
      {shown.map((one) => (
        <div key={one.id} className="l">
          <i style={{ background: `var(${one.colour})` }} />
          <bdi className="cut">{one.label}</bdi>
          <b>{one.values[at] == null ? ABSENT : write(one.values[at])}</b>
        </div>
      ))}
      {named.length > shown.length && <div className="dim">{named.length - shown.length} more</div>}
    </div>
  );
}

/** Distance of the places; 1 where there is only one. */
function stepOf(xs: readonly number[]): number {
  return xs.length > 1 ? xs[1]! - xs[0]! : 1;
}

function draw(props: Props, element: HTMLElement, setAt: (at: number | null) => void): UPlot {
  const { kind, xs, series, counted = false, log = false, filled = false, height } = props;
  const styles = getComputedStyle(element);
  const colour = (name: string) => longHex(styles.getPropertyValue(name));
  const font = `10.5px ${styles.fontFamily}`;
  const isBars = kind === "bars";
  // The first and the last bucket may lie partly outside of the range: they are shown whole.
  const from = Math.min(props.from ?? xs[0]!, xs[0]!);
  const end = xs.at(-1)! + (isBars ? stepOf(xs) : 0);
  const to = Math.max(props.to ?? end, end);
  // Taller parts of a stack are painted first, so that the lower ones cover them.
  const heights = isBars ? stacked(series).reverse() : series.map((one) => one.values as (number | null)[]);
  const order = isBars ? series.toReversed() : series;
  const lonely = xs.length < 3 || series.some(({ values }) => values.filter((v) => v !== null).length < 3);
  const paths = isBars ? UPlot.paths.bars!({ size: [0.86, 44], align: 1 }) : UPlot.paths.linear!();
  const options: Options = {
    width: Math.max(40, element.clientWidth),
    height,
    padding: [8, 2, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: false, y: false, setScale: false },
      points: isBars ? { show: false } : { size: 6 },
      dataIdx: isBars ? (chart, _, __, x) => bucketAt(chart.data[0] as number[], x) : undefined,
    },
    scales: {
      x: { time: false, range: [from, to > from ? to : from + 1] },
      y: log
        ? { distr: 3, range: (_, least, most) => [Math.max(least, most / 1e9) / 1.5, most * 1.2] }
        : { range: (_, __, most) => [0, most > 0 ? most * 1.08 : 1] },
    },
    axes: [
      {
        size: AXIS_X_PX,
        gap: 4,
        font,
        stroke: colour("--text-3"),
        grid: { show: false },
        ticks: { show: false },
        ...(counted
          ? {
              values: (_: UPlot, splits: number[]) =>
                splits.map((n) => (Number.isInteger(n) && (to - n) / (to - from) > 0.06 ? String(n) : "")),
            }
          : timeAxis(from, to, element.clientWidth)),
      },
      {
        size: AXIS_Y_PX,
        gap: 6,
        font,
        space: 28,
        stroke: colour("--text-3"),
        grid: { stroke: colour("--line-faint"), width: 1 },
        ticks: { show: false },
        values: (_, splits) => splits.map(props.write),
        ...(log
          ? {
              splits: (_: UPlot, __: number, least: number, most: number) => powers(least, most),
              filter: (_: UPlot, splits: number[]) => splits,
            }
          : {}),
      },
    ],
    series: [
      {},
      ...order.map((one) => ({
        label: one.label,
        stroke: isBars ? undefined : colour(one.colour),
        width: isBars ? 0 : 1.5,
        fill: isBars ? colour(one.colour) : filled ? `${colour(one.colour)}22` : undefined,
        paths,
        spanGaps: false,
        points: { show: !isBars && lonely, size: 5, fill: colour(one.colour) },
      })),
    ],
    hooks: { setCursor: [(chart) => setAt(chart.cursor.left! < 0 ? null : (chart.cursor.idx ?? null))] },
  };
  return new UPlot(options, [xs, ...heights] as unknown as AlignedData, element);
}

/** 1, 10, 100 and so on inside of a scale, five of them at most. */
function powers(least: number, most: number): number[] {
  const first = Math.ceil(Math.log10(least));
  const last = Math.floor(Math.log10(most));
  const step = Math.max(1, Math.ceil((last - first + 1) / 5));
  const found: number[] = [];
  for (let power = first; power <= last; power += step) found.push(10 ** power);
  return found;
}

function timeAxis(from: number, to: number, width: number) {
  const plotted = Math.max(1, width - AXIS_Y_PX);
  const isClear = (ms: number) =>
    ((to - ms) / (to - from)) * plotted > EDGE_PX && ((ms - from) / (to - from)) * plotted > EDGE_PX;
  const marks = ticks(from, to, Math.max(1, Math.floor(plotted / TICK_PX))).filter((mark) =>
    isClear(mark.ms),
  );
  return { splits: () => marks.map((mark) => mark.ms), values: () => marks.map((mark) => mark.label) };
}

/** The bucket that holds a place, not the one whose beginning is nearest. */
function bucketAt(xs: readonly number[], x: number): number {
  let at = 0;
  for (let low = 0, high = xs.length - 1; low <= high;) {
    const middle = (low + high) >> 1;
    if (xs[middle]! <= x) {
      at = middle;
      low = middle + 1;
    } else high = middle - 1;
  }
  return at;
}
