/** The list of steps across runs. Kinds that no AI convention knows stay out until asked for (ruling 36). */

import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo, useRef } from "react";
import { get } from "@/api/client";
import type { SpanList, SpanRow } from "@/api/schema";
import { announce } from "@/app/announce";
import { useKeys } from "@/app/keys";
import * as format from "@/format";
import { compose, toggle } from "@/query/edit";
import { usePhone } from "@/ui/media";
import { type Column, type Line, Table, type TableHandle } from "@/ui/Table";
import { ColumnChooser, useColumns } from "./ColumnChooser";
import { EmptyInstall } from "./EmptyInstall";
import { Foot, ListFrame } from "./ListFrame";
import { ListRow } from "./ListRow";
import { listKeys } from "./listKeys";
import { Metrics, runMetrics } from "./Metrics";
import { More } from "./More";
import { Peek, usePeekSoon } from "./Peek";
import { conditions } from "./range";
import { LoadingTable } from "./LoadingTable";
import { Rows } from "./Rows";
import { SPAN_COLUMNS, SPAN_NARROW, SPAN_USUAL } from "./spanColumns";
import { SpanPhoneRow } from "./SpanPhoneRow";
import { useCursor } from "./useCursor";
import { useFigures } from "./useFigures";
import { type Source, useList } from "./useList";
import { type ListAddress, useListAddress } from "./useListAddress";
import { useOpenRun } from "./useOpenRun";

const SOURCE: Source = { path: "/spans", rows: "spans" };
const ROW_PX = 34;
const PHONE_ROW_PX = 64;
/** Hidden steps are counted up to here; beyond it is "more than". */
const HIDDEN_COUNTED = 200;
const NARROW = SPAN_NARROW.flatMap((id) => SPAN_COLUMNS.find((column) => column.id === id) ?? []).map(
  narrowed,
);

function narrowed(column: Column<SpanRow>): Column<SpanRow> {
  const widths: Record<string, string> = {
    started: "62px",
    step: "minmax(70px, 150px)",
    input: "minmax(0, 1fr)",
    duration: "58px",
  };
  return { ...column, min: 18, width: widths[column.id] ?? column.width };
}

/** Conditions on spans as one on runs: those that have such a span. */
function asRuns(q: string, around: readonly string[]): string {
  return q.trim() === "" ? around.join(" ") : compose(`has span(${q.trim()})`, around).filter;
}

export function SpansPage() {
  const address = useListAddress("span");
  const { q, sent, range, hiding } = address;
  const list = useList<SpanRow>(SOURCE, sent.filter, undefined);
  const phone = usePhone();
  const table = useRef<TableHandle>(null);
  const run = useOpenRun(address);
  const narrow = run.open !== null;
  const { columns: wide, chosen, choose } = useColumns("spans", SPAN_COLUMNS, SPAN_USUAL);
  const columns = narrow ? NARROW : wide;
  const keys = useMemo(() => list.rows.map((row) => `${row.trace_id}/${row.span_id}`), [list.rows]);
  const openKey = run.open && address.search.span ? `${run.open}/${address.search.span}` : null;
  const cursor = useCursor(keys, openKey, table);
  const at = cursor.key;
  const { show, page, href } = run;
  usePeekSoon();

  const setCursor = cursor.set;
  const open = useCallback(
    (key: string) => {
      const [traceId = "", spanId] = key.split("/");
      setCursor(key);
      show(traceId, spanId);
    },
    [show, setCursor],
  );
  const lines = useMemo(
    (): Line[] =>
      list.rows.map((row) => {
        const key = `${row.trace_id}/${row.span_id}`;
        return {
          key,
          height: phone ? PHONE_ROW_PX : ROW_PX,
          node: (place) => (
            <ListRow
              key={key}
              row={row}
              id={key}
              columns={columns}
              place={place}
              cursor={at === key}
              current={openKey === key}
              selected={false}
              href={href(row.trace_id, row.span_id)}
              phone={phone ? <SpanPhoneRow span={row} /> : null}
              onOpen={open}
              onFilter={narrow ? undefined : address.narrow}
            />
          ),
        };
      }),
    [list.rows, phone, columns, at, openKey, href, open, narrow, address.narrow],
  );
  const walk = (by: number) => {
    const key = cursor.move(by);
    if (key && narrow) open(key);
  };
  useKeys(
    listKeys(cursor, "step", { walk, open, page: (key) => page(...(key.split("/") as [string, string?])) }),
  );

  const step = (by: 1 | -1) => {
    const next = keys[keys.indexOf(openKey ?? at ?? "") + by];
    if (next) open(next);
    else announce(by > 0 ? "This is the last step that is loaded" : "This is the first step");
  };
  const runsFilter = useCallback((around: readonly string[]) => asRuns(q, around), [q]);
  const everything = q.trim() === "" && conditions(range, "trace").length === 0;
  const stored = useFigures(everything ? "" : null).data?.figures.count;
  const isEmptyStore = everything && stored === 0;
  return (
    <>
      <ListFrame
        address={address}
        list={list}
        noun={["span", "spans"]}
        bare={isEmptyStore}
        runsFilter={list.error ? null : runsFilter}
        narrow={narrow}
        chooser={<ColumnChooser all={SPAN_COLUMNS} chosen={chosen} choose={choose} />}
        metrics={
          <SpanMetrics
            address={address}
            total={list.total}
            totalIs={list.totalIs}
            stale={list.stale}
            failed={list.error !== null}
          />
        }
        foot={
          <Foot
            list={list}
            note={<Hidden address={address} key={`${q} ${hiding} ${range.around}`} />}
            keys={[
              [["J", "K"], "move"],
              [["Enter"], "open beside"],
            ]}
          />
        }
      >
        <Rows
          address={address}
          list={list}
          source={SOURCE}
          loading={<LoadingTable columns={columns} height={phone ? PHONE_ROW_PX : ROW_PX} phone={phone} />}
          bare={isEmptyStore}
          empty={<EmptyInstall what="step" />}
        >
          <Table
            label="Spans"
            handle={table}
            columns={columns}
            lines={lines}
            total={list.totalIs === "exact" ? (list.total ?? -1) : -1}
            cursor={at}
            sort={[]}
            onSort={() => undefined}
            withHead={!phone && !narrow}
            onEnd={list.stopped || list.moreFailed ? () => undefined : list.more}
            foot={<More list={list} />}
          />
        </Rows>
      </ListFrame>
      {run.open && <Peek traceId={run.open} onClose={run.close} onStep={step} />}
    </>
  );
}

