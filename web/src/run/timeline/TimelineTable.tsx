/** The timeline's twin in words: the same rows as a table, for those who do not see the canvas. */

import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef } from "react";
import * as format from "@/format";
import { firstSpan } from "@/trace/children";
import { type Row, rowOf } from "@/trace/rows";
import type { Skeleton } from "@/trace/skeleton";
import { useRun, useRunStore } from "../store";
import { wordsOf } from "./words";

const ROW_PX = 30;
const COLUMNS = ["Step", "Kind", "State", "Start", "Duration", "Tokens", "Cost"];

export function TimelineTable({ run, rows, origin }: { run: Skeleton; rows: Row[]; origin: number }) {
  const store = useRunStore();
  const scroller = useRef<HTMLDivElement>(null);
  const selected = useRun((state) => rowOf(state.run, rows, state.selected));
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
  });
  return (
    <div className="scroll" ref={scroller} tabIndex={0}>
      <div role="table" aria-label="Timeline as a table" aria-rowcount={rows.length + 1} className="tl-table">
        <div role="row" className="tl-tr head" aria-rowindex={1}>
          {COLUMNS.map((name, at) => (
            <span key={name} role="columnheader" className={at > 2 ? "num" : ""}>
              {name}
            </span>
          ))}
        </div>
        <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: "relative" }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const row = rows[index]!;
            const words = wordsOf(run, row.item);
            const kind = typeof words.tile === "string" ? words.tile : words.tile.kind || words.tile.category;
            return (
              <div
                key={index}
                role="row"
                className="tl-tr"
                aria-rowindex={index + 2}
                aria-current={index === selected ? "true" : undefined}
                style={{ top: start, height: ROW_PX }}
              >
                <span role="rowheader" style={{ paddingLeft: Math.min(row.depth, 10) * 12 }}>
                  <button
                    type="button"
                    className={`tl-name ${words.mono ? "mono" : ""}`}
                    onClick={() => store.getState().select(firstSpan(row.item))}
                  >
                    <bdi className="cut">{words.name}</bdi>
                  </button>
                </span>
                <span role="cell">{kind}</span>
                <span role="cell" className={words.status === "failed" ? "err-t" : ""}>
                  {words.status || "ok"}
                </span>
                <span role="cell" className="num">
                  {format.place(words.start - origin)}
                </span>
                <span role="cell" className="num">
                  {words.status === "open" ? "open" : format.duration(words.duration)}
                </span>
                <span role="cell" className="num">
                  {format.tokens(words.tokens)}
                </span>
                <span role="cell" className="num">
                  {format.cost(format.picoToUsd(words.cost))}
                </span>
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
