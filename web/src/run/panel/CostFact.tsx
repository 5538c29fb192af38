/** What the span cost, and behind it where the number comes from and whether it is in the total. */

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { get } from "@/api/client";
import type { Ledger, LedgerLine } from "@/api/schema";
import { useAddress } from "@/app/address";
import { cost, exact, picoToUsd } from "@/format";
import { category, displayName, FLAG, has, indexOf, type Skeleton } from "@/trace/skeleton";
import { Button } from "@/ui/button";
import { Popover } from "@/ui/floating";
import { useRun } from "../store";
import type { Detail } from "./detail";

export function CostFact({ run, span, detail }: { run: Skeleton; span: number; detail: Detail | null }) {
  const [open, setOpen] = useState(false);
  const own = run.cost[span]!;
  const below = run.subtreeCost[span]!;
  const shown = Number.isNaN(own) ? below : own;
  const usage = detail?.span.usage;
  if (Number.isNaN(shown) && !usage) return null;
  // Sums of agents and steps never count beside the calls below them; of a call it is worth a word.
  const isSum = ["agent", "workflow", "chain", "other"].includes(category(run, span));
  const uncounted = has(run, span, FLAG.uncounted) && !isSum;
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      width={340}
      title="Tokens and cost of this span"
      trigger={
        <button type="button" className="link costfact" title="Where this number comes from">
          <b>{Number.isNaN(shown) ? "tokens" : cost(picoToUsd(shown))}</b>
          {Number.isNaN(own) && !Number.isNaN(below) && <span className="dim"> below</span>}
          {uncounted && <span className="dim"> not counted</span>}
        </button>
      }
    >
      {open && <Explained run={run} span={span} detail={detail} />}
    </Popover>
  );
}

function Explained({ run, span, detail }: { run: Skeleton; span: number; detail: Detail | null }) {
  const { update } = useAddress();
  const usage = detail?.span.usage;
  const money = detail?.span.cost;
  const fresh =
    usage?.input != null ? usage.input - (usage.cache_read ?? 0) - (usage.cache_write ?? 0) : null;
  const rows: [string, string][] = [];
  const add = (label: string, amount: number | null | undefined) => {
    if (amount !== null && amount !== undefined) rows.push([label, exact(amount)]);
  };
  add("Fresh input", fresh);
  add("Read from cache", usage?.cache_read);
  add("Written to cache", usage?.cache_write);
  add("Out", usage?.output);
  add("of it reasoning", usage?.reasoning);
  return (
    <div className="costbox">
      <dl className="costfacts">
        {rows.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd className="num">{value}</dd>
          </div>
        ))}
        {money?.input != null && <Money label="Input" usd={money.input} />}
        {money?.output != null && <Money label="Output" usd={money.output} />}
        {money && <Money label="Total" usd={money.total} />}
        {!Number.isNaN(run.subtreeCost[span]!) && run.endIndex[span]! > span + 1 && (
          <Money label="With all below" usd={String(picoToUsd(run.subtreeCost[span]!))} />
        )}
      </dl>
      <p className="mut">{detail ? sourceWords(detail) : "Loading"}</p>
      <Counted run={run} span={span} detail={detail} />
      <Button small onClick={() => update({ open: "ledger" }, "replace")}>
        Open the ledger
      </Button>
    </div>
  );
}

function Money({ label, usd }: { label: string; usd: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd className="num" title={`$${usd}`}>
        {cost(usd)}
      </dd>
    </div>
  );
}

/** Where the cost comes from. */
function sourceWords({ span }: Detail): string {
  if (!span.cost) {
    if (!span.usage) return "The span itself said no tokens and no cost; the sum is of what is below it.";
    return span.model
      ? `Nobody reported a cost, and the price table has none for ${span.model}.`
      : "Nobody reported a cost, and without a model none can be computed.";
  }
  const source =
    span.cost.source === "reported"
      ? "The sender reported this cost."
      : "Computed from the tokens and the price table.";
  return span.cost.estimated
    ? `${source} It is an estimate: some rate is missing, the usual one was taken.`
    : source;
}

const WHY: Record<string, string> = {
  own: "Counted in the run's total: it is the call's own.",
  counted_below: "Not counted: it repeats what the calls below it say.",
  counted_above: "Not counted: a sum above it is counted instead.",
  shadowed_by: "Not counted: a deeper span reports the same call.",
  duplicate_of: "Not counted: another span reports the same response.",
  free: "Counted as free: the answer came from a cache.",
};

/** Counted or not, and why: the ledger says it, and is asked when the reader is. */
function Counted({ run, span, detail }: { run: Skeleton; span: number; detail: Detail | null }) {
  const goTo = useRun((state) => state.goTo);
  const id = detail?.span.span_id;
  const traceId = run.trace.trace_id;
  const { data } = useQuery({
    queryKey: ["ledger", traceId, run.commitSeq],
    enabled: detail?.span.usage != null || detail?.span.cost != null,
    queryFn: ({ signal }) => get<Ledger>(`/traces/${encodeURIComponent(traceId)}/ledger`, undefined, signal),
  });
  const line: LedgerLine | undefined = data?.lines.find((one) => one.span_id === id);
  if (!line) {
    return <p className="mut">{has(run, span, FLAG.uncounted) ? "Not counted in the run's total." : ""}</p>;
  }
  const because = line.because_of ? indexOf(run, line.because_of) : -1;
  return (
    <p className="mut">
      {WHY[line.why] ??
        (line.counted
          ? "Counted in the run's total."
          : `Not counted: ${line.why.replaceAll("_", " ")}.`)}{" "}
      {because >= 0 && (
        <button type="button" className="link" onClick={() => goTo(because)}>
          <bdi>{displayName(run, because)}</bdi>
        </button>
      )}
    </p>
  );
}
