/** The list of runs: table, steps below a run, live rows, and the run that is open beside. */

import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { TraceRow } from "@/api/schema";
import { announce } from "@/app/announce";
import { useKeys } from "@/app/keys";
import { compose, toggle } from "@/query/edit";
import { rememberRuns } from "@/run/neighbours";
import { UpIcon } from "@/ui/icons";
import { usePhone } from "@/ui/media";
import { type Column, Table, type TableHandle } from "@/ui/Table";
import { EmptyInstall } from "./EmptyInstall";
import { listKeys } from "./listKeys";
import { LoadingTable } from "./LoadingTable";
import { Rows } from "./Rows";
import { ColumnChooser, useColumns } from "./ColumnChooser";
import { Foot, ListFrame } from "./ListFrame";
import { LiveState } from "./LiveState";
import { lineKeys, PHONE_ROW_PX, ROW_PX, runLines } from "./runLines";
import { RunsMetrics } from "./RunsMetrics";
import { More } from "./More";
import { Peek, usePeekSoon } from "./Peek";
import { SelectionBar } from "./Selection";
import { type StepsOf, useSteps } from "./Steps";
import { TRACE_COLUMNS, TRACE_NARROW, TRACE_USUAL } from "./traceColumns";
import { useCursor } from "./useCursor";
import { useFigures } from "./useFigures";
import { type List, type Source, useList } from "./useList";
import { useListAddress } from "./useListAddress";
import { useLiveRows } from "./useLiveRows";
import { useOpenRun } from "./useOpenRun";

const SOURCE: Source = { path: "/traces", rows: "traces" };
const NO_STEPS: ReadonlyMap<string, StepsOf> = new Map();
const NARROW = TRACE_NARROW.flatMap((id) => TRACE_COLUMNS.find((column) => column.id === id) ?? []).map(
  narrowed,
);

/** Beside an open run there is less room for each. */
function narrowed(column: Column<TraceRow>): Column<TraceRow> {
  const widths: Record<string, string> = {
    started: "62px",
    agent: "minmax(56px, 112px)",
    input: "minmax(0, 1fr)",
    duration: "58px",
  };
  return { ...column, sort: undefined, min: 18, width: widths[column.id] ?? column.width };
}

