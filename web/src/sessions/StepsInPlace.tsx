/** What a run did, under its line in the conversation: the steps of its main agent, folded as in its tree. */

import { Link } from "@tanstack/react-router";
import type { TraceRow } from "@/api/schema";
import * as format from "@/format";
import { errorOf } from "@/run/cause";
import { foldWords } from "@/run/transcript/words";
import { type Item, items, totals } from "@/trace/children";
import {
  category,
  displayName,
  failed,
  FLAG,
  has,
  type Skeleton,
  spanId,
  subtreeTokens,
} from "@/trace/skeleton";
import { LoadingRows } from "@/ui/feedback";
import { ErrorIcon, LoopIcon, RightIcon } from "@/ui/icons";
import { KindTile } from "@/ui/kind";
import { Duration, Tokens } from "@/ui/values";
import { speakers } from "./speakers";
import { useSteps } from "./useTurn";

/** Steps shown in place; the run's page has all of them. */
const SHOWN = 40;
const ROW_PX = 28;

export function StepsInPlace({ row }: { row: TraceRow }) {
  const { data: run, error, isPending } = useSteps(row, true);
  if (isPending && row.span_count > 0)
    return <LoadingRows rows={Math.min(6, row.span_count)} height={ROW_PX} />;
  if (!run) {
    return (
      <p className="dim stepnote">
        {row.span_count === 0
          ? "This run has no spans, only events: open it to read them."
          : error instanceof Error
            ? error.message
            : "The steps did not come"}
      </p>
    );
  }
  const below = stepsOf(run);
  const shown = below.slice(0, SHOWN);
  return (
    <>
      <ul className="insteps" aria-label="Steps">
        {shown.map((item) => (
          <li key={item.kind === "span" ? item.span : item.key}>
            <Step run={run} item={item} traceId={row.trace_id} />
          </li>
        ))}
      </ul>
      {below.length > shown.length && (
        <Link to="/runs/$traceId" params={{ traceId: row.trace_id }} className="stepnote linkish">
          {format.count(shown.length)} of {format.plural(below.length, "step")}, all in the run
        </Link>
      )}
    </>
  );
}

/** The items right below the main agent; the roots where nothing is below it. */
function stepsOf(run: Skeleton): Item[] {
  const options = { showInfrastructure: false, fold: true };
  const { agent } = speakers(run);
  const below = agent < 0 ? [] : items(run, agent, options);
  const found = below.length > 0 ? below : items(run, -1, options);
  return found.filter((item) => item.kind !== "infrastructure");
}

function Step({ run, item, traceId }: { run: Skeleton; item: Item; traceId: string }) {
  const first = item.kind === "span" ? item.span : item.covered[0]!;
  return (
    <Link
      to="/runs/$traceId"
      params={{ traceId }}
      search={{ span: spanId(run, first) } as never}
      className="instep"
    >
      <span className="off dim">{format.place(run.start[first]!)}</span>
      {item.kind === "span" ? <One run={run} span={item.span} /> : <Several run={run} item={item} />}
    </Link>
  );
}

function One({ run, span }: { run: Skeleton; span: number }) {
  const kind = category(run, span);
  const error = failed(run, span) && !has(run, span, FLAG.errorDerived) ? errorOf(run, span) : null;
  const open = has(run, span, FLAG.open);
  const spans = run.subtreeSpans[span]!;
  return (
    <>
      <KindTile category={kind} kind={run.strings[run.kind[span]!]} small />
      <bdi className={kind === "tool" ? "mono cut" : "cut"}>{format.cut(displayName(run, span), 60)}</bdi>
      {spans > 1 && <span className="cnt">{format.count(spans)}</span>}
      {error && (
        <span className="err-t errword">
          <ErrorIcon size={13} strokeWidth={1.5} className="i" aria-hidden />
          <bdi className="cut">{format.cut([error.kind, error.message].filter(Boolean).join(": "), 120)}</bdi>
        </span>
      )}
      <span className="grow" />
      <span className="num dim tk">
        <Tokens amount={subtreeTokens(run, span)} />
      </span>
      <span className={open ? "num live-t" : "num mut"}>
        {open ? "running" : <Duration nanos={run.duration[span]} />}
      </span>
    </>
  );
}

function Several({ run, item }: { run: Skeleton; item: Exclude<Item, { kind: "span" }> }) {
  const { head, rest } = foldWords(run, item);
  const sums = totals(run, item.covered);
  const isLoop = item.kind === "loop";
  return (
    <>
      {isLoop ? (
        <LoopIcon size={14} strokeWidth={1.5} className="i warn-t" aria-label="Loop" />
      ) : (
        <RightIcon size={12} strokeWidth={1.5} className="i dim" aria-hidden />
      )}
      <bdi className={isLoop ? "mono nowrap" : "nowrap"}>{head}</bdi>
      <bdi className="cut dim">{rest}</bdi>
      {sums.errors > 0 && <span className="cnt e">{format.count(sums.errors)} failed</span>}
      <span className="grow" />
      <span className="num dim tk">
        <Tokens amount={sums.tokens} />
      </span>
      <span className="num mut">
        <Duration nanos={sums.end - sums.start} />
      </span>
    </>
  );
}
