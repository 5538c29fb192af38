/** Who and what ran: agents, models, tools, the newest runs, sessions. */

import * as format from "@/format";
import { quoted } from "@/query/edit";
import { Labels, Text } from "@/runs/cells";
import { sessionState } from "@/runs/sessionColumns";
import { KindTile } from "@/ui/kind";
import { StateMark } from "@/ui/state";
import { Cost, Duration, Tokens, When } from "@/ui/values";
import { type PanelSize, Panel, PanelBody, PartBar, RankHead, RankRow, ROWS } from "./Panel";
import { pico } from "./sums";
import { type Group, useGroups, useSomeRuns, useSomeSessions } from "./useSums";
import type { Scope } from "./useScope";

/** From this share on a rate of failures is red. */
const HIGH_RATE = 0.05;

export function AgentsPanel({ scope, size }: { scope: Scope; size: PanelSize }) {
  const { data, isPending, error, isPlaceholderData } = useGroups(scope.filter, "agent");
  const rows = data?.rows.slice(0, ROWS) ?? [];
  const all = (data?.rows.length ?? 0) + (data?.more_groups ?? 0);
  const costs = rows.map((row) => (row.cost ? pico(row.cost.total) : 0));
  const most = Math.max(1, ...costs);
  const cols = {
    wide: "20px minmax(0, 1fr) 52px 52px 62px 62px minmax(24px, 70px)",
    phone: "20px minmax(0, 1fr) 52px 52px 62px",
  };
  const range = { ...scope.list(), q: undefined };
  return (
    <Panel
      title="Agents"
      all={{ to: "/agents", search: range, label: all > 0 ? `All ${format.count(all)}` : "All agents" }}
      size={size}
      stale={isPlaceholderData}
    >
      <PanelBody
        loading={isPending}
        error={error}
        empty={rows.length === 0 ? "No agent ran in this range." : null}
      >
        <RankHead cols={cols} labels={["", "", "runs", "failed", "*p50", "cost", "*"]} />
        {rows.map((row, at) => {
          const name = row.group[0] ?? null;
          const rate = row.failed_count / Math.max(1, row.count);
          const inside = (
            <>
              <KindTile category={name === null ? "other" : "agent"} />
              <span className="td">
                <Text text={name ?? "no agent"} tone={name === null ? "dim" : "med"} />
                {row.live_count > 0 && <span className="pulse" title={`${row.live_count} live`} />}
              </span>
              <span className="num">{format.count(row.count)}</span>
              <span
                className={rate >= HIGH_RATE ? "num err-t" : "num mut"}
                title={`${row.failed_count} failed`}
              >
                {format.share(rate, true)}
              </span>
              <span className="num mut no-phone">
                <Duration nanos={row.duration_nanos?.p50} />
              </span>
              <span className="num">
                <Cost usd={row.cost?.total} />
              </span>
              <PartBar part={costs[at]! / most} />
            </>
          );
          return name === null ? (
            <RankRow key="" cols={cols} to="/runs" search={scope.list("-agent:*")}>
              {inside}
            </RankRow>
          ) : (
            <RankRow key={name} cols={cols} to="/agents/$agent" params={{ agent: name }} search={range}>
              {inside}
            </RankRow>
          );
        })}
      </PanelBody>
    </Panel>
  );
}

const WORDS = {
  model: { title: "Models", none: "no model", empty: "No run in this range called a model." },
  tool: { title: "Tools", none: "no tool", empty: "No run in this range called a tool." },
} as const;

