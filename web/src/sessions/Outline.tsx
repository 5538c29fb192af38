/** The runs of a session in a column: where one is, and a click away from any other. */

import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, useEffect, useRef } from "react";
import type { TraceRow } from "@/api/schema";
import * as format from "@/format";
import { RunDuration } from "@/runs/cells";
import { StateMark } from "@/ui/state";
import { Cost, Tokens, When } from "@/ui/values";

const ROW_PX = 74;
/** Rows before the end at which more is asked for. */
const AHEAD = 20;

export const Outline = memo(function Outline({
  rows,
  head,
  at,
  onPick,
  onEnd,
}: {
  rows: readonly TraceRow[];
  head: string;
  /** Place of the run that is read. */
  at: number;
  onPick: (place: number) => void;
  onEnd: () => void;
}) {
  const scroller = useRef<HTMLElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 6,
    scrollMargin: 30,
  });
  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? -1;
  useEffect(() => {
    if (last >= rows.length - AHEAD) onEnd();
  }, [last, rows.length, onEnd]);
  useEffect(() => {
    const element = scroller.current;
    if (!element || at < 0) return;
    const top = 30 + at * ROW_PX;
    if (top < element.scrollTop || top + ROW_PX > element.scrollTop + element.clientHeight)
      element.scrollTop = Math.max(0, top - element.clientHeight / 3);
  }, [at]);
  return (
    <nav className="outl" aria-label="Runs of this session" ref={scroller}>
      <div className="outhead dim">{head}</div>
      <div style={{ height: rows.length * ROW_PX, position: "relative" }}>
        {shown.map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          return (
            <a
              key={row.trace_id}
              href={`#run-${item.index + 1}`}
              className="outrow"
              aria-current={item.index === at ? "true" : undefined}
              style={{ transform: `translateY(${item.index * ROW_PX}px)`, height: ROW_PX - 4 }}
              onClick={(event) => {
                event.preventDefault();
                onPick(item.index);
              }}
            >
              <span className="row">
                <StateMark run={row} />
                <span className="med">Run {format.exact(item.index + 1)}</span>
                <span className="grow" />
                <span className="dim small">
                  <When nanos={row.start_nanos} />
                </span>
              </span>
              <bdi className="cut mut asked">
                {format.cut((row.input_preview ?? row.name).replace(/\s+/g, " "))}
              </bdi>
              <span className="f">
                <RunDuration run={row} />
                <span>{format.plural(row.span_count, "span")}</span>
                <Tokens amount={row.usage.total} />
                <Cost usd={row.cost?.total} />
              </span>
            </a>
          );
        })}
      </div>
    </nav>
  );
});
