/** The run on a time axis: rows as in the tree, bars on a canvas behind them. */

import { useEffect, useMemo, useRef, useState } from "react";
import { useNow } from "@/app/clock";
import * as format from "@/format";
import { FLAG, has, type Skeleton } from "@/trace/skeleton";
import { timeRange } from "@/trace/range";
import { type Row, visibleRows } from "@/trace/rows";
import { IconButton } from "@/ui/button";
import { ExpandIcon, MinusIcon, PlusIcon, RunsIcon, TimelineIcon, WarnIcon } from "@/ui/icons";
import { ticks, useRun } from "../store";
import { axisOf, nowIn } from "../strip/scale";
import { Plot, type PlotHandle } from "./Plot";
import { TimelineTable } from "./TimelineTable";
import { useTimelineKeys } from "./keys";
import { WhereBar } from "./WhereBar";
import { describe } from "./words";

export function TimelineView() {
  const run = useRun((state) => state.run);
  return ticks(run) ? <Ticking run={run} /> : <TimelineAt run={run} now={null} />;
}

/** A live run goes on each second. */
function Ticking({ run }: { run: Skeleton }) {
  const nowMs = useNow();
  return <TimelineAt run={run} now={nowIn(run, nowMs)} />;
}

function TimelineAt({ run, now }: { run: Skeleton; now: number | null }) {
  const rows = useRows(run);
  const [asTable, setAsTable] = useState(false);
  const [zoomed, setZoomed] = useState(false);
  const plot = useRef<PlotHandle>(null);
  const { from, to, origin } = axisOf(run, now);
  const axis = useMemo(() => ({ from, to, origin }), [from, to, origin]);
  useTimelineKeys(rows, plot);
  const outside = useOutside(run);
  const tools = (
    <span className="tl-tools">
      {outside > 0 && (
        <span
          className="label w"
          title="Their clocks are far from all others: they are marked with an arrow at the edge, and the axis follows the rest."
        >
          <WarnIcon size={11} strokeWidth={1.5} aria-hidden />
          {format.plural(outside, "span")} off the scale
        </span>
      )}
      {!asTable && zoomed && (
        <>
          <IconButton
            icon={ExpandIcon}
            label="Fit the whole run"
            keys="0"
            onClick={() => plot.current?.fit()}
          />
          <IconButton icon={MinusIcon} label="Zoom out" keys="−" onClick={() => plot.current?.zoom(2)} />
        </>
      )}
      {!asTable && (
        <IconButton icon={PlusIcon} label="Zoom in" keys="+" onClick={() => plot.current?.zoom(0.5)} />
      )}
      <TableSwitch asTable={asTable} set={setAsTable} />
    </span>
  );
  return (
    <div className={asTable ? "tl as-table" : "tl"}>
      <WhereBar run={run} tools={tools} />
      {asTable ? (
        <TimelineTable run={run} rows={rows} origin={origin} />
      ) : (
        <Plot
          ref={plot}
          run={run}
          rows={rows}
          axis={axis}
          now={now}
          onZoomed={setZoomed}
          outside={outside}
          corner={<TableSwitch asTable={false} set={setAsTable} className="only-phone" />}
        />
      )}
      <Selection run={run} origin={origin} />
    </div>
  );
}

function TableSwitch({
  asTable,
  set,
  className = "",
}: {
  asTable: boolean;
  set: (asTable: boolean) => void;
  className?: string;
}) {
  return (
    <IconButton
      className={className}
      icon={asTable ? TimelineIcon : RunsIcon}
      label={asTable ? "Show as timeline" : "Show as table"}
      aria-pressed={asTable}
      onClick={() => set(!asTable)}
    />
  );
}

/** The rows of the tree: same folds, same expansion. */
function useRows(run: Skeleton): Row[] {
  const expanded = useRun((state) => state.expanded);
  const openFolds = useRun((state) => state.openFolds);
  const showInfrastructure = useRun((state) => state.showInfrastructure);
  const fold = useRun((state) => state.fold);
  const within = useRun((state) => state.brush);
  const matches = useRun((state) => state.matches);
  return useMemo(() => {
    const keep = matches.length > 0 ? new Set(matches) : undefined;
    return visibleRows(run, { expanded, openFolds, showInfrastructure, fold, within, keep });
  }, [run, expanded, openFolds, showInfrastructure, fold, within, matches]);
}

/** Spans whose times the axis leaves out. */
function useOutside(run: Skeleton): number {
  return useMemo(() => timeRange(run).before + timeRange(run).after, [run]);
}

/** Says what is selected, for those who do not see the canvas. */
function Selection({ run, origin }: { run: Skeleton; origin: number }) {
  const selected = useRun((state) => state.selected);
  const [text, setText] = useState("");
  useEffect(() => {
    const known = selected >= 0 && selected < run.count && !has(run, selected, FLAG.placeholder);
    const timer = setTimeout(() => setText(known ? `Selected: ${describe(run, selected, origin)}` : ""), 150);
    return () => clearTimeout(timer);
  }, [run, selected, origin]);
  return (
    <span className="vh" role="status">
      {text}
    </span>
  );
}
