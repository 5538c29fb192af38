/** Beside the conversation: sums, how the context grew, who and where, labels. */

import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { memo, type ReactNode, useMemo } from "react";
import { get } from "@/api/client";
import type { Session, SpanList, TraceRow } from "@/api/schema";
import * as format from "@/format";
import { add } from "@/query/edit";
import { short, toneOf } from "@/run/labels";
import { sessionLength } from "@/runs/sessionColumns";
import { Chart, Legend } from "@/ui/charts/Chart";
import { Cost, Duration, TokenBar, Tokens, When } from "@/ui/values";
import { growth } from "./context";
import { ofSession } from "./useSessionRuns";
import { workingTime } from "./words";

export const Side = memo(function Side({
  session,
  rows,
  isWhole,
}: {
  session: Session;
  rows: readonly TraceRow[];
  /** All runs are loaded. */
  isWhole: boolean;
}) {
  return (
    <aside className="side" aria-label="About this session">
      <Totals session={session} rows={rows} isWhole={isWhole} />
      <Context sessionId={session.session_id} />
      <Who session={session} rows={rows} />
    </aside>
  );
});

function Totals({
  session,
  rows,
  isWhole,
}: {
  session: Session;
  rows: readonly TraceRow[];
  isWhole: boolean;
}) {
  const { usage, cost, failed_count: failed } = session;
  const worked = workingTime(rows);
  return (
    <section className="sec">
      <h3 className="sech">Totals</h3>
      <dl className="sums">
        <dt>Working time</dt>
        <dd
          title={
            isWhole ? "The durations of its runs" : `Of the ${format.count(rows.length)} runs that are loaded`
          }
        >
          {!isWhole && worked !== null && "≥ "}
          <Duration nanos={worked} />
        </dd>
        <dt>From first to last</dt>
        <dd>
          <Duration nanos={sessionLength(session)} />
        </dd>
        <dt>Spans</dt>
        <dd>{format.count(session.span_count)}</dd>
        <dt>Model calls, tools</dt>
        <dd>
          {format.count(session.llm_calls)}, {format.count(session.tool_calls)}
        </dd>
        <dt>Tokens</dt>
        <dd className="row">
          <TokenBar input={usage.input} cacheRead={usage.cache_read} output={usage.output} />
          <Tokens amount={usage.total} />
        </dd>
        <dt>Cost</dt>
        <dd>
          <Cost usd={cost?.total} estimated={cost?.estimated} />
        </dd>
        <dt>Failed runs</dt>
        <dd className={failed > 0 ? "err-t" : undefined}>{format.count(failed)}</dd>
        <dt>Failed steps</dt>
        <dd className={session.error_count > 0 ? "err-t" : undefined}>{format.count(session.error_count)}</dd>
      </dl>
    </section>
  );
}

/** Model calls that are drawn: the newest. */
const CALLS = 400;
const CHART_PX = 112;

