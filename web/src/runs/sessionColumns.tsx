/** Columns of the list of sessions. */

import type { Session } from "@/api/schema";
import * as format from "@/format";
import type { Column } from "@/ui/Table";
import { StateMark } from "@/ui/state";
import { Cost, When } from "@/ui/values";
import { cachedShare, exactly, FirstOf, Labels, Text, TokensCell, valueOf } from "./cells";

const num = { numeric: true } as const;

/** From the start of its first run to the end of its last, nanoseconds; null while nothing has ended. */
export function sessionLength(session: Session): number | null {
  if (session.first_start_nanos === null || session.last_end_nanos === null) return null;
  return Number(BigInt(session.last_end_nanos) - BigInt(session.first_start_nanos));
}

/** The facts that a state mark reads; `failed` runs are the session's own failures. */
export function sessionState(session: Session) {
  return {
    state: session.state,
    status: session.error_count > 0 ? "error" : "ok",
    root_status: session.failed_count > 0 && session.failed_count === session.trace_count ? "error" : "ok",
    error_count: session.error_count,
  };
}

export const SESSION_COLUMNS: readonly Column<Session>[] = [
  {
    id: "state",
    label: "",
    about: "State",
    width: "18px",
    min: 18,
    cell: (one) => <StateMark run={sessionState(one)} />,
  },
  {
    id: "last",
    label: "Last run",
    width: "72px",
    min: 72,
    sort: "end",
    cell: (one) => (
      <span className="dim cut">
        <When nanos={one.last_start_nanos} />
      </span>
    ),
  },
  {
    id: "session",
    label: "Session",
    width: "minmax(160px, 1fr)",
    min: 160,
    sort: "session",
    cell: (one) => (
      <>
        <Text text={one.session_id} tone="med" />
        <Labels labels={one.labels} />
      </>
    ),
  },
  {
    id: "user",
    value: (one) => valueOf("user", one.users[0]),
    label: "User",
    width: "100px",
    min: 100,
    cell: (one) => <FirstOf names={one.users} />,
  },
  {
    id: "agents",
    value: (one) => valueOf("agent", one.agents[0]?.name),
    label: "Agents",
    width: "minmax(120px, 0.7fr)",
    min: 120,
    cell: (one) => <FirstOf names={one.agents.map((agent) => agent.name)} />,
  },
  {
    id: "started",
    label: "Started",
    width: "72px",
    min: 72,
    sort: "start",
    cell: (one) => (
      <span className="dim cut">
        <When nanos={one.first_start_nanos} />
      </span>
    ),
  },
  {
    id: "runs",
    label: "Runs",
    width: "46px",
    min: 46,
    ...num,
    sort: "traces",
    cell: (one) => format.count(one.trace_count),
  },
  {
    id: "failed",
    label: "Failed",
    about: "Runs that failed themselves",
    width: "50px",
    min: 50,
    ...num,
    cell: (one) => (
      <span
        className={one.failed_count > 0 ? "err-t" : "dim"}
        title={`${one.error_trace_count} with failed steps`}
      >
        {format.count(one.failed_count)}
      </span>
    ),
  },
  {
    id: "spans",
    label: "Spans",
    width: "50px",
    min: 50,
    ...num,
    sort: "spans",
    cell: (one) => <span className="mut">{format.count(one.span_count)}</span>,
  },
  {
    id: "llm_calls",
    label: "Model calls",
    width: "76px",
    min: 76,
    ...num,
    sort: "llm_calls",
    cell: (one) => <span className="mut">{format.count(one.llm_calls)}</span>,
  },
  {
    id: "tool_calls",
    label: "Tool calls",
    width: "68px",
    min: 68,
    ...num,
    sort: "tool_calls",
    cell: (one) => <span className="mut">{format.count(one.tool_calls)}</span>,
  },
  {
    id: "tokens",
    label: "Tokens",
    headClass: "overnum",
    width: "104px",
    min: 104,
    ...num,
    sort: "tokens",
    cell: (one) => <TokensCell usage={one.usage} />,
  },
  {
    id: "cached",
    label: "Cached",
    about: "Share of the input that came from a cache",
    width: "56px",
    min: 56,
    ...num,
    sort: "cache_hit",
    cell: (one) => {
      const part = cachedShare(one.usage);
      return <span className="mut">{part === null ? format.ABSENT : format.share(part)}</span>;
    },
  },
  {
    id: "cost",
    label: "Cost",
    width: "64px",
    min: 64,
    ...num,
    sort: "cost",
    cell: (one) => <Cost usd={one.cost?.total} estimated={one.cost?.estimated} />,
  },
  {
    id: "duration",
    label: "Duration",
    about: "From the start of the first run to the end of the last",
    width: "72px",
    min: 72,
    ...num,
    sort: "duration",
    cell: (one) => <span title={exactly(sessionLength(one))}>{format.duration(sessionLength(one))}</span>,
  },
];

export const SESSION_USUAL = [
  "state",
  "last",
  "session",
  "user",
  "agents",
  "runs",
  "failed",
  "tokens",
  "cost",
  "duration",
];
