/** Columns of the list of spans. */

import type { SpanRow } from "@/api/schema";
import * as format from "@/format";
import { categoryOf } from "./category";
import { KindTile } from "@/ui/kind";
import { ErrorIcon, LiveIcon, OkIcon } from "@/ui/icons";
import type { Column } from "@/ui/Table";
import { Cost, Duration, When } from "@/ui/values";
import { Text, TokensCell, valueOf } from "./cells";

/** What a span came to: failed, still open, or fine. */
function SpanMark({ span }: { span: SpanRow }) {
  const [tone, text, Icon] =
    span.status === "error"
      ? (["error", "Failed", ErrorIcon] as const)
      : span.open
        ? (["live", "Open", LiveIcon] as const)
        : (["ok", "Completed", OkIcon] as const);
  return (
    <span className={`state k-${tone} bare`} title={text}>
      <Icon size={14} strokeWidth={1.5} aria-hidden />
      <span className="vh">{text}</span>
    </span>
  );
}

const num = { numeric: true } as const;

export const SPAN_COLUMNS: readonly Column<SpanRow>[] = [
  {
    id: "state",
    label: "",
    about: "State",
    width: "18px",
    min: 18,
    cell: (span) => <SpanMark span={span} />,
  },
  {
    id: "started",
    label: "Started",
    width: "72px",
    min: 72,
    cell: (span) => (
      <span className="dim cut">
        <When nanos={span.start_nanos} />
      </span>
    ),
  },
  {
    id: "step",
    value: (span) => valueOf("name", span.name),
    label: "Step",
    width: "190px",
    min: 190,
    cell: (span) => (
      <>
        <KindTile category={categoryOf(span.category)} kind={span.kind} small />
        <Text text={span.display_name} tone={span.category === "tool" ? "mono" : "med"} />
      </>
    ),
  },
  {
    id: "input",
    label: "Input",
    width: "minmax(180px, 1fr)",
    min: 180,
    cell: (span) => (
      <>
        {span.error && <span className="label e">{format.cut(span.error.kind, 28)}</span>}
        <Text text={span.input_preview} tone="in" />
      </>
    ),
  },
  {
    id: "output",
    label: "Output",
    width: "minmax(140px, 0.8fr)",
    min: 140,
    cell: (span) => <Text text={span.output_preview} tone="in" />,
  },
  {
    id: "run",
    value: (span) => valueOf("trace", span.trace_id),
    label: "Run",
    width: "130px",
    min: 130,
    cell: (span) => <Text text={span.trace_name} tone="dim" />,
  },
  {
    id: "agent",
    value: (span) => valueOf("agent", span.agent_name),
    label: "Agent",
    width: "110px",
    min: 110,
    cell: (span) => <Text text={span.agent_name} tone="mut" />,
  },
  {
    id: "model",
    value: (span) => valueOf("model", span.model),
    label: "Model",
    width: "140px",
    min: 140,
    cell: (span) => <Text text={span.model} tone="mut" />,
  },
  {
    id: "provider",
    value: (span) => valueOf("provider", span.provider),
    label: "Provider",
    width: "90px",
    min: 90,
    cell: (span) => <Text text={span.provider} tone="mut" />,
  },
  {
    id: "session",
    value: (span) => valueOf("session", span.session_id),
    label: "Session",
    width: "112px",
    min: 112,
    cell: (span) => <Text text={span.session_id} tone="dim" />,
  },
  {
    id: "user",
    value: (span) => valueOf("user", span.user_id),
    label: "User",
    width: "64px",
    min: 64,
    cell: (span) => <Text text={span.user_id} tone="mut" />,
  },
  {
    id: "name",
    value: (span) => valueOf("name", span.name),
    label: "Raw name",
    about: "The name that the sender gave",
    width: "140px",
    min: 140,
    cell: (span) => <Text text={span.name} tone="mut" />,
  },
  {
    id: "kind",
    value: (span) => valueOf("kind", span.kind),
    label: "Kind",
    about: "The sender's own word for the kind of step",
    width: "90px",
    min: 90,
    cell: (span) => <Text text={span.kind} tone="mut" />,
  },
  {
    id: "error",
    label: "Error",
    width: "160px",
    min: 160,
    cell: (span) => <Text text={span.error && `${span.error.kind}: ${span.error.message}`} tone="err-t" />,
  },
  {
    id: "finish",
    value: (span) => valueOf("finish", span.finish_reason),
    label: "Finish",
    about: "Why the model stopped",
    width: "80px",
    min: 80,
    cell: (span) => <Text text={span.finish_reason} tone="mut" />,
  },
  {
    id: "ttft",
    label: "First token",
    width: "74px",
    min: 74,
    ...num,
    cell: (span) => <Duration nanos={span.ttft_nanos} />,
  },
  {
    id: "tokens",
    label: "Tokens",
    headClass: "overnum",
    width: "104px",
    min: 104,
    ...num,
    cell: (span) => <TokensCell usage={span.usage} />,
  },
  {
    id: "cost",
    label: "Cost",
    width: "64px",
    min: 64,
    ...num,
    cell: (span) => <Cost usd={span.cost?.total} estimated={span.cost?.estimated} />,
  },
  {
    id: "duration",
    label: "Duration",
    width: "66px",
    min: 66,
    ...num,
    cell: (span) => <Duration nanos={span.duration_nanos} />,
  },
  {
    id: "span",
    label: "Span id",
    width: "110px",
    min: 110,
    cell: (span) => <span className="mono dim">{format.cutMiddle(span.span_id, 16)}</span>,
  },
];

export const SPAN_USUAL = ["state", "started", "step", "input", "run", "model", "tokens", "cost", "duration"];
export const SPAN_NARROW = ["state", "started", "step", "input", "duration"];