function Context({ sessionId }: { sessionId: string }) {
  const navigate = useNavigate();
  const { data, error } = useQuery({
    queryKey: ["context", sessionId],
    queryFn: ({ signal }) => {
      const filter = add(ofSession(sessionId), "category:llm");
      return get<SpanList>("/spans", { filter, limit: CALLS }, signal);
    },
    staleTime: 30_000,
    retry: false,
  });
  const grown = useMemo(() => (data ? growth(data.spans) : null), [data]);
  if (!data && !error) return <section className="sec" aria-busy="true" style={{ height: CHART_PX + 60 }} />;
  const series = grown
    ? [
        { id: "cached", label: "from cache", colour: "--tok-cache", values: grown.cached },
        { id: "fresh", label: "fresh", colour: "--tok-fresh", values: grown.fresh },
      ]
    : [];
  const shown = series.filter(({ values }) => values.some((value) => value !== null));
  return (
    <section className="sec">
      <h3 className="sech">
        <span className="cut">
          Context{grown?.agent ? " of " : ""}
          {grown?.agent && <bdi>{format.cut(grown.agent, 40)}</bdi>}
        </span>
        <span className="grow" />
        {grown && <span className="dim">{format.tokens(grown.last)} now</span>}
      </h3>
      <Chart
        label="Tokens of each prompt of this session"
        kind="bars"
        counted
        xs={grown ? grown.calls.map((_, at) => at + 1) : []}
        series={shown}
        write={format.tokens}
        writeX={(x) =>
          `call ${x}${data?.next_cursor ? ` of the last ${CALLS}` : ""}, ${grown?.calls[x - 1]?.display_name ?? ""}`
        }
        height={CHART_PX}
        onPick={(at) => {
          const call = grown?.calls[at];
          if (!call) return;
          void navigate({
            to: "/runs/$traceId",
            params: { traceId: call.trace_id },
            search: { span: call.span_id } as never,
          });
        }}
        empty={error ? "The model calls did not come" : "No model call says its tokens"}
      />
      {grown && (
        <>
          <Legend series={shown} />
          <p className="mut sidenote">
            {format.plural(grown.calls.length, "model call")}
            {data?.next_cursor && ", the newest ones"}, {format.tokens(grown.most)} tokens at most
            {grown.breaks.length > 0 &&
              `; ${format.plural(grown.breaks.length, "time")} the context was cut or begun anew`}
            .
          </p>
        </>
      )}
    </section>
  );
}

/** Names shown of each; the rest are counted. */
const NAMES = 6;

function Who({ session, rows }: { session: Session; rows: readonly TraceRow[] }) {
  const models = [...new Set(rows.flatMap((row) => row.models))];
  const places = [
    ...new Set(rows.flatMap((row) => [row.environment, row.release].filter((one) => one !== null))),
  ];
  const labels = session.labels;
  return (
    <section className="sec">
      <h3 className="sech">Who and where</h3>
      <dl className="who">
        <dt>User</dt>
        <dd>
          <Names
            names={session.users}
            link={(name) => (
              <Link to="/users/$userId" params={{ userId: name }} className="plain">
                <bdi>{format.cut(name, 80)}</bdi>
              </Link>
            )}
          />
        </dd>
        <dt>Agent</dt>
        <dd>
          <Names
            names={session.agents.map((agent) => agent.name)}
            link={(name) => (
              <Link to="/agents/$agent" params={{ agent: name }} className="plain">
                <bdi>{format.cut(name, 80)}</bdi>
              </Link>
            )}
          />
        </dd>
        <dt>Models</dt>
        <dd>
          <Names names={models} link={(name) => <bdi>{format.cut(name, 80)}</bdi>} />
        </dd>
        {places.length > 0 && (
          <>
            <dt>Where</dt>
            <dd>
              <Names names={places} link={(name) => <bdi>{format.cut(name, 80)}</bdi>} />
            </dd>
          </>
        )}
        <dt>Began</dt>
        <dd>
          <When nanos={session.first_start_nanos} />
        </dd>
        <dt>Last run</dt>
        <dd>
          <When nanos={session.last_start_nanos} />
        </dd>
        <dt>Labels</dt>
        <dd className="sidelabels">
          {labels.length === 0 && <span className="dim">none</span>}
          {labels.slice(0, 12).map((label, at) => (
            <span key={at} className={`label ${toneOf(label.name)}`} title={label.explanation ?? undefined}>
              <bdi>{format.cut(short(label), 40)}</bdi>
            </span>
          ))}
          {labels.length > 12 && <span className="dim">+{labels.length - 12}</span>}
        </dd>
      </dl>
    </section>
  );
}

function Names({ names, link }: { names: readonly string[]; link: (name: string) => ReactNode }) {
  if (names.length === 0) return <span className="dim">{format.ABSENT}</span>;
  return (
    <span className="namelist">
      {names.slice(0, NAMES).map((name) => (
        <span key={name} className="cut" title={format.cut(name)}>
          {link(name)}
        </span>
      ))}
      {names.length > NAMES && <span className="dim">{names.length - NAMES} more</span>}
    </span>
  );
}
