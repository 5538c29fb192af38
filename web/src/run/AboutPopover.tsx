/** What else a run says of itself: when, where, with what. Opens from its duration. */

import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import type { TraceRow } from "@/api/schema";
import * as format from "@/format";
import { IconButton } from "@/ui/button";
import { copyText } from "@/ui/copy";
import { Popover } from "@/ui/floating";
import { CopyIcon } from "@/ui/icons";
import { quoted } from "./filter";
import { NoteFacts } from "./NoteFacts";

/** Of a list of names; the rest is counted. */
const NAMES_MAX = 40;

export function AboutPopover({ trace, trigger }: { trace: TraceRow; trigger: ReactElement }) {
  const { llm_calls, llm_calls_failed, tool_calls, tool_calls_failed, embedding_calls } = trace;
  return (
    <Popover trigger={trigger} title="About this run" width={440}>
      <dl className="about">
        <dt>Trace id</dt>
        <dd className="row">
          <span className="mono">{trace.trace_id}</span>
          <IconButton
            icon={CopyIcon}
            label="Copy the trace id"
            onClick={() => void copyText(trace.trace_id, "trace id")}
          />
        </dd>
        <dt>Name</dt>
        <dd>
          <bdi>{format.cut(trace.name) || "nobody said"}</bdi>
        </dd>
        <dt>Started</dt>
        <dd>{format.instant(trace.start_nanos)}</dd>
        <dt>Ended</dt>
        <dd>{trace.end_nanos ? format.instant(trace.end_nanos) : "not yet"}</dd>
        <dt>Calls</dt>
        <dd>
          {calls(llm_calls, llm_calls_failed, "model call")},{" "}
          {calls(tool_calls, tool_calls_failed, "tool call")}
          {embedding_calls > 0 && `, ${format.plural(embedding_calls, "embedding")}`}
        </dd>
        <Names label="Agents" field="agent" names={trace.agents} />
        <Names label="Models" field="model" names={trace.models} />
        <Names label="Providers" field="provider" names={trace.providers} />
        <Names label="Tools" field="tool" names={trace.tools} />
        <Names label="Tags" field="tag" names={trace.tags} />
        <Names label="Environment" field="env" names={trace.environment ? [trace.environment] : []} />
        <Names label="Release" field="version" names={trace.release ? [trace.release] : []} />
        <NoteFacts traceId={trace.trace_id} />
      </dl>
    </Popover>
  );
}

/** `12 model calls, 1 failed`. */
function calls(amount: number, failed: number, one: string): string {
  return `${format.plural(amount, one)}${failed > 0 ? ` (${format.count(failed)} failed)` : ""}`;
}

/** Each leads to the runs that have it too. */
function Names({ label, field, names }: { label: string; field: string; names: string[] }) {
  if (names.length === 0) return null;
  return (
    <>
      <dt>{label}</dt>
      <dd className="names">
        {names.slice(0, NAMES_MAX).map((name) => (
          <Link
            key={name}
            to="/runs"
            search={{ q: `${field}=${quoted(name)}` } as never}
            className="label"
            title={`Runs with this ${label.toLowerCase()}`}
          >
            <bdi>{format.cut(name, 48)}</bdi>
          </Link>
        ))}
        {names.length > NAMES_MAX && <span className="dim">and {names.length - NAMES_MAX} more</span>}
      </dd>
    </>
  );
}
