/** A call of a tool and its result as one box, red below where it failed. The result may be a span of its own. */

import { bytes, cutMiddle, duration } from "@/format";
import { displayName, failed, FLAG, has, type Skeleton } from "@/trace/skeleton";
import { IconButton } from "@/ui/button";
import { ErrorIcon, LiveIcon, OkIcon, RightIcon } from "@/ui/icons";
import { KindTile } from "@/ui/kind";
import { useRun } from "../store";
import { Fold } from "./Fold";
import { LongTextsContext, useLongTextsOf } from "./longTexts";
import { charsOf, type ToolPair } from "./messages";
import { toolSpanOf } from "./toolSpans";
import { useDetail } from "./useDetail";
import { Value } from "./Value";
import { FindContext, NOT_FINDING } from "./find";

export function ToolBox({ pair }: { pair: ToolPair }) {
  const run = useRun((state) => state.run);
  const goTo = useRun((state) => state.goTo);
  const span = toolSpanOf(run, pair.id);
  const name = pair.name || (span >= 0 ? displayName(run, span) : "") || "tool";
  return (
    <div className="pair">
      <div>
        <div className="h">
          <KindTile category="tool" small />
          <bdi className="mono med cut" title={name}>
            {name}
          </bdi>
          {pair.id && (
            <bdi className="dim mono nowrap callid" title={`id of the call: ${pair.id}`}>
              {cutMiddle(pair.id, 16)}
            </bdi>
          )}
          <span className="grow" />
          {span >= 0 && <Outcome run={run} span={span} />}
          {span >= 0 && (
            <IconButton
              icon={RightIcon}
              label="Go to the span of this call"
              className="sm"
              onClick={() => goTo(span)}
            />
          )}
        </div>
        {pair.call && (
          <Value value={pair.call.arguments} pointer={pair.call.pointer} label={`Arguments of ${name}`} />
        )}
        {!pair.call && <p className="dim fs12">The call itself is not in this prompt</p>}
      </div>
      <Result pair={pair} run={run} span={span} name={name} />
    </div>
  );
}

/** How long the call took and whether it failed. */
function Outcome({ run, span }: { run: Skeleton; span: number }) {
  const open = has(run, span, FLAG.open);
  const Icon = failed(run, span) ? ErrorIcon : open ? LiveIcon : OkIcon;
  const state = failed(run, span) ? "error" : open ? "live" : "ok";
  const word = failed(run, span) ? "Failed" : open ? "Running" : "Completed";
  return (
    <>
      <span className="dim nowrap">{open ? "running" : duration(run.duration[span])}</span>
      <span className={`state bare k-${state}`} title={word}>
        <Icon size={14} strokeWidth={1.5} aria-hidden />
        <span className="vh">{word}</span>
      </span>
    </>
  );
}

function Result({ pair, run, span, name }: { pair: ToolPair; run: Skeleton; span: number; name: string }) {
  const bad = span >= 0 && failed(run, span);
  const error = bad ? run.strings[run.errorMessage[span]!] : "";
  if (pair.result) {
    const { value, pointer } = pair.result;
    return (
      <div className={bad ? "bad" : undefined}>
        {bad ? <Failed run={run} span={span} /> : <ResultHead size={charsOf(value)} />}
        <Value value={value} pointer={pointer} label={`Result of ${name}`} />
      </div>
    );
  }
  if (bad) {
    return (
      <div className="bad">
        <Failed run={run} span={span} />
        {error && <p className="failedtext">{error}</p>}
      </div>
    );
  }
  if (span < 0 || has(run, span, FLAG.open)) return null;
  return (
    <div className="laterresult">
      <Fold
        className="h"
        summary={
          <>
            <span className="dim">Result</span>
            <span className="dim">{bytes(run.outputBytes[span]!)}</span>
          </>
        }
      >
        {() => <LaterResult run={run} span={span} name={name} />}
      </Fold>
    </div>
  );
}

function ResultHead({ size }: { size: number }) {
  return (
    <div className="h">
      <span className="dim">Result</span>
      {size > 1_000 && <span className="dim">{bytes(size)}</span>}
    </div>
  );
}

function Failed({ run, span }: { run: Skeleton; span: number }) {
  const kind = run.strings[run.errorKind[span]!] || "Failed";
  return (
    <div className="h failedhead">
      <ErrorIcon size={14} strokeWidth={1.5} className="i" aria-hidden />
      <bdi className="med">{kind}</bdi>
      <span className="nowrap">after {duration(run.duration[span])}</span>
    </div>
  );
}

/** The result of a call that this model call asked for: it came later, in a span of its own. */
function LaterResult({ run, span, name }: { run: Skeleton; span: number; name: string }) {
  const { detail, error } = useDetail(run, span);
  if (error) return <p className="err-t fs12">The result could not be read</p>;
  if (!detail) return <div className="shimmer line" aria-label="Loading" />;
  return <Loaded detail={detail} traceId={run.trace.trace_id} name={name} />;
}

function Loaded({
  detail,
  traceId,
  name,
}: {
  detail: NonNullable<ReturnType<typeof useDetail>["detail"]>;
  traceId: string;
  name: string;
}) {
  const texts = useLongTextsOf(traceId, detail.span.span_id, detail);
  const result = detail.content.tool?.result ?? detail.content.output;
  if (result === null) return <p className="dim fs12">The sender said no result</p>;
  return (
    <LongTextsContext value={texts}>
      <FindContext value={NOT_FINDING}>
        <Value value={result} pointer="/content/tool/result" label={`Result of ${name}`} />
      </FindContext>
    </LongTextsContext>
  );
}
