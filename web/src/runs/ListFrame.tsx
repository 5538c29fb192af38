/**
 * What the three lists have in common around their table: title and tabs, range, views, columns, search field,
 * histogram and numbers above, the line that says what is loaded below.
 */

import { Link } from "@tanstack/react-router";
import { type ReactNode, useMemo, useRef, useState } from "react";
import type { Hint } from "@/api/schema";
import type { Search } from "@/app/address";
import { useKeys } from "@/app/keys";
import { count } from "@/format";
import { scan } from "@/query/scan";
import { IconButton, Kbd } from "@/ui/button";
import { Dialog } from "@/ui/floating";
import { SearchIcon } from "@/ui/icons";
import { usePhone } from "@/ui/media";
import { Histogram } from "./Histogram";
import { aroundConditions, lengthOf } from "./range";
import { RangeButton } from "./RangeButton";
import { SavedViews } from "./SavedViews";
import { Remarks, remarksOn } from "./search/Remarks";
import { Chip } from "./search/Chip";
import { SearchField } from "./search/SearchField";
import type { List } from "./useList";
import { useHistogram } from "./useFigures";
import type { ListAddress } from "./useListAddress";
import { remove } from "@/query/edit";

const TABS = [
  { to: "/runs", label: "Traces" },
  { to: "/spans", label: "Spans" },
  { to: "/sessions", label: "Sessions" },
] as const;

/** Buckets of the histogram. */
const BUCKETS = 96;
/** Chips that a phone shows before its sheet is opened. */
const PHONE_CHIPS = 2;

export function ListFrame<Row>({
  address,
  list,
  noun,
  runsFilter,
  narrow,
  bare = false,
  live,
  pill,
  chooser,
  metrics,
  band,
  foot,
  children,
}: {
  address: ListAddress;
  list: List<Row>;
  noun: [one: string, many: string];
  /** The same question about runs with other conditions, for the histogram; null where there is none. */
  runsFilter: ((conditions: readonly string[]) => string) | null;
  /** A run is open beside. */
  narrow: boolean;
  /** The store is empty: there is nothing to search, sum or draw. */
  bare?: boolean;
  live?: ReactNode;
  /** New rows that wait, where there is no head of a table to say so. */
  pill?: ReactNode;
  chooser: ReactNode;
  metrics: ReactNode;
  /** Between the numbers and the table. */
  band?: ReactNode;
  foot?: ReactNode;
  children: ReactNode;
}) {
  const { q, setQ, range, setRange, search, schema, subject } = address;
  const phone = usePhone();
  const focusField = useRef<(() => void) | null>(null);
  const [sheet, setSheet] = useState(false);
  const histogram = useHistogram(
    runsFilter === null || narrow ? null : runsFilter(aroundConditions(range)),
    lengthOf(range.around),
    BUCKETS,
  );
  const remarks = useMemo(
    () => remarksOn(q, address.sent, list.error, list.hints as readonly Hint[]),
    [q, address.sent, list.error, list.hints],
  );
  useKeys([
    {
      keys: "/",
      label: "Search and filter",
      group: "Anywhere",
      run: () => (phone ? setSheet(true) : focusField.current?.()),
    },
  ]);
  const fix = (from: number, to: number, text: string) => setQ(q.slice(0, from) + text + q.slice(to));
  const field = (inSheet: boolean) => (
    <SearchField
      q={q}
      onChange={setQ}
      schema={schema}
      remarks={remarks}
      focusRef={inSheet ? undefined : focusField}
      summary={inSheet || narrow ? undefined : <Found list={list} noun={noun} />}
    />
  );
  return (
    <div className={narrow ? "beside list" : "list"}>
      <div className="bar">
        <h1 className="bartitle">Runs</h1>
        <Tabs search={search} current={subject} />
        <span className="grow" />
        {!narrow && live}
        {narrow && pill}
        {!narrow && <RangeButton range={range} onChange={setRange} />}
        {!narrow && (
          <span className="no-phone">
            <SavedViews subject={subject} search={search} onShow={(part) => address.update(part)} />
          </span>
        )}
        {!narrow && <span className="no-phone row">{chooser}</span>}
        {phone && <IconButton icon={SearchIcon} label="Search and filter" onClick={() => setSheet(true)} />}
      </div>
      {bare ? null : phone ? (
        <PhoneChips
          q={q}
          setQ={setQ}
          remarks={<Remarks q={q} remarks={remarks} onFix={fix} />}
          onOpen={() => setSheet(true)}
        />
      ) : (
        <div className="searchrow">{field(false)}</div>
      )}
      {!narrow && !bare && histogram.pending && <div className="hist" aria-hidden />}
      {!narrow && !bare && histogram.data && histogram.data.answer.buckets.length > 0 && (
        <Histogram drawn={histogram.data} range={range} onRange={setRange} stale={histogram.stale} />
      )}
      {!narrow && !bare && metrics}
      {band}
      <div className={list.coming ? "loadline on" : "loadline"} aria-hidden />
      {children}
      {!phone && !bare && foot}
      {phone && (
        <Dialog open={sheet} onOpenChange={setSheet} title="Search and filter" className="filtersheet">
          <div className="sheetbody">
            {field(true)}
            <TabsOfSheet search={search} current={subject} />
            <SavedViews
              subject={subject}
              search={search}
              onShow={(part) => {
                address.update(part);
                setSheet(false);
              }}
            />
            <button type="button" className="btn primary wide" onClick={() => setSheet(false)}>
              Show <Found list={list} noun={noun} />
            </button>
          </div>
        </Dialog>
      )}
    </div>
  );
}

