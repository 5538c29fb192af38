/** The lines of the list of runs: each run, and below it the steps that were asked for. */

import type { SpanRow, TraceRow } from "@/api/schema";
import type { Column, Line } from "@/ui/Table";
import { ListRow } from "./ListRow";
import { StepRow, StepsEnd, type StepsOf } from "./Steps";
import { TracePhoneRow } from "./TracePhoneRow";

export const ROW_PX = 34;
export const PHONE_ROW_PX = 64;
const STEP_PX = 30;
const END_PX = 26;

/** How the lines look and what they do. */
interface Drawing {
  columns: readonly Column<TraceRow>[];
  phone: boolean;
  narrow: boolean;
  /** Key of the line with the cursor. */
  at: string | null;
  /** The run that is open beside. */
  open: string | null;
  picked: ReadonlySet<string>;
  deleted: ReadonlySet<string>;
  expanded: readonly string[];
  href: (traceId: string) => string;
  onRow: (traceId: string) => void;
  onStep: (traceId: string, spanId?: string) => void;
  onToggle: (traceId: string) => void;
  onPick: (traceId: string) => void;
  /** Every step of a run is wanted. */
  onAll: (traceId: string) => void;
  onFilter: (field: string, value: string, negated: boolean) => void;
}

const stepKey = (traceId: string, step: SpanRow) => `${traceId}/${step.span_id}`;

/** Keys of the lines that the cursor stops at, in their order. */
export function lineKeys(rows: readonly TraceRow[], steps: ReadonlyMap<string, StepsOf>): string[] {
  return rows.flatMap((row) => [
    row.trace_id,
    ...(steps.get(row.trace_id)?.shown ?? []).map((step) => stepKey(row.trace_id, step)),
  ]);
}

export function runLines(
  rows: readonly TraceRow[],
  steps: ReadonlyMap<string, StepsOf>,
  drawing: Drawing,
): Line[] {
  return rows.flatMap((row) => {
    const below = steps.get(row.trace_id);
    return below ? [runLine(row, drawing), ...stepLines(below, drawing)] : [runLine(row, drawing)];
  });
}

function runLine(row: TraceRow, drawing: Drawing): Line {
  const id = row.trace_id;
  const { phone, narrow, expanded } = drawing;
  return {
    key: id,
    height: phone ? PHONE_ROW_PX : ROW_PX,
    node: (place) => (
      <ListRow
        key={id}
        row={row}
        id={id}
        columns={drawing.columns}
        place={place}
        cursor={drawing.at === id}
        current={drawing.open === id}
        selected={drawing.picked.has(id)}
        deleted={drawing.deleted.has(id)}
        expanded={narrow || row.span_count < 2 ? undefined : expanded.includes(id)}
        href={drawing.href(id)}
        phone={phone ? <TracePhoneRow run={row} /> : null}
        onOpen={drawing.onRow}
        onToggle={drawing.onToggle}
        onSelect={narrow ? undefined : drawing.onPick}
        onFilter={narrow ? undefined : drawing.onFilter}
      />
    ),
  };
}

function stepLines(below: StepsOf, drawing: Drawing): Line[] {
  const { traceId } = below;
  const { columns, at, onStep } = drawing;
  const lines = below.shown.map((step): Line => {
    const key = stepKey(traceId, step);
    return {
      key,
      height: STEP_PX,
      node: (place) => (
        <StepRow
          key={key}
          step={step}
          columns={columns}
          place={place}
          cursor={at === key}
          onOpen={() => onStep(traceId, step.span_id)}
        />
      ),
    };
  });
  const end: Line = {
    key: `${traceId}/end`,
    height: END_PX,
    node: (place) => (
      <StepsEnd
        key={`${traceId}/end`}
        steps={below}
        place={place}
        onAll={() => drawing.onAll(traceId)}
        onOpen={() => onStep(traceId)}
      />
    ),
  };
  return [...lines, end];
}