/** Models or tools, by the runs that called them: a run with two is in the sums of both. */
export function GroupPanel({
  scope,
  by,
  size,
}: {
  scope: Scope;
  by: Extract<Group, "model" | "tool">;
  size: PanelSize;
}) {
  const { data, isPending, error, isPlaceholderData } = useGroups(scope.filter, by);
  const rows = data?.rows.filter((row) => row.group[0] !== null) ?? [];
  const shown = rows.slice(0, ROWS);
  const more = rows.length - shown.length + (data?.more_groups ?? 0);
  const words = WORDS[by];
  const cols = {
    wide: "20px minmax(0, 1fr) 52px 52px 62px 62px",
    phone: "20px minmax(0, 1fr) 52px 52px 62px",
  };
  return (
    <Panel
      title={words.title}
      note={`sums of the runs that called them${more > 0 ? `, ${format.count(more)} more` : ""}`}
      size={size}
      all={{
        to: "/spans",
        search: scope.list(`category:${by === "tool" ? "tool" : "llm"}`),
        label: "All calls",
      }}
      stale={isPlaceholderData}
    >
      <PanelBody loading={isPending} error={error} empty={rows.length === 0 ? words.empty : null}>
        <RankHead
          cols={cols}
          labels={["", "", "runs", "failed", "*p95", by === "model" ? "cost" : "tokens"]}
        />
        {shown.map((row) => {
          const name = row.group[0]!;
          const rate = row.failed_count / Math.max(1, row.count);
          return (
            <RankRow key={name} cols={cols} to="/runs" search={scope.list(`${by}=${quoted(name)}`)}>
              <KindTile category={by === "tool" ? "tool" : "llm"} />
              <span className="td">
                <bdi className={by === "tool" ? "mono cut" : "cut"} title={format.cut(name)}>
                  {format.cut(name, 60)}
                </bdi>
              </span>
              <span className="num">{format.count(row.count)}</span>
              <span className={rate >= HIGH_RATE ? "num err-t" : "num mut"}>{format.share(rate, true)}</span>
              <span className="num mut no-phone">
                <Duration nanos={row.duration_nanos?.p95} />
              </span>
              <span className="num">
                {by === "model" ? <Cost usd={row.cost?.total} /> : <Tokens amount={row.tokens} />}
              </span>
            </RankRow>
          );
        })}
      </PanelBody>
    </Panel>
  );
}

/** The newest runs. */
export function NewestPanel({ scope, size }: { scope: Scope; size: PanelSize }) {
  const { data, isPending, error, isPlaceholderData } = useSomeRuns(scope.filter, "-start", ROWS);
  const cols = {
    wide: "18px 66px minmax(0, 1fr) 60px 62px",
    phone: "18px 62px minmax(0, 1fr) 60px",
  };
  const total = data?.total ?? 0;
  return (
    <Panel
      title="Newest runs"
      all={{
        to: "/runs",
        search: scope.list(),
        label: data && data.total_is === "exact" && total > 0 ? `All ${format.count(total)}` : "All runs",
      }}
      size={size}
      stale={isPlaceholderData}
    >
      <PanelBody
        loading={isPending}
        error={error}
        empty={data?.traces.length === 0 ? "No run in this range." : null}
      >
        <RankHead cols={cols} labels={["", "", "", "*duration", "cost"]} />
        {data?.traces.map((row) => (
          <RankRow key={row.trace_id} cols={cols} to="/runs/$traceId" params={{ traceId: row.trace_id }}>
            <StateMark run={row} />
            <span className="dim nowrap">
              <When nanos={row.start_nanos} />
            </span>
            <span className="td">
              <Text text={row.input_preview ?? row.name} />
              <Labels labels={row.labels} most={1} />
            </span>
            <span className="num mut no-phone">
              <Duration nanos={row.duration_nanos} />
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

export function SessionsPanel({ scope, size }: { scope: Scope; size: PanelSize }) {
  const { data, isPending, error, isPlaceholderData } = useSomeSessions(scope.sessionFilter, ROWS);
  const cols = {
    wide: "18px 66px minmax(0, 1fr) 40px 62px",
    phone: "18px 62px minmax(0, 1fr) 40px 62px",
  };
  const label =
    data && data.total_is === "exact" && data.total > 0 ? `All ${format.count(data.total)}` : "All sessions";
  return (
    <Panel
      title="Sessions"
      all={{ to: "/sessions", search: scope.list(), label }}
      size={size}
      stale={isPlaceholderData}
    >
      <PanelBody
        loading={isPending}
        error={error}
        empty={data?.sessions.length === 0 ? "No session in this range." : null}
      >
        <RankHead cols={cols} labels={["", "", "", "runs", "cost"]} />
        {data?.sessions.map((one) => (
          <RankRow
            key={one.session_id}
            cols={cols}
            to="/sessions/$sessionId"
            params={{ sessionId: one.session_id }}
          >
            <StateMark run={sessionState(one)} />
            <span className="dim nowrap">
              <When nanos={one.last_start_nanos} />
            </span>
            <Text text={one.session_id} />
            <span className="num mut">{format.count(one.trace_count)}</span>
            <span className="num">
              <Cost usd={one.cost?.total} estimated={one.cost?.estimated} />
            </span>
          </RankRow>
        ))}
      </PanelBody>
    </Panel>
  );
}
