/** What is under the pointer, beside it. */

import { type Ref, useImperativeHandle, useRef, useState } from "react";
import * as format from "@/format";
import { category, displayName, endOf, failed, type Skeleton, subtreeTokens } from "@/trace/skeleton";

const WIDTH_PX = 240;
const OFF_PX = 14;

export interface TipHandle {
  /** Of a span, at a place of the plot; -1 takes it away. */
  show: (span: number, at: { x: number; y: number } | null) => void;
}

interface Props {
  run: Skeleton;
  origin: number;
  /** Where the plot begins, in pixels. */
  left: number;
  ref: Ref<TipHandle>;
}

export function Tip({ run, origin, left, ref }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [span, setSpan] = useState(-1);
  useImperativeHandle(ref, () => ({
    show: (next, at) => {
      if (next !== span) setSpan(next);
      const element = box.current;
      const around = element?.parentElement;
      if (!element || !around || !at) return;
      // Beside the pointer, on the side that has room.
      const beside = left + at.x + OFF_PX;
      const x = beside + WIDTH_PX > around.clientWidth ? left + at.x - OFF_PX - WIDTH_PX : beside;
      const below = at.y + 150 > around.clientHeight;
      element.style.left = `${Math.max(4, x)}px`;
      element.style.top = `${around.scrollTop + at.y + (below ? -84 : 44)}px`;
    },
  }));
  const known = span >= 0 && span < run.count;
  return (
    <div ref={box} className="tip tl-tip" hidden={!known} style={{ width: WIDTH_PX }} aria-hidden>
      {known && <Facts run={run} span={span} origin={origin} />}
    </div>
  );
}

function Facts({ run, span, origin }: { run: Skeleton; span: number; origin: number }) {
  const tokens = subtreeTokens(run, span);
  const cost = run.subtreeCost[span]!;
  const wait = run.ttft[span]!;
  const line = [
    category(run, span),
    Number.isNaN(tokens) ? "" : `${format.tokens(tokens)} tokens`,
    Number.isNaN(cost) ? "" : format.cost(format.picoToUsd(cost)),
    Number.isNaN(wait) ? "" : `first token ${format.duration(wait)}`,
  ];
  const open = Number.isNaN(run.duration[span]!);
  return (
    <>
      <bdi className="cut med">{format.cut(displayName(run, span), 60)}</bdi>
      <span className="mut">
        {format.place(run.start[span]! - origin)} to {open ? "now" : format.place(endOf(run, span) - origin)},{" "}
        {open ? "open" : format.duration(run.duration[span]!)}
      </span>
      <span className="dim">{line.filter((text) => text !== "").join(", ")}</span>
      {failed(run, span) && (
        <bdi className="cut err-t">
          {format.cut(
            run.strings[run.errorMessage[span]!] || run.strings[run.errorKind[span]!] || "failed",
            80,
          )}
        </bdi>
      )}
    </>
  );
}
