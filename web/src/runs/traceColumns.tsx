/** Columns of the list of runs. */

import type { TraceRow } from "@/api/schema";
import * as format from "@/format";
import type { Column } from "@/ui/Table";
import { StateMark } from "@/ui/state";
import { Cost, When } from "@/ui/values";
import { cachedShare, FirstOf, Labels, RunDuration, Text, TokensCell, valueOf } from "./cells";

const num = { numeric: true } as const;

export const TRACE_COLUMNS: readonly Column<TraceRow>[] = [
  {
    id: "state",
    label: "",
    about: "State",
    width: "18px",
    min: 18,
    cell: (run) => <StateMark run={run} />,
  },
  {
    id: "started",
    label: "Started",
    width: "72px",
    min: 72,
    sort: "start",
    cell: (run) => (
      <span className="dim cut">
        <When nanos={run.start_nanos} />
      </span>
    ),
  },
  {
    id: "agent",
    value: (run) => valueOf("agent", run.agent?.name),
    label: "Agent",
    width: "128px",
    min: 128,
    sort: "agent",
    cell: (run) => <Text text={run.agent?.name} tone="med" />,
  },
  {
    id: "input",
    label: "Input",
    width: "minmax(180px, 1fr)",
    min: 180,
    cell: (run) => (
      <>
        <Text
          text={run.input_preview ?? run.name}
          tone={run.state === "live" ? "" : run.input_preview ? "in" : "dim"}
        />
        <Labels labels={run.labels} />
      </>
    ),
  },
  {
    id: "output",
    label: "Output",
    width: "minmax(140px, 0.7fr)",
    min: 140,
    cell: (run) => <Text text={run.output_preview} tone="in" />,
  },
  {
    id: "name",
    value: (run) => valueOf("name", run.name),
    label: "Name",
    width: "140px",
    min: 140,
    sort: "name",
    cell: (run) => <Text text={run.name} tone="mut" />,
  },
  {
    id: "session",
    value: (run) => valueOf("session", run.session_id),
    label: "Session",
    width: "112px",
    min: 112,
    sort: "session",
    cell: (run) => <Text text={run.session_id} tone="dim" />,
  },
  {
    id: "user",
    value: (run) => valueOf("user", run.user_id),
    label: "User",
    width: "64px",
    min: 64,
    sort: "user",
    cell: (run) => <Text text={run.user_id} tone="mut" />,
  },
  {
    id: "model",
    value: (run) => valueOf("model", run.models[0]),
    label: "Model",
    width: "144px",
    min: 144,
    cell: (run) => <FirstOf names={run.models} />,
  },
  {
    id: "tools",
    value: (run) => valueOf("tool", run.tools[0]),
    label: "Tools",
    width: "120px",
    min: 120,
    cell: (run) => <FirstOf names={run.tools} tone="mut mono" />,
  },
  {
    id: "error",
    label: "Error",
    width: "140px",
    min: 140,
    cell: (run) =>
      run.error ? (
        <Text text={`${run.error.kind}: ${run.error.message}`} tone="err-t" />
      ) : (
        <Text text={null} />
      ),
  },
  {
    id: "spans",
    label: "Spans",
    about: "Number of spans",
    width: "46px",
    min: 46,
    ...num,
    sort: "spans",
    cell: (run) => <span className="mut">{format.count(run.span_count)}</span>,
  },
  {
    id: "errors",
    label: "Failed",
    about: "Number of failed steps",
    width: "46px",
    min: 46,
    ...num,
    sort: "errors",
    cell: (run) => (
      <span className={run.error_count > 0 ? "err-t" : "dim"}>{format.count(run.error_count)}</span>
    ),
  },
  {
    id: "llm_calls",
    label: "Model calls",
    width: "76px",
    min: 76,
    ...num,
    sort: "llm_calls",
    cell: (run) => <span className="mut">{format.count(run.llm_calls)}</span>,
  },
  {
    id: "tool_calls",
    label: "Tool calls",
    width: "68px",
    min: 68,
    ...num,
    sort: "tool_calls",
    cell: (run) => <span className="mut">{format.count(run.tool_calls)}</span>,
  },
  {
    id: "tokens",
    label: "Tokens",
    headClass: "overnum",
    width: "104px",
    min: 104,
    ...num,
    sort: "tokens",
    cell: (run) => <TokensCell usage={run.usage} />,
  },
  {
    id: "cached",
    label: "Cached",
    about: "Share of the input that came from a cache",
    width: "56px",
    min: 56,
    ...num,
    sort: "cache_hit",
    cell: (run) => <span className="mut">{share(run)}</span>,
  },
  {
    id: "cost",
    label: "Cost",
    width: "64px",
    min: 64,
    ...num,
    sort: "cost",
    cell: (run) => <Cost usd={run.cost?.total} estimated={run.cost?.estimated} />,
  },
  {
    id: "duration",
    label: "Duration",
    width: "66px",
    min: 66,
    ...num,
    sort: "duration",
    cell: (run) => <RunDuration run={run} />,
  },
  {
    id: "tags",
    value: (run) => valueOf("tag", run.tags[0]),
    label: "Tags",
    width: "110px",
    min: 110,
    cell: (run) => <FirstOf names={run.tags} />,
  },
  {
    id: "environment",
    value: (run) => valueOf("env", run.environment),
    label: "Environment",
    width: "90px",
    min: 90,
    cell: (run) => <Text text={run.environment} tone="mut" />,
  },
  {
    id: "release",
    value: (run) => valueOf("version", run.release),
    label: "Release",
    width: "84px",
    min: 84,
    cell: (run) => <Text text={run.release} tone="mut" />,
  },
  {
    id: "gaps",
    label: "Gaps",
    about: "Gaps in the receipt: what is known to be missing or odd",
    width: "46px",
    min: 46,
    ...num,
    sort: "receipt.gaps",
    cell: (run) => (
      <span className={run.receipt.gaps > 0 ? "warn-t" : "dim"}>{format.count(run.receipt.gaps)}</span>
    ),
  },
  {
    id: "trace",
    label: "Trace id",
    width: "110px",
    min: 110,
    cell: (run) => (
      <span className="mono dim" title={run.trace_id}>
        {format.cutMiddle(run.trace_id, 14)}
      </span>
    ),
  },
];

function share(run: TraceRow): string {
  const part = cachedShare(run.usage);
  return part === null ? format.ABSENT : format.share(part);
}

export const TRACE_USUAL = [
  "state",
  "started",
  "agent",
  "input",
  "session",
  "user",
  "model",
  "spans",
  "tokens",
  "cost",
  "duration",
];
/** Beside an open run there is room for five. */
export const TRACE_NARROW = ["state", "started", "agent", "input", "duration"];
