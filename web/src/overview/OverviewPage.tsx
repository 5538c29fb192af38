/** What happened: a sentence, runs over time, what fails, who runs, what is slow and what is dear. */

import { Link } from "@tanstack/react-router";
import { useEffect } from "react";
import { EmptyInstall } from "@/runs/EmptyInstall";
import { useFigures } from "@/runs/useFigures";
import { Failure } from "@/ui/feedback";
import { CostPanel, LatencyPanel, RunsPanel } from "./charts";
import { DearPanel, FailsPanel, SlowPanel } from "./panels";
import { AgentsPanel } from "./people";
import { AgentChoice, ScopeBar } from "./ScopeBar";
import { sentence } from "./sentence";
import { useFailures, useLiveSums, useTimeline } from "./useSums";
import { type Scope, type Span, useRuns, useScope, useSpan } from "./useScope";

export function OverviewPage() {
  const scope = useScope();
  const figures = useFigures(scope.filter);
  const runs = useRuns(scope);
  const span = useSpan(scope, runs);
  const time = useTimeline(scope.filter, span);
  useLiveSums(scope.filter, scope.range.to !== null);
  const { range, q, usual } = scope;
  const count = figures.data?.figures.count;
  const { learn } = usual;
  useEffect(() => {
    if (!range.chosen && q === "" && !figures.stale && count !== undefined)
      learn({ usual: range.around === "24h" ? "24h" : "all", runs: count });
  }, [learn, range, q, figures.stale, count]);
  const isEmptyStore =
    count === 0 && q === "" && range.around === "all" && range.from === null && range.to === null;
  if (isEmptyStore) {
    return (
      <>
        <div className="bar">
          <h1>Overview</h1>
        </div>
        <EmptyInstall what="run" />
      </>
    );
  }
  return (
    <>
      <ScopeBar scope={scope} actions={<AgentChoice scope={scope} />}>
        <h1 className="bartitle">Overview</h1>
      </ScopeBar>
      <div className="ov" data-scroll-restoration-id="overview">
        {figures.error && !figures.data ? (
          <Failure error={figures.error} />
        ) : (
          <Sentence scope={scope} span={span} figures={figures} />
        )}
        <div className="ovgrid">
          <RunsPanel scope={scope} runs={runs} size={6} />
          <LatencyPanel scope={scope} time={time} span={span} size={3} />
          <CostPanel scope={scope} time={time} span={span} size={3} />
          <FailsPanel scope={scope} span={span} size={6} />
          <AgentsPanel scope={scope} size={6} />
          <SlowPanel scope={scope} size={6} />
          <DearPanel scope={scope} size={6} />
        </div>
      </div>
    </>
  );
}

/** A failure that began later than this share of the range is told with its time. */
const LATE = 0.25;

function Sentence({
  scope,
  span,
  figures,
}: {
  scope: Scope;
  span: Span | null;
  figures: ReturnType<typeof useFigures>;
}) {
  const failures = useFailures(scope);
  const sums = figures.data;
  if (!sums) return <p className="say pending" aria-busy="true" />;
  const worst = failures.data?.whole && failures.data.groups.length > 1 ? failures.data.groups[0]! : null;
  const first = worst ? Number(worst.starts.at(-1)) / 1e6 : 0;
  const isLate = span !== null && first > span.from + (span.to - span.from) * LATE;
  const parts = sentence({
    figures: sums.figures,
    partial: sums.scanned !== null,
    worst: worst && worst.runs > 1 ? worst : null,
    since: isLate ? clock(first, span.to - span.from) : null,
  });
  return (
    <p className={figures.stale ? "say stale" : "say"}>
      {parts.map(({ text, as, where }, at) => {
        const words =
          as === "strong" ? <b>{text}</b> : as === "code" ? <bdi className="mono">{text}</bdi> : text;
        return where === undefined ? (
          <span key={at}>{words}</span>
        ) : (
          <Link key={at} to="/runs" search={scope.list(where) as never}>
            {words}
          </Link>
        );
      })}
    </p>
  );
}

const DAY_MS = 86_400_000;

function clock(ms: number, rangeMs: number): string {
  return new Date(ms).toLocaleString("en-GB", {
    ...(rangeMs > DAY_MS ? { weekday: "short" } : {}),
    hour: "2-digit",
    minute: "2-digit",
  });
}
