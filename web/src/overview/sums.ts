/** Sums of runs by time, as the server groups them, in the form of charts. Pure. */

import type { StatsRow } from "@/api/schema";
import { grid, type Series } from "@/ui/charts/series";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Beyond this many hours a bar is a day. */
const HOURS_MAX = 4 * 24;

/** Steps of time that the server groups by. */
export type Step = "hour" | "day";

export const STEP_MS: Record<Step, number> = { hour: HOUR, day: DAY };

/** Hours as long as they can be told apart. */
export function stepFor(lengthMs: number): Step {
  return lengthMs <= HOURS_MAX * HOUR ? "hour" : "day";
}

/** A number of a group of runs. */
export type Measure = "runs" | "failed" | "cost" | "tokens" | "p50" | "p95";

/** Decimal dollars as whole pico-dollars, which add up without error. */
export function pico(usd: string): number {
  const [whole = "0", part = ""] = usd.split(".");
  const size = Number(whole.replace("-", "")) * 1e12 + Number(part.slice(0, 12).padEnd(12, "0"));
  return whole.startsWith("-") ? -size : size;
}

/** The number of a row; null where nobody said it. Cost is in pico-dollars, times in nanoseconds. */
export function measure(row: StatsRow, which: Measure): number | null {
  switch (which) {
    case "runs":
      return row.count;
    case "failed":
      return row.failed_count;
    case "cost":
      return row.cost === null ? null : pico(row.cost.total);
    case "tokens":
      return row.tokens;
    default:
      return row.duration_nanos?.[which] ?? null;
  }
}

/** Beginnings of the steps, and rows by the step they are of. `group` is the place of the time among a row's groups. */
export interface Timeline {
  xs: number[];
  stepMs: number;
  rows: Map<number, StatsRow[]>;
}

export function timeline(
  rows: readonly StatsRow[],
  step: Step,
  fromMs: number,
  toMs: number,
  offsetMs: number,
): Timeline {
  const xs = grid(fromMs, toMs, STEP_MS[step], offsetMs);
  const known = new Set(xs);
  const byTime = new Map<number, StatsRow[]>();
  for (const row of rows) {
    const at = Number(row.group[0]) / 1e6;
    if (!known.has(at)) continue;
    const same = byTime.get(at);
    if (same) same.push(row);
    else byTime.set(at, [row]);
  }
  return { xs, stepMs: STEP_MS[step], rows: byTime };
}

/** One number over time. Counts are 0 where no run was, durations and absent costs are nothing. */
export function overTime(time: Timeline, which: Measure): (number | null)[] {
  const isCount = which === "runs" || which === "failed" || which === "cost" || which === "tokens";
  return time.xs.map((at) => {
    const row = time.rows.get(at)?.[0];
    if (!row) return isCount ? 0 : null;
    return measure(row, which);
  });
}

/** Colours of the parts of a stack; grey is for the rest. */
const PART_COLOURS = [
  "--cat-agent",
  "--cat-llm",
  "--cat-tool",
  "--cat-retrieval",
  "--cat-guardrail",
  "--cat-reranker",
  "--cat-memory",
];

/**
 * A number over time by the second group (agent, model): the largest have a colour of their own, the rest are one.
 * Percentiles have no sum, so that there is no rest of them.
 */
export function byGroup(time: Timeline, which: Measure, none: string): Series[] {
  const isPercentile = which === "p50" || which === "p95";
  const sums = new Map<string | null, number>();
  for (const rows of time.rows.values()) {
    for (const row of rows) {
      const name = row.group[1] ?? null;
      const amount = isPercentile ? row.count : (measure(row, which) ?? 0);
      sums.set(name, (sums.get(name) ?? 0) + amount);
    }
  }
  const names = [...sums].sort((a, b) => b[1] - a[1]).map(([name]) => name);
  const own = names.slice(0, PART_COLOURS.length);
  const rest = isPercentile ? [] : names.slice(PART_COLOURS.length);
  const values = (wanted: ReadonlySet<string | null>) =>
    time.xs.map((at) => {
      const rows = (time.rows.get(at) ?? []).filter((row) => wanted.has(row.group[1] ?? null));
      const found = rows.map((row) => measure(row, which)).filter((value) => value !== null);
      return found.length === 0 ? null : found.reduce((sum, value) => sum + value, 0);
    });
  const series = own.map((name, at) => ({
    id: name ?? "",
    label: name ?? none,
    colour: PART_COLOURS[at]!,
    values: values(new Set([name])),
  }));
  if (rest.length === 0) return series;
  return [
    ...series,
    { id: "rest", label: `${rest.length} more`, colour: "--cat-other", values: values(new Set(rest)) },
  ];
}
