/** Runs over time: it shows where something happened, and a brush over it sets the range. */

import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from "react";
import type { Search } from "@/app/address";
import { useNow } from "@/app/clock";
import { count, millis, plural } from "@/format";
import { bars, bucketsBetween, shareOf } from "./bars";
import { type Range, rangeLabel, ticks } from "./range";
import type { Drawn, HistogramAnswer } from "./useFigures";

/** Units of the drawing; it is stretched to the width of the page. */
const WIDTH = 960;
const HEIGHT = 60;
const TICK_PX = 110;
/** A label nearer to the right edge would not fit. */
const EDGE_PX = 44;
/** A drag shorter than this is a click, which takes one bucket. */
const DRAG_PX = 4;

export function Histogram({
  drawn: { answer, earlier },
  range,
  onRange,
  stale,
}: {
  drawn: Drawn;
  range: Range;
  onRange: (part: Partial<Pick<Search, "range" | "from" | "to">>) => void;
  stale: boolean;
}) {
  const now = useNow();
  const frame = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null);
  const [at, setAt] = useState<{ first: number; last: number } | null>(null);
  const [hover, setHover] = useState<number | null>(null);
  const width = useWidth(frame);
  const { buckets } = answer;
  const start = millis(answer.start_nanos);
  const end = Math.max(start + 1, millis(answer.end_nanos));
  const exact = range.from !== null || range.to !== null;
  const brush = drag
    ? spread(bucketsBetween(drag.from, drag.to, buckets.length), buckets.length)
    : exact
      ? {
          from: range.from === null ? 0 : shareOf(millis(range.from), start, end),
          to: range.to === null ? 1 : shareOf(millis(range.to), start, end),
        }
      : null;

  /** Sets the range to whole buckets; up to the last one it stays open, so that it goes on to now. */
  const take = (first: number, last: number) => {
    const to = buckets[last + 1]?.start_nanos;
    onRange({ range: range.around, from: buckets[first]?.start_nanos, to });
  };
  const placeOf = (event: PointerEvent) => {
    const box = frame.current!.getBoundingClientRect();
    return (event.clientX - box.left) / box.width;
  };
  const onDown = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0 || buckets.length === 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const place = placeOf(event);
    setDrag({ from: place, to: place });
  };
  const onMove = (event: PointerEvent<HTMLDivElement>) => {
    const place = placeOf(event);
    if (drag) setDrag({ from: drag.from, to: place });
    else setHover(Math.min(buckets.length - 1, Math.max(0, Math.floor(place * buckets.length))));
  };
  const onUp = () => {
    if (!drag) return;
    const moved = Math.abs(drag.to - drag.from) * width > DRAG_PX;
    const { first, last } = bucketsBetween(drag.from, drag.to, buckets.length);
    setDrag(null);
    if (!moved && exact) return onRange({ range: range.around, from: undefined, to: undefined });
    take(first, last);
  };
  const onKey = (event: KeyboardEvent) => {
    const step = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
    const place = at ?? { first: buckets.length - 1, last: buckets.length - 1 };
    const clamp = (value: number) => Math.min(buckets.length - 1, Math.max(0, value));
    if (step !== 0) {
      const last = clamp(place.last + (at ? step : 0));
      setAt(event.shiftKey ? { first: place.first, last } : { first: last, last });
    } else if (event.key === "Enter" && at) {
      take(Math.min(at.first, at.last), Math.max(at.first, at.last));
      setAt(null);
    } else if (event.key === "Escape" && (at || exact)) {
      setAt(null);
      if (!at) onRange({ range: range.around, from: undefined, to: undefined });
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const marked = at
    ? spread({ first: Math.min(at.first, at.last), last: Math.max(at.first, at.last) }, buckets.length)
    : null;
  const lit = marked ?? brush;
  const told = at?.last ?? hover;
  const marks = ticks(start, end, Math.max(1, Math.floor(width / TICK_PX)));
  return (
    <div className={stale ? "hist stale" : "hist"}>
      <div
        ref={frame}
        className="histbox"
        role="slider"
        tabIndex={0}
        aria-label="Runs over time. Arrow keys move, Shift extends, Enter sets the range, Escape clears it"
        aria-valuemin={0}
        aria-valuemax={Math.max(0, buckets.length - 1)}
        aria-valuenow={told ?? 0}
        aria-valuetext={told === null ? rangeLabel(range, now) : bucketText(answer, told)}
        onPointerDown={onDown}
        onPointerMove={onMove}
        onPointerUp={onUp}
        onPointerCancel={() => setDrag(null)}
        onPointerLeave={() => setHover(null)}
        onDoubleClick={() => onRange({ range: range.around, from: undefined, to: undefined })}
        onKeyDown={onKey}
        onBlur={() => setAt(null)}
      >
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden>
          {lit && (
            <rect
              x={lit.from * WIDTH}
              width={Math.max(1, (lit.to - lit.from) * WIDTH)}
              height={HEIGHT}
              fill="var(--accent-tint)"
            />
          )}
          {bars(buckets, WIDTH).map((bar, index) => {
            const middle = (bar.x + bar.width / 2) / WIDTH;
            const inside = lit !== null && middle >= lit.from && middle <= lit.to;
            const ok = bar.ok * (HEIGHT - 4);
            const failed = bar.failed * (HEIGHT - 4);
            return (
              <g key={index} opacity={hover === index ? 1 : 0.82}>
                {ok > 0 && (
                  <rect
                    x={bar.x}
                    y={HEIGHT - ok}
                    width={bar.width}
                    height={ok}
                    fill={inside ? "var(--accent)" : "var(--bar-ok)"}
                    opacity={inside ? 0.75 : 1}
                  />
                )}
                {failed > 0 && (
                  <rect
                    x={bar.x}
                    y={HEIGHT - ok - failed}
                    width={bar.width}
                    height={failed}
                    fill="var(--st-error)"
                  />
                )}
              </g>
            );
          })}
          <path d={`M0 ${HEIGHT}H${WIDTH}`} stroke="var(--line)" vectorEffect="non-scaling-stroke" />
          {lit &&
            [lit.from, lit.to].map((place) => (
              <path
                key={place}
                d={`M${place * WIDTH} 0V${HEIGHT}`}
                stroke="var(--accent)"
                strokeWidth="1.5"
                vectorEffect="non-scaling-stroke"
              />
            ))}
        </svg>
        {exact && !drag && !at && brush && (
          <span
            className="brushword"
            style={
              brush.from > 0.7 ? { right: `${(1 - brush.to) * 100}%` } : { left: `${brush.from * 100}%` }
            }
          >
            {rangeLabel(range, now)}
          </span>
        )}
        {told !== null && !drag && buckets[told] && (
          <span
            className="histtip"
            style={
              told > buckets.length / 2
                ? { right: `${(1 - told / buckets.length) * 100}%` }
                : { left: `${((told + 1) / buckets.length) * 100}%` }
            }
          >
            {bucketText(answer, told)}
          </span>
        )}
      </div>
      {answer.scanned && (
        <span className="histnote">
          drawn so far: {count(answer.scanned.rows)} of {count(answer.scanned.of)} runs scanned
        </span>
      )}
      {!answer.scanned && earlier > 0 && (
        <span
          className="histnote"
          title="They lie so far back that the others would be one bar; the table has them"
        >
          {plural(earlier, "earlier run")} not drawn
        </span>
      )}
      <div className="axis" aria-hidden>
        {marks
          .filter((mark) => shareOf(mark.ms, start, end) < 1 - EDGE_PX / width)
          .map((mark) => (
            <span key={mark.ms} style={{ left: `${shareOf(mark.ms, start, end) * 100}%` }}>
              {mark.label}
            </span>
          ))}
      </div>
    </div>
  );
}

function spread({ first, last }: { first: number; last: number }, count: number) {
  return { from: first / count, to: (last + 1) / count };
}

/** `20 Nov 14:00, 12 runs, 1 failed`. */
function bucketText(answer: HistogramAnswer, at: number): string {
  const bucket = answer.buckets[at];
  if (!bucket) return "";
  const from = new Date(millis(bucket.start_nanos));
  const seconds = answer.bucket_nanos < 6e10 ? { second: "2-digit" as const } : {};
  const when = from.toLocaleString("en-GB", {
    day: "numeric",
    month: "short",
    ...(answer.bucket_nanos < 864e11 ? { hour: "2-digit", minute: "2-digit", ...seconds } : {}),
  });
  const failed = bucket.failed_count > 0 ? `, ${bucket.failed_count} failed` : "";
  return `${when}: ${plural(bucket.count, "run")}${failed}`;
}

/** Width of an element in pixels, as it changes. */
function useWidth(ref: { current: HTMLElement | null }): number {
  const [width, setWidth] = useState(1000);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth || 1));
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return width;
}
