/** Runs, latency, cost and tokens over time: three charts over the same stretch. */

import { useNavigate } from "@tanstack/react-router";
import * as format from "@/format";
import { Histogram } from "@/runs/Histogram";
import { nanosOf } from "@/runs/range";
import type { useRuns } from "./useScope";
import type { Scope, Span } from "./useScope";
import { Chart, Legend } from "@/ui/charts/Chart";
import { type Series, wantsLog } from "@/ui/charts/series";
import { Panel } from "./Panel";
import { overTime, STEP_MS, type Step } from "./sums";
import type { useTimeline } from "./useSums";

const CHART_PX = 128;

type Time = ReturnType<typeof useTimeline>;

/** `per 15 minutes`. */
export function everyWords(nanos: number): string {
  const minutes = nanos / 6e10;
  if (minutes < 1) return `per ${format.plural(Math.round(nanos / 1e9), "second")}`.replace("per 1 ", "per ");
  if (minutes < 60) return minutes === 1 ? "per minute" : `per ${minutes} minutes`;
  const hours = minutes / 60;
  if (hours < 24) return hours === 1 ? "per hour" : `per ${hours} hours`;
  return hours === 24 ? "per day" : hours === 168 ? "per week" : `per ${hours / 24} days`;
}

export function RunsPanel({
  scope,
  runs,
  size,
}: {
  scope: Scope;
  runs: ReturnType<typeof useRuns>;
  size: 6 | 12;
}) {
  const answer = runs.data?.answer;
  const has = answer !== undefined && answer.buckets.length > 0;
  return (
    <Panel
      title="Runs"
      note={answer && everyWords(answer.bucket_nanos)}
      size={size}
      extra={<Legend series={RUN_PARTS} />}
      all={{ to: "/runs", search: scope.list(), label: "All runs" }}
    >
      {has ? (
        <Histogram drawn={runs.data!} range={scope.range} onRange={scope.setRange} stale={runs.stale} />
      ) : (
        <div className="chart none dim" style={{ height: CHART_PX }}>
          {runs.pending ? "" : runs.failed ? "The runs over time did not come" : "Nothing in this range"}
        </div>
      )}
    </Panel>
  );
}

const RUN_PARTS = [
  { id: "ok", label: "completed", colour: "--bar-ok" },
  { id: "failed", label: "failed", colour: "--st-error" },
];

/** A step of time in words, and the range that it stands for. */
export function useSteps(scope: Scope, step: Step) {
  const navigate = useNavigate();
  const writeX = (at: number) => writeStep(at, step);
  /** The runs of that step. */
  const pick = (at: number) => {
    const search = scope.list("", { from: nanosOf(at), to: nanosOf(at + STEP_MS[step]) });
    void navigate({ to: "/runs", search: search as never });
  };
  return { writeX, pick };
}

export function writeStep(at: number, step: Step): string {
  const date = new Date(at);
  const day = date.toLocaleDateString("en-GB", { weekday: "short", day: "numeric", month: "short" });
  const hour = (value: number) => `${String(value % 24).padStart(2, "0")}:00`;
  return step === "day" ? day : `${day} ${hour(date.getHours())} to ${hour(date.getHours() + 1)}`;
}

export function LatencyPanel({
  scope,
  time,
  span,
  size,
}: {
  scope: Scope;
  time: Time;
  span: Span | null;
  size: 3 | 4 | 6;
}) {
  const { writeX, pick } = useSteps(scope, time.step);
  const series: Series[] = time.time
    ? [
        { id: "p50", label: "p50", colour: "--text-3", values: overTime(time.time, "p50") },
        { id: "p95", label: "p95", colour: "--accent", values: overTime(time.time, "p95") },
      ]
    : [];
  const log = wantsLog(series);
  return (
    <Panel
      title="Latency"
      note={log ? "by powers of ten" : undefined}
      size={size}
      extra={<Legend series={LATENCY} />}
      stale={time.stale}
    >
      <Chart
        label={`Latency of runs per ${time.step}, p50 and p95`}
        kind="line"
        xs={time.time?.xs ?? []}
        from={span?.from}
        to={span?.to}
        series={series}
        log={log}
        write={format.duration}
        writeX={writeX}
        onPick={(at) => pick(time.time!.xs[at]!)}
        height={CHART_PX}
        empty={emptyWords(time)}
      />
    </Panel>
  );
}

const LATENCY = [
  { id: "p50", label: "p50", colour: "--text-3" },
  { id: "p95", label: "p95", colour: "--accent" },
];

export function CostPanel({
  scope,
  time,
  span,
  size,
}: {
  scope: Scope;
  time: Time;
  span: Span | null;
  size: 3 | 4 | 6;
}) {
  const { writeX, pick } = useSteps(scope, time.step);
  const values = time.time ? overTime(time.time, "cost") : [];
  const spent = values.filter((value) => value !== null && value > 0);
  const now = values.at(-1);
  return (
    <Panel
      title={`Cost per ${time.step}`}
      note={
        scope.range.to === null && spent.length > 0 && now != null
          ? `${format.cost(format.picoToUsd(now))} ${time.step === "day" ? "today" : "this hour"}`
          : undefined
      }
      size={size}
      stale={time.stale}
    >
      <Chart
        label={`Cost per ${time.step}`}
        kind="bars"
        xs={time.time?.xs ?? []}
        from={span?.from}
        to={span?.to}
        series={spent.length > 0 ? [{ id: "cost", label: "cost", colour: "--heat-3", values }] : []}
        write={(value) => format.cost(format.picoToUsd(value))}
        writeX={writeX}
        onPick={(at) => pick(time.time!.xs[at]!)}
        height={CHART_PX}
        empty={time.time && spent.length === 0 ? "No run in this range has a known price" : emptyWords(time)}
      />
    </Panel>
  );
}

export function TokensPanel({
  scope,
  time,
  span,
  size,
}: {
  scope: Scope;
  time: Time;
  span: Span | null;
  size: 3 | 4 | 6;
}) {
  const { writeX, pick } = useSteps(scope, time.step);
  const values = time.time ? overTime(time.time, "tokens") : [];
  const any = values.some((value) => value !== null && value > 0);
  return (
    <Panel title={`Tokens per ${time.step}`} size={size} stale={time.stale}>
      <Chart
        label={`Tokens per ${time.step}`}
        kind="bars"
        xs={time.time?.xs ?? []}
        from={span?.from}
        to={span?.to}
        series={any ? [{ id: "tokens", label: "tokens", colour: "--cat-llm", values }] : []}
        write={format.tokens}
        writeX={writeX}
        onPick={(at) => pick(time.time!.xs[at]!)}
        height={CHART_PX}
        empty={time.time && !any ? "No run in this range says its tokens" : emptyWords(time)}
      />
    </Panel>
  );
}

export function emptyWords(time: Pick<Time, "error" | "time">): string {
  if (time.error) return "The sums over time did not come";
  return time.time ? "Nothing in this range" : "";
}
