/** The numbers of the runs that the filter and the range let through: the same rows as the table's. */

import type { TraceRow } from "@/api/schema";
import * as format from "@/format";
import { setField, term, toggle } from "@/query/edit";
import { filterDuration } from "./filterDuration";
import { Metrics, runMetrics } from "./Metrics";
import { rangeLabel } from "./range";
import type { useFigures } from "./useFigures";
import type { List } from "./useList";
import type { ListAddress } from "./useListAddress";

export function RunsMetrics({
  address,
  list,
  figures,
}: {
  address: ListAddress;
  list: List<TraceRow>;
  figures: ReturnType<typeof useFigures>;
}) {
  const { q, setQ, setSort, update } = address;
  const sums = figures.data?.figures;
  const failedOn = /(^|\s)is:failed(\s|$)/.test(q);
  const scanned = figures.data?.scanned ?? null;
  // A scan that ran out of time counts less than the list may have found.
  const runs = sums ? (scanned ? Math.max(sums.count, list.total ?? 0) : sums.count) : null;
  const metrics = [
    {
      label: "Traces",
      value: runs === null ? "– –" : `${scanned ? "≥ " : ""}${format.count(runs)}`,
      exact:
        runs === null
          ? undefined
          : `${format.exact(runs)} runs, ${rangeLabel(address.range, Date.now()).toLowerCase()}`,
      action: { text: "Newest first", run: () => setSort(undefined) },
    },
    {
      label: "Spans",
      value: sums ? format.count(sums.span_count) : "– –",
      exact:
        sums?.span_count === undefined ? undefined : `${format.exact(sums.span_count)} spans in these runs`,
      action: { text: "Runs with most spans first", run: () => setSort("-spans") },
    },
    ...runMetrics(sums, {
      spans: () => setSort("-spans"),
      failed: () => setQ(toggle(q, "is:failed")),
      failedOn,
      tokens: () => setSort("-tokens"),
      cost: () => setSort("-cost"),
      slowerThan: (nanos) =>
        update({
          q: setField(q, "duration", term("duration", ">=", filterDuration(nanos))),
          sort: "-duration",
        }),
    }),
  ];
  return <Metrics metrics={metrics} scanned={scanned} stale={figures.stale || list.stale} />;
}