/** How many steps of other kinds the filter would let through, and the way to them. */
function Hidden({ address }: { address: ListAddress }) {
  const { q, range, hiding, search, update } = address;
  const filter = compose(q, [...conditions(range, "span"), "category:other"]).filter;
  const query = useQuery({
    queryKey: ["hidden-spans", filter],
    queryFn: ({ signal }) => get<SpanList>("/spans", { filter, limit: HIDDEN_COUNTED }, signal),
    enabled: hiding !== "",
    staleTime: 30_000,
    retry: false,
    select: ({ spans, next_cursor }) => ({ count: spans.length, more: next_cursor !== null }),
  });
  if (search.kinds === "all") {
    return (
      <button type="button" className="linkish small" onClick={() => update({ kinds: undefined })}>
        All kinds are shown: hide those of no AI convention
      </button>
    );
  }
  if (hiding === "" || !query.data || query.data.count === 0) return null;
  const { count, more } = query.data;
  return (
    <button type="button" className="linkish small" onClick={() => update({ kinds: "all" })}>
      {more ? "more than " : ""}
      {format.count(count)} other steps hidden (HTTP, database, unknown kinds): show
    </button>
  );
}

/** Sums are of the runs that have such steps; only the first number is of the steps themselves, and they say so. */
function SpanMetrics({
  address,
  total,
  totalIs,
  stale,
  failed,
}: {
  address: ListAddress;
  total: number | null;
  totalIs: string | null;
  stale: boolean;
  failed: boolean;
}) {
  const navigate = useNavigate();
  const { q, range, setQ } = address;
  const filter = asRuns(q, conditions(range, "trace"));
  const figures = useFigures(failed ? null : filter);
  const sums = figures.data?.figures;
  const failedOn = /(^|\s)is:failed(\s|$)/.test(q);
  const toRuns = (sort?: string, more = "") => {
    const { range: around, from, to } = address.search;
    const text = q.trim() === "" ? "" : `has span(${q.trim()})`;
    const filter = [text, more].filter(Boolean).join(" ");
    void navigate({
      to: "/runs",
      search: { q: filter || undefined, range: around, from, to, sort } as never,
    });
  };
  const metrics = [
    {
      label: "Spans",
      value: total === null ? "– –" : `${totalIs === "at_least" ? "≥ " : ""}${format.count(total)}`,
      note:
        q.trim() === "" && sums?.span_count ? `of ${format.count(sums.span_count)} of any kind` : undefined,
      exact: totalIs === "at_least" ? "Counted as far as the list is loaded" : "All spans that match",
    },
    {
      label: "In traces",
      value: sums ? format.count(sums.count) : "– –",
      exact: "Runs that have such a span; the numbers after this one are of those runs",
      action: { text: "These runs", run: () => toRuns() },
    },
    ...runMetrics(sums, {
      spans: () => undefined,
      failed: () => setQ(toggle(q, "is:failed")),
      failedOn,
      tokens: () => toRuns("-tokens"),
      cost: () => toRuns("-cost"),
      slowerThan: () => toRuns("-duration"),
    }),
  ];
  return <Metrics metrics={metrics} scanned={figures.data?.scanned ?? null} stale={figures.stale || stale} />;
}
