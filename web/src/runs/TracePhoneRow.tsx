import type { TraceRow } from "@/api/schema";
import { cut, tokens } from "@/format";
import { StateMark } from "@/ui/state";
import { Cost, When } from "@/ui/values";
import { Labels, RunDuration, Text } from "./cells";

/** A run in two lines: what it was about and when; who, how long, how dear. */
export function TracePhoneRow({ run }: { run: TraceRow }) {
  return (
    <>
      <StateMark run={run} />
      <Text text={run.input_preview ?? run.name} tone={run.input_preview ? "" : "mut"} />
      <span className="num dim">
        <When nanos={run.start_nanos} />
      </span>
      <span className="second">
        <bdi className="mut cut">{cut(run.agent?.name ?? run.name, 40)}</bdi>
        <RunDuration run={run} />
        <Cost usd={run.cost?.total} />
        <span>{tokens(run.usage.total)}</span>
        <Labels labels={run.labels} most={1} />
      </span>
    </>
  );
}
