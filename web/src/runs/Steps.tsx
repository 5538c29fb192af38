/** What a run did at its first level, below its row in the list: a few steps at once, the rest on demand. */

import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";
import { get } from "@/api/client";
import type { SpanList, SpanRow } from "@/api/schema";
import * as format from "@/format";
import { KindTile } from "@/ui/kind";
import type { Column, LinePlace } from "@/ui/Table";
import { Cost, Duration } from "@/ui/values";
import { categoryOf } from "./category";
import { firstSteps } from "./firstSteps";
import { Text } from "./cells";

/** Steps that one request brings; whoever needs more opens the run. */
const STEPS_MAX = 200;

/** First-level steps of a run. */
export interface StepsOf {
  traceId: string;
  /** Shown now, in their order. */
  shown: SpanRow[];
  total: number;
  /** More than the answer holds. */
  atLeast: boolean;
  loading: boolean;
  failed: boolean;
}

async function load(traceId: string, signal: AbortSignal): Promise<{ steps: SpanRow[]; more: boolean }> {
  const answer = await get<SpanList>(
    "/spans",
    { filter: `trace:${traceId} depth <= 1`, limit: STEPS_MAX + 1 },
    signal,
  );
  const roots = answer.spans.filter((span) => span.depth === 0);
  // One root stands for the run itself; several are its steps.
  const steps = roots.length > 1 ? roots : answer.spans.filter((span) => span.depth === 1);
  return { steps: steps.sort((a, b) => a.index - b.index), more: answer.next_cursor !== null };
}

/** Steps of every run that is opened in the list. `all`: those whose steps are all shown. */
export function useSteps(open: readonly string[], all: ReadonlySet<string>): ReadonlyMap<string, StepsOf> {
  const queries = useQueries({
    queries: open.map((traceId) => ({
      queryKey: ["steps", traceId],
      queryFn: ({ signal }: { signal: AbortSignal }) => load(traceId, signal),
      staleTime: 20_000,
    })),
    combine: (results) => results.map(({ data, isPending, isError }) => ({ data, isPending, isError })),
  });
  return useMemo(() => {
    const found = new Map<string, StepsOf>();
    open.forEach((traceId, at) => {
      const query = queries[at];
      const steps = query?.data?.steps ?? [];
      found.set(traceId, {
        traceId,
        shown: all.has(traceId) ? steps : firstSteps(steps),
        total: steps.length,
        atLeast: query?.data?.more ?? false,
        loading: query?.isPending ?? true,
        failed: query?.isError ?? false,
      });
    });
    return found;
  }, [open, all, queries]);
}

/** One step, its numbers under those of its run. */
export function StepRow<Row>({
  step,
  columns,
  place,
  cursor,
  onOpen,
}: {
  step: SpanRow;
  columns: readonly Column<Row>[];
  place: LinePlace;
  cursor: boolean;
  onOpen: (step: SpanRow) => void;
}) {
  const numbers = columns.findIndex((column) => column.numeric);
  const end = numbers < 3 ? columns.length : numbers;
  const error = step.error;
  const tokens = step.usage?.total ?? step.subtree.usage?.total;
  const usd = step.cost?.total ?? step.subtree.cost;
  return (
    <div
      id={place.id}
      style={place.style}
      aria-rowindex={place.index}
      role="row"
      aria-level={2}
      className={cursor ? "trow kid cur" : "trow kid"}
      onClick={() => onOpen(step)}
    >
      <span role="gridcell" />
      <span role="gridcell" className="off">
        {format.place(step.start_offset_nanos)}
      </span>
      <span role="gridcell" className="td" style={{ gridColumn: `3 / ${end + 1}` }}>
        <KindTile category={categoryOf(step.category)} kind={step.kind} small />
        <span className={step.category === "tool" ? "nowrap mono" : "nowrap"}>
          <bdi>{format.cut(step.display_name, 37)}</bdi>
        </span>
        {error && <span className="label e">{format.cut(error.kind, 28)}</span>}
        {step.subtree.spans > 1 && <span className="cnt">{format.count(step.subtree.spans)}</span>}
        <Text text={step.input_preview ?? step.output_preview ?? error?.message ?? " "} tone="dim" />
      </span>
      {columns.slice(end).map((column) => (
        <span key={column.id} role="gridcell" className="num mut">
          {column.id === "tokens" && tokens ? <span className="under">{format.tokens(tokens)}</span> : null}
          {column.id === "cost" && usd && usd !== "0" ? <Cost usd={usd} /> : null}
          {column.id === "duration" ? <Duration nanos={step.duration_nanos} /> : null}
        </span>
      ))}
    </div>
  );
}

/** `5 of 17 steps, show all`, or why there is none. */
export function StepsEnd({
  steps,
  place,
  onAll,
  onOpen,
}: {
  steps: StepsOf;
  place: LinePlace;
  onAll: () => void;
  onOpen: () => void;
}) {
  const { shown, total, atLeast, loading, failed } = steps;
  return (
    <div
      id={place.id}
      style={place.style}
      aria-rowindex={place.index}
      role="row"
      aria-level={2}
      className="trow kid end"
    >
      <span role="gridcell" className="dim td">
        {loading ? (
          <span className="shimmer bar" />
        ) : failed ? (
          "The steps did not come"
        ) : total === 0 ? (
          "No steps below the root"
        ) : (
          <>
            {format.count(shown.length)} of {atLeast ? "more than " : ""}
            {format.plural(total, "step")}
          </>
        )}
        {!loading && shown.length < total && (
          <button type="button" className="linkish" onClick={onAll}>
            show all
          </button>
        )}
        {!loading && (
          <button type="button" className="linkish" onClick={onOpen}>
            open the run
          </button>
        )}
      </span>
    </div>
  );
}
