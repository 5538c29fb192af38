/** The strip of numbers over a list. They are of what the filter and the range let through; each is a way to filter. */

import type { Scanned } from "@/api/schema";
import * as format from "@/format";
import { cachedShare } from "./cells";
import type { RunFigures } from "./useFigures";

/** One number. */
export interface Metric {
  label: string;
  value: string;
  /** Every digit. */
  exact?: string;
  note?: string;
  tone?: "" | "err-t" | "live-t";
  /** What a click does, said in its tooltip. */
  action?: { text: string; run: () => void };
  on?: boolean;
}

export function Metrics({
  metrics,
  scanned,
  stale,
}: {
  metrics: readonly Metric[];
  /** The sums are of so many of the runs; null where they are of all. */
  scanned: Scanned | null;
  stale: boolean;
}) {
  return (
    <dl className={stale ? "metrics stale" : "metrics"}>
      {metrics.map((metric) => (
        <div className="metric" key={metric.label}>
          <dt>{metric.label}</dt>
          <dd className={metric.tone}>
            {metric.action ? (
              <button
                type="button"
                className={metric.on ? "on" : undefined}
                aria-pressed={metric.on}
                title={[metric.exact, metric.action.text].filter(Boolean).join("\n")}
                onClick={metric.action.run}
              >
                {metric.value}
                {metric.note && <small> {metric.note}</small>}
              </button>
            ) : (
              <span title={metric.exact}>
                {metric.value}
                {metric.note && <small> {metric.note}</small>}
              </span>
            )}
          </dd>
        </div>
      ))}
      {scanned && (
        <div className="metric partial">
          <dt>Not all of it</dt>
          <dd>
            sums of {format.count(scanned.rows)} of {format.count(scanned.of)} runs scanned
          </dd>
        </div>
      )}
    </dl>
  );
}

/** What a click on a number may do. */
export interface MetricActions {
  spans: () => void;
  failed: () => void;
  failedOn: boolean;
  tokens: () => void;
  cost: () => void;
  slowerThan: (nanos: number) => void;
}

/** A pair of dashes while nothing is known yet. */
const PENDING = "– –";

/** Tokens, cost and durations of runs, as every list shows them. */
export function runMetrics(figures: RunFigures | undefined, actions: MetricActions): Metric[] {
  const duration = figures?.duration_nanos;
  const cached = cachedShare(figures?.usage ?? null);
  const of = (write: (figures: RunFigures) => string) => (figures ? write(figures) : PENDING);
  const percentile = (which: "p50" | "p95" | "p99"): Metric => ({
    label: which,
    value: figures ? format.duration(duration?.[which]) : PENDING,
    exact: duration ? `${format.exact(duration[which] / 1e6)} ms, exact to 3 %` : undefined,
    action: duration
      ? {
          text: `Runs that took longer than ${format.duration(duration[which])}`,
          run: () => actions.slowerThan(duration[which]),
        }
      : undefined,
  });
  return [
    {
      label: "Failed",
      value: of((sums) => format.count(sums.failed_count)),
      note:
        figures && figures.count > 0 && figures.failed_count > 0
          ? format.share(figures.failed_count / figures.count, true)
          : undefined,
      exact: figures
        ? `${format.plural(figures.failed_count, "run")} failed; ${format.exact(figures.error_count)} with failed steps`
        : undefined,
      tone: figures && figures.failed_count > 0 ? "err-t" : "",
      action: {
        text: actions.failedOn ? "Show all runs again" : "Only runs that failed",
        run: actions.failed,
      },
      on: actions.failedOn,
    },
    {
      label: "Tokens",
      value: of((sums) => format.tokens(sums.tokens)),
      exact: figures?.tokens != null ? `${format.exact(figures.tokens)} tokens` : undefined,
      note: cached === null ? undefined : `${format.share(cached)} cached`,
      action: { text: "Most tokens first", run: actions.tokens },
    },
    {
      label: "Cost",
      value: of((sums) => format.cost(sums.cost?.total)),
      exact: figures?.cost ? `$${figures.cost.total}` : undefined,
      action: { text: "Dearest first", run: actions.cost },
    },
    percentile("p50"),
    percentile("p95"),
    percentile("p99"),
  ];
}