/** The three lists; filter and range go along, the order does not fit everywhere. */
function Tabs({ search, current }: { search: Search; current: ListAddress["subject"] }) {
  const at = { trace: "/runs", span: "/spans", session: "/sessions" }[current];
  const { q, range, from, to } = search;
  return (
    <nav className="tabs no-phone" aria-label="Lists">
      {TABS.map((tab) => (
        <Link
          key={tab.to}
          to={tab.to}
          search={{ q, range, from, to } as never}
          aria-current={tab.to === at ? "page" : undefined}
        >
          {tab.label}
        </Link>
      ))}
    </nav>
  );
}

function TabsOfSheet({ search, current }: { search: Search; current: ListAddress["subject"] }) {
  return (
    <div className="sheettabs">
      <Tabs search={search} current={current} />
    </div>
  );
}

/** `412 runs`, `at least 412 runs`. */
function Found<Row>({ list, noun }: { list: List<Row>; noun: [string, string] }) {
  if (list.total === null) return null;
  const words = `${count(list.total)} ${list.total === 1 ? noun[0] : noun[1]}`;
  return <span className="nowrap">{list.totalIs === "at_least" ? `at least ${words}` : words}</span>;
}

function PhoneChips({
  q,
  setQ,
  remarks,
  onOpen,
}: {
  q: string;
  setQ: (q: string) => void;
  remarks: ReactNode;
  onOpen: () => void;
}) {
  const pieces = scan(q);
  if (pieces.length === 0) return null;
  return (
    <div className="phonechips">
      {pieces.slice(0, PHONE_CHIPS).map((piece) => (
        <Chip
          key={piece.from}
          text={q.slice(piece.from, piece.to)}
          piece={piece}
          tone=""
          marked={false}
          onEdit={onOpen}
          onRemove={() => setQ(remove(q, piece))}
          onKey={() => undefined}
        />
      ))}
      {pieces.length > PHONE_CHIPS && (
        <button type="button" className="chip" onClick={onOpen}>
          <span className="dim">+{pieces.length - PHONE_CHIPS}</span>
        </button>
      )}
      {remarks}
    </div>
  );
}

/** `50 of 412 loaded, more while you scroll`, and how far a scan came. */
export function Foot<Row>({
  list,
  keys,
  note,
}: {
  list: List<Row>;
  keys: [string[], string][];
  note?: ReactNode;
}) {
  const { rows, total, totalIs, scanned, hasMore, tookMs, stale } = list;
  const of = total === null ? "" : ` of ${totalIs === "at_least" ? "at least " : ""}${count(total)}`;
  return (
    <div className="foot no-phone">
      <span>
        {list.loading
          ? "Loading"
          : `${count(rows.length)}${of} loaded${hasMore && !list.stopped ? ", more while you scroll" : ""}`}
      </span>
      {scanned && (
        <span>
          scanned {count(scanned.rows)} of {count(scanned.of)} runs
        </span>
      )}
      {tookMs !== null && !stale && <span>answered in {Math.max(1, Math.round(tookMs))} ms</span>}
      {note}
      <span className="grow" />
      {keys.map(([parts, text]) => (
        <span className="row" key={text}>
          <Kbd keys={parts} /> {text}
        </span>
      ))}
    </div>
  );
}
