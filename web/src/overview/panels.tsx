/** What fails, what is slow, what is dear: a few rows each, with the way to all of them. */

import * as format from "@/format";
import { categoryOf } from "@/runs/category";
import { Labels, Text } from "@/runs/cells";
import { filterDuration } from "@/runs/filterDuration";
import { ErrorIcon } from "@/ui/icons";
import { KindTile } from "@/ui/kind";
import { Spark } from "@/ui/charts/Spark";
import { Cost, Duration, Tokens } from "@/ui/values";
import { type ErrorGroup, spread } from "./errors";
import { type Cols, type PanelSize, Panel, PanelBody, PartBar, RankHead, RankRow, ROWS } from "./Panel";
import { atLeast } from "./slow";
import { TIMED_CONDITION, useCounted, useFailures, useSlow, useSomeRuns } from "./useSums";
import type { Scope, Span } from "./useScope";

const SPARK_PARTS = 12;

export function FailsPanel({ scope, span, size }: { scope: Scope; span: Span | null; size: PanelSize }) {
  const { data, isPending, error, isPlaceholderData } = useFailures(scope);
  const groups = data?.groups.slice(0, ROWS) ?? [];
  const cols = { wide: "16px minmax(0, 1fr) 48px 44px", phone: "16px minmax(0, 1fr) 48px 44px" };
  return (
    <Panel
      title="What fails"
      note={data && !data.whole ? `kinds of the newest ${format.count(data.steps)} failed steps` : undefined}
      all={{ to: "/runs", search: scope.list("status:error"), label: "All with failures" }}
      size={size}
      stale={isPlaceholderData}
    >
      <PanelBody
        loading={isPending}
        error={error}
        empty={groups.length === 0 ? "No step failed in this range." : null}
      >
        <RankHead cols={cols} labels={["", "", "", "runs"]} />
        {groups.map((group) => (
          <FailRow key={group.key} group={group} scope={scope} span={span} whole={data!.whole} cols={cols} />
        ))}
      </PanelBody>
    </Panel>
  );
}

/** Of more failed steps than were looked at the server counts the runs. */
function FailRow({
  group,
  scope,
  span,
  whole,
  cols,
}: {
  group: ErrorGroup;
  scope: Scope;
  span: Span | null;
  whole: boolean;
  cols: Cols;
}) {
  const where = `has span(${group.condition})`;
  const counted = useCounted(scope, span, where, SPARK_PARTS, !whole);
  const marks = counted?.marks ?? (span ? spread(group.starts, span.from, span.to, SPARK_PARTS) : []);
  const runs = counted?.runs ?? group.runs;
  const isLess = counted ? counted.partial : !whole;
  return (
    <RankRow
      cols={cols}
      to="/runs"
      search={scope.list(where)}
      title={format.cut(`${group.kind}: ${group.message}`)}
    >
      <ErrorIcon size={14} strokeWidth={1.5} className="i err-i" aria-hidden />
      <span className="td">
        <bdi className="nowrap fname">{format.cut(group.kind, 48)}</bdi>
        <bdi className={group.category === "tool" ? "mono mut nowrap" : "mut nowrap"}>
          {format.cut(group.name, 30)}
        </bdi>
        <Text text={group.message || " "} tone="dim" />
      </span>
      <Spark values={marks} label={`When it happened in this range: ${format.plural(runs, "run")}`} />
      <span className="num strong">
        {isLess && "≥ "}
        {format.count(runs)}
      </span>
    </RankRow>
  );
}

export function SlowPanel({ scope, size }: { scope: Scope; size: PanelSize }) {
  const { data, isPending, error, isPlaceholderData } = useSlow(scope);
  const timed = data?.timed.slice(0, ROWS) ?? [];
  const most = timed[0]?.p95 ?? 1;
  const cols = {
    wide: "20px minmax(0, 1fr) 62px 62px 48px minmax(30px, 90px)",
    phone: "20px minmax(0, 1fr) 62px 48px",
  };
  return (
    <Panel
      title="What is slow"
      note={
        data && data.steps > 0
          ? data.whole
            ? "tools and models, by their p95"
            : `by p95 of the newest ${format.count(data.steps)} steps`
          : undefined
      }
      all={{ to: "/spans", search: scope.list(TIMED_CONDITION), label: "All steps" }}
      size={size}
      stale={isPlaceholderData}
    >
      <PanelBody
        loading={isPending}
        error={error}
        empty={timed.length === 0 ? "No model, tool or retrieval has ended in this range." : null}
      >
        <RankHead cols={cols} labels={["", "", "*p50", "p95", "calls", "*"]} />
        {timed.map((one) => (
          <RankRow
            key={one.key}
            cols={cols}
            to="/spans"
            search={scope.list(`${one.condition} duration >= ${filterDuration(atLeast(one.p95))}`)}
            title={`Those that took ${format.duration(one.p95)} or longer`}
          >
            <KindTile category={categoryOf(one.category)} />
            <span className="td">
              <bdi className={one.category === "tool" ? "mono cut" : "cut"}>{format.cut(one.name, 60)}</bdi>
            </span>
            <span className="num mut no-phone">
              <Duration nanos={one.p50} />
            </span>
            <span className="num">
              <Duration nanos={one.p95} />
            </span>
            <span className="num mut">{format.count(one.calls)}</span>
            <PartBar part={one.p95 / most} />
          </RankRow>
        ))}
      </PanelBody>
    </Panel>
  );
}

export function DearPanel({
  scope,
  size,
  withAgent = true,
}: {
  scope: Scope;
  size: PanelSize;
  withAgent?: boolean;
}) {
  const { data, isPending, error, isPlaceholderData } = useSomeRuns(scope.filter, "-cost", ROWS);
  const rows = data?.traces.filter((row) => row.cost !== null) ?? [];
  const cols = {
    wide: `${withAgent ? "minmax(0, 132px) " : ""}minmax(0, 1fr) 52px 62px`,
    phone: "minmax(0, 1fr) 52px 62px",
  };
  return (
    <Panel
      title="What is dear"
      all={{ to: "/runs", search: scope.list("", { sort: "-cost" }), label: "All by cost" }}
      size={size}
      stale={isPlaceholderData}
    >
      <PanelBody
        loading={isPending}
        error={error}
        empty={rows.length === 0 ? "No run in this range has a known price." : null}
      >
        <RankHead cols={cols} labels={withAgent ? ["*", "", "tokens", "cost"] : ["", "tokens", "cost"]} />
        {rows.map((row) => (
          <RankRow key={row.trace_id} cols={cols} to="/runs/$traceId" params={{ traceId: row.trace_id }}>
            {withAgent && <Text text={row.agent?.name} tone="no-phone" />}
            <span className="td">
              <Text text={row.input_preview ?? row.name} tone="mut" />
              <Labels labels={row.labels} most={1} />
            </span>
            <span className="num mut">
              <Tokens amount={row.usage.total} />
            </span>
            <span className="num">
              <Cost usd={row.cost?.total} estimated={row.cost?.estimated} />
            </span>
          </RankRow>
        ))}
      </PanelBody>
    </Panel>
  );
}
