/** Every total opens to this: tokens and cost by agent and by model, and each line of the ledger with its reason. */

import { useQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactElement, useMemo, useRef, useState } from "react";
import { get } from "@/api/client";
import type { Ledger, LedgerLine } from "@/api/schema";
import * as format from "@/format";
import { displayName, indexOf, type Skeleton } from "@/trace/skeleton";
import { Failure, LoadingRows } from "@/ui/feedback";
import { Popover } from "@/ui/floating";
import { Segments } from "./Segments";
import { type Amount, byAgent, byModel, type Group, whyWords, within } from "./ledger";
import { useRun, useRunStore } from "./store";

const LINE_PX = 26;
const PARTS = [
  { value: "agent", label: "By agent" },
  { value: "model", label: "By model" },
  { value: "lines", label: "Lines" },
] as const;
type Part = (typeof PARTS)[number]["value"];

export function LedgerPopover({
  trigger,
  open,
  onOpenChange,
}: {
  trigger: ReactElement;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  return (
    <Popover trigger={trigger} open={open} onOpenChange={onOpenChange} width={640} title="Tokens and cost">
      <Content />
    </Popover>
  );
}

function Content() {
  const run = useRun((state) => state.run);
  const [part, setPart] = useState<Part>("agent");
  const total = useMemo(() => within(run), [run]);
  const groups = useMemo(
    () => (part === "agent" ? byAgent(run) : part === "model" ? byModel(run) : null),
    [run, part],
  );
  return (
    <>
      <div className="lgbar">
        <Segments label="Grouping" options={PARTS} value={part} onChange={setPart} />
        <span className="dim">{format.plural(total.calls, "call")} counted</span>
      </div>
      <div className="lg h">
        <span />
        <span className="num">Fresh</span>
        <span className="num">Cache read</span>
        <span className="num">Written</span>
        <span className="num">Out</span>
        <span className="num">Cost</span>
      </div>
      {groups && <Groups groups={groups} />}
      {part === "lines" && <Lines run={run} />}
      <Sum run={run} total={total} />
      <Prices run={run} />
    </>
  );
}

function Cells({ amount, cost }: { amount: Amount; cost?: string | null }) {
  const shown = cost !== undefined ? cost : format.picoToUsd(amount.cost);
  return (
    <>
      <Num amount={amount.fresh} />
      <Num amount={amount.cacheRead} />
      <Num amount={amount.cacheWrite} />
      <Num amount={amount.output} />
      <span className="num" title={shown === null ? "nobody said, and no price is known" : `$${shown}`}>
        {format.cost(shown)}
      </span>
    </>
  );
}

function Num({ amount }: { amount: number }) {
  return (
    <span className="num" title={Number.isNaN(amount) ? "nobody said" : format.exact(amount)}>
      {format.tokens(amount)}
    </span>
  );
}

function Groups({ groups }: { groups: Group[] }) {
  const store = useRunStore();
  if (groups.length === 0) return <p className="lgempty">No call of this run says tokens or money.</p>;
  return (
    <div className="lgrows" tabIndex={groups.length > 12 ? 0 : undefined}>
      {groups.slice(0, 200).map((group) => (
        <button
          key={group.key}
          type="button"
          className="lg"
          disabled={group.span < 0}
          onClick={() => store.getState().goTo(group.span)}
        >
          <span className="cut">
            <bdi className={group.isLoop ? "warn-t" : undefined}>{format.cut(group.name, 60)}</bdi>{" "}
            <span className="dim">{format.plural(group.calls, "call")}</span>
          </span>
          <Cells amount={group} />
        </button>
      ))}
      {groups.length > 200 && (
        <p className="lgempty">{format.count(groups.length - 200)} more are under Lines.</p>
      )}
    </div>
  );
}

function Sum({ run, total }: { run: Skeleton; total: Amount }) {
  const { cost } = run.trace;
  const reasoning = total.reasoning;
  return (
    <>
      <div className="lg sum">
        <span>
          Total
          {reasoning > 0 && (
            <span className="dim sumnote">{format.tokens(reasoning)} of out is reasoning</span>
          )}
        </span>
        <Cells amount={total} cost={cost?.total ?? null} />
      </div>
      {run.receipt.unpriced > 0 && (
        <p className="lgnote warn-t">
          {format.plural(run.receipt.unpriced, "call")} without a price: the cost is too low by what they
          cost.
        </p>
      )}
    </>
  );
}

function Prices({ run }: { run: Skeleton }) {
  const info = useQuery({
    queryKey: ["info"],
    queryFn: ({ signal }) => get<{ price_version: number }>("/info", {}, signal),
    staleTime: 300_000,
  });
  const { cost } = run.trace;
  if (!cost) return null;
  const reported = cost.reported !== null && Number(cost.reported) === Number(cost.total);
  return (
    <p className="lgnote mut">
      <span>
        {reported
          ? "Costs are what the sender reports."
          : `Costs are computed${cost.reported ? ", where the sender reports none," : ""} by the price table`}
        {!reported && info.data && <b className="med"> {info.data.price_version}</b>}
      </span>
      {cost.estimated && <span className="dim">estimated in part: a rate is missing</span>}
      {cost.reported && !reported && <span className="dim">reported {format.cost(cost.reported)}</span>}
    </p>
  );
}

/** Every line, also those that do not count. */
function Lines({ run }: { run: Skeleton }) {
  const ledger = useQuery({
    queryKey: ["run", run.trace.trace_id, "ledger", run.commitSeq],
    queryFn: ({ signal }) =>
      get<Ledger>(`/traces/${encodeURIComponent(run.trace.trace_id)}/ledger`, {}, signal),
    placeholderData: (before) => before,
    staleTime: 60_000,
  });
  if (!ledger.data) {
    return ledger.error ? (
      <Failure error={ledger.error} retry={() => void ledger.refetch()} />
    ) : (
      <LoadingRows rows={8} height={LINE_PX} />
    );
  }
  return <LineRows run={run} lines={ledger.data.lines} />;
}

function LineRows({ run, lines }: { run: Skeleton; lines: LedgerLine[] }) {
  const store = useRunStore();
  const box = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => LINE_PX,
    overscan: 10,
  });
  if (lines.length === 0) return <p className="lgempty">No span of this run says tokens or money.</p>;
  return (
    <div className="lgrows" ref={box} tabIndex={0} role="list" aria-label="Lines of the ledger">
      <div style={{ height: rows.getTotalSize(), position: "relative" }}>
        {rows.getVirtualItems().map((row) => {
          const line = lines[row.index]!;
          return (
            <div
              key={line.span_id}
              role="listitem"
              className="lgline"
              style={{ transform: `translateY(${row.start}px)` }}
            >
              <button
                type="button"
                className={`lg ${line.counted ? "" : "no"}`}
                onClick={() => store.getState().goTo(indexOf(run, line.span_id))}
              >
                <span className="cut">
                  <span className="lgat">{placeOf(run, line)}</span>
                  <bdi>{nameOf(run, line)}</bdi>{" "}
                  <span className="dim">{whyWords(line, named(run, line.because_of))}</span>
                </span>
                <Cells amount={amountOf(line)} cost={line.cost?.total ?? null} />
              </button>
            </div>
          );
        })}
      </div>
    </div>
  );
}

function nameOf(run: Skeleton, line: LedgerLine): string {
  const span = indexOf(run, line.span_id);
  return format.cut(span >= 0 ? displayName(run, span) : line.name, 48);
}

/** When the call began. */
function placeOf(run: Skeleton, line: LedgerLine): string {
  const span = indexOf(run, line.span_id);
  return span >= 0 ? format.place(run.start[span]!) : "";
}

function named(run: Skeleton, id: string | null): string {
  const span = id ? indexOf(run, id) : -1;
  return span >= 0 ? format.cut(displayName(run, span), 28) : "another span";
}

function amountOf(line: LedgerLine): Amount {
  const { usage } = line;
  const number = (value: number | null | undefined) => value ?? NaN;
  const cached = (usage?.cache_read ?? 0) + (usage?.cache_write ?? 0);
  return {
    calls: 1,
    fresh: usage?.input == null ? NaN : Math.max(0, usage.input - cached),
    cacheRead: number(usage?.cache_read),
    cacheWrite: number(usage?.cache_write),
    output: number(usage?.output),
    reasoning: number(usage?.reasoning),
    cost: NaN,
  };
}