export function RunsPage() {
  const address = useListAddress("trace");
  const { range, usual, sent, q } = address;
  const loaded = useList<TraceRow>(SOURCE, sent.filter, address.sortText);
  const figures = useFigures(sent.filter);
  const list = counted(loaded, figures);
  const phone = usePhone();
  const table = useRef<TableHandle>(null);
  const run = useOpenRun(address);
  const narrow = run.open !== null;
  const { columns: wide, chosen, choose } = useColumns("runs", TRACE_COLUMNS, TRACE_USUAL);
  const columns = narrow ? NARROW : wide;
  const [expanded, setExpanded] = useState<readonly string[]>([]);
  const [allSteps, setAllSteps] = useState<ReadonlySet<string>>(new Set());
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const [gone, setGone] = useState<ReadonlySet<string>>(new Set());
  const [paused, setPaused] = useState(false);
  const resting = useRef({ atTop: true, pointerInside: false });
  const steps = useSteps(expanded, allSteps);
  const isNewestFirst = address.sortText === undefined || address.sortText === "-start";
  const mayInsert = useCallback(() => {
    const { atTop, pointerInside } = resting.current;
    return atTop && !pointerInside && document.activeElement?.closest(".tbl") === null;
  }, []);
  const isExact = range.to !== null;
  const live = useLiveRows(
    paused || isExact || list.error ? null : sent.filter,
    list,
    isNewestFirst,
    mayInsert,
  );
  const deleted = useMemo(() => new Set([...live.deleted, ...gone]), [live.deleted, gone]);
  usePeekSoon();

  const { learn } = usual;
  const total = list.total;
  useEffect(() => {
    if (!range.chosen && q === "" && !list.stale && !list.loading && total !== null)
      learn({ usual: range.around === "24h" ? "24h" : "all", runs: total });
  }, [learn, range, q, list.stale, list.loading, total]);
  useEffect(() => rememberRuns(list.rows.map((row) => row.trace_id)), [list.rows]);

  const toggleSteps = useCallback(
    (id: string) =>
      setExpanded((open) => (open.includes(id) ? open.filter((one) => one !== id) : [...open, id])),
    [],
  );
  const pick = useCallback((id: string) => {
    setPicked((before) => {
      const next = new Set(before);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  }, []);
  const { show, href, page } = run;

  const keys = useMemo(
    () => lineKeys(list.rows, narrow || phone ? NO_STEPS : steps),
    [list.rows, steps, narrow, phone],
  );
  const cursor = useCursor(keys, run.open, table);
  const at = cursor.key;
  const openKey = useCallback(
    (key: string) => {
      const [traceId = "", spanId] = key.split("/");
      cursor.set(key);
      show(traceId, spanId);
    },
    [cursor, show],
  );
  const onRow = useCallback(
    (id: string) => {
      cursor.set(id);
      show(id);
    },
    // The setter of a state never changes.
    [show, cursor.set],
  );

  const showAll = useCallback((id: string) => setAllSteps((before) => new Set(before).add(id)), []);
  const shownSteps = narrow || phone ? NO_STEPS : steps;
  const lines = useMemo(
    () =>
      runLines(list.rows, shownSteps, {
        columns,
        phone,
        narrow,
        at,
        open: run.open,
        picked,
        deleted,
        expanded,
        href,
        onRow,
        onStep: show,
        onToggle: toggleSteps,
        onPick: pick,
        onAll: showAll,
        onFilter: address.narrow,
      }),
    [
      list.rows,
      shownSteps,
      columns,
      phone,
      narrow,
      at,
      run.open,
      picked,
      deleted,
      expanded,
      href,
      onRow,
      show,
      toggleSteps,
      pick,
      showAll,
      address.narrow,
    ],
  );

  const walk = (by: number) => {
    const key = cursor.move(by);
    if (key && narrow) openKey(key);
  };
  useKeys([
    ...listKeys(cursor, "run", {
      walk,
      open: openKey,
      page: (key) => page(...(key.split("/") as [string, string?])),
    }),
    {
      keys: "ArrowRight",
      label: "Show the steps of a run",
      group: "List",
      run: () => at && !at.includes("/") && !expanded.includes(at) && toggleSteps(at),
    },
    {
      keys: "ArrowLeft",
      label: "Hide the steps of a run",
      group: "List",
      run: () => {
        const id = at?.split("/")[0];
        if (!id || !expanded.includes(id)) return;
        cursor.set(id);
        toggleSteps(id);
      },
    },
    {
      keys: "x",
      label: "Select a run for export or delete",
      group: "List",
      run: () => at && pick(at.split("/")[0]!),
    },
    {
      keys: ".",
      label: "Pause or go on with live updates",
      group: "List",
      run: () => {
        setPaused(!paused);
        announce(paused ? "Live updates go on" : "Live updates are paused");
      },
    },
  ]);

  const step = (by: 1 | -1) => {
    const ids = list.rows.map((row) => row.trace_id);
    const next = ids[ids.indexOf(run.open ?? "") + by];
    if (next) show(next);
    else announce(by > 0 ? "This is the last run that is loaded" : "This is the first run");
    if (!next && by > 0) list.more();
  };
  const showNew = () => {
    live.show();
    table.current?.toTop();
  };
  // The row of a deleted run stays to be seen, but it is no longer counted.
  const missing = list.rows.filter((row) => deleted.has(row.trace_id)).length;
  const shown = missing > 0 && list.total !== null ? { ...list, total: list.total - missing } : list;
  const isEmptyStore =
    total === 0 && q === "" && range.around === "all" && range.from === null && range.to === null;
  const runsFilter = useCallback((around: readonly string[]) => compose(q, around).filter, [q]);
  const pill = live.waiting > 0 && (
    <button
      type="button"
      className={phone ? "newpill float" : "newpill"}
      onClick={showNew}
      title="Show them at the top"
    >
      <UpIcon size={12} strokeWidth={1.8} className="i" aria-hidden />
      {live.waiting} new
    </button>
  );

  return (
    <>
      <ListFrame
        address={address}
        list={shown}
        noun={["trace", "traces"]}
        bare={isEmptyStore}
        pill={pill}
        runsFilter={runsFilter}
        narrow={narrow}
        live={
          <LiveState
            up={live.up}
            paused={paused}
            count={figures.data?.figures.live_count}
            onToggle={() => setPaused(!paused)}
            onShow={() => address.setQ(toggle(q, "is:live"))}
          />
        }
        chooser={<ColumnChooser all={TRACE_COLUMNS} chosen={chosen} choose={choose} />}
        metrics={<RunsMetrics address={address} list={list} figures={figures} />}
        band={phone && pill}
        foot={
          picked.size > 0 ? (
            <SelectionBar
              ids={[...picked]}
              onClear={() => setPicked(new Set())}
              onDeleted={(ids) => {
                setGone((before) => new Set([...before, ...ids]));
                setPicked(new Set());
              }}
            />
          ) : (
            <Foot
              list={shown}
              note={
                !range.chosen && (
                  <span>
                    {range.around === "24h" ? "The last 24 hours, where nothing else is asked" : "All time"}
                  </span>
                )
              }
              keys={
                narrow
                  ? [[["J", "K"], "next run"]]
                  : [
                      [["J", "K"], "move"],
                      [["Enter"], "open beside"],
                      [["→"], "steps"],
                    ]
              }
            />
          )
        }
      >
        <Rows
          address={address}
          list={list}
          source={SOURCE}
          loading={<LoadingTable columns={columns} height={phone ? PHONE_ROW_PX : ROW_PX} phone={phone} />}
          empty={<EmptyInstall what="run" />}
        >
          <Table
            label="Runs"
            tree
            handle={table}
            columns={columns}
            lines={lines}
            total={list.totalIs === "exact" ? (list.total ?? -1) : -1}
            cursor={at}
            sort={address.sort.length > 0 ? address.sort : [{ field: "start", descending: true }]}
            onSort={address.onSort}
            headExtra={
              pill
                ? {
                    column:
                      narrow || columns.some((one) => one.id === "input") ? "input" : columns.at(-1)!.id,
                    node: pill,
                  }
                : undefined
            }
            withHead={!phone && !narrow}
            onEnd={list.stopped || list.moreFailed ? nothing : list.more}
            onMove={(state) => (resting.current = state)}
            foot={<More list={list} />}
          />
        </Rows>
      </ListFrame>
      {run.open && <Peek traceId={run.open} onClose={run.close} onStep={step} />}
    </>
  );
}

const nothing = () => undefined;

/** The sums count all that match, the list only as far as its time let it: the better number is shown everywhere. */
function counted(list: List<TraceRow>, { data, stale }: ReturnType<typeof useFigures>): List<TraceRow> {
  if (list.totalIs !== "at_least" || list.stale || stale || !data || data.scanned) return list;
  return { ...list, total: Math.max(list.total ?? 0, data.figures.count), totalIs: "exact" };
}
