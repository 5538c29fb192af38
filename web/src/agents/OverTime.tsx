/** One number of the runs over time, by agent or by model. What is drawn is in the address. */

import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { useAddress } from "@/app/address";
import * as format from "@/format";
import { writeStep } from "@/overview/charts";
import { byGroup, type Measure, STEP_MS } from "@/overview/sums";
import type { Scope, Span } from "@/overview/useScope";
import { useTimeline } from "@/overview/useSums";
import { nanosOf } from "@/runs/range";
import { Chart, Legend } from "@/ui/charts/Chart";
import { wantsLog } from "@/ui/charts/series";

const MEASURES: { id: Measure; label: string; write: (value: number) => string }[] = [
  { id: "runs", label: "Runs", write: format.count },
  { id: "failed", label: "Failed", write: format.count },
  { id: "cost", label: "Cost", write: (value) => format.cost(format.picoToUsd(value)) },
  { id: "tokens", label: "Tokens", write: format.tokens },
  { id: "p50", label: "p50", write: format.duration },
  { id: "p95", label: "p95", write: format.duration },
];
const GROUPS = [
  { id: "agent", label: "by agent", none: "no agent" },
  { id: "model", label: "by model", none: "no model" },
] as const;

const CHART_PX = 168;

/** `model.cost` in the address; runs by agent where it says nothing. */
function read(text: string | undefined) {
  const [group, measure] = (text ?? "").split(".");
  return {
    group: GROUPS.find((one) => one.id === group) ?? GROUPS[0],
    measure: MEASURES.find((one) => one.id === measure) ?? MEASURES[0]!,
  };
}

export function OverTime({ scope, span }: { scope: Scope; span: Span | null }) {
  const { search, update } = useAddress();
  const navigate = useNavigate();
  const { group, measure } = read(search.by);
  const { time, step, partial, error, stale } = useTimeline(scope.filter, span, group.id);
  const series = useMemo(() => (time ? byGroup(time, measure.id, group.none) : []), [time, measure, group]);
  const isTime = measure.id === "p50" || measure.id === "p95";
  const log = isTime && wantsLog(series);
  const choose = (next: { group?: string; measure?: string }) =>
    update({ by: `${next.group ?? group.id}.${next.measure ?? measure.id}` }, "replace");
  return (
    <section className={stale ? "overtime stale" : "overtime"} aria-label="Over time">
      <div className="row choices">
        <Choice
          label="Number"
          options={MEASURES}
          chosen={measure.id}
          onChoose={(id) => choose({ measure: id })}
        />
        <Choice label="Parted" options={GROUPS} chosen={group.id} onChoose={(id) => choose({ group: id })} />
        <span className="dim nowrap">per {step}</span>
        {log && <span className="dim nowrap">by powers of ten</span>}
        {group.id === "model" && !isTime && (
          <span
            className="dim nowrap"
            title="Sums are of runs: one that called two models stands in both parts"
          >
            of runs that called it
          </span>
        )}
        {partial && <span className="dim nowrap">the first {format.count(1_000)} groups</span>}
        <span className="grow" />
        <Legend series={series} />
      </div>
      <Chart
        label={`${measure.label} ${group.label} per ${step}`}
        kind={isTime ? "line" : "bars"}
        xs={time?.xs ?? []}
        from={span?.from}
        to={span?.to}
        series={series}
        log={log}
        write={measure.write}
        writeX={(at) => writeStep(at, step)}
        height={CHART_PX}
        onPick={(place) => {
          const at = time!.xs[place]!;
          const range = { from: nanosOf(at), to: nanosOf(at + STEP_MS[step]) };
          void navigate({ to: "/runs", search: scope.list("", range) as never });
        }}
        empty={error ? "The sums over time did not come" : time ? "Nothing in this range" : ""}
      />
    </section>
  );
}

function Choice({
  label,
  options,
  chosen,
  onChoose,
}: {
  label: string;
  options: readonly { id: string; label: string }[];
  chosen: string;
  onChoose: (id: string) => void;
}) {
  return (
    <span className="seg" role="radiogroup" aria-label={label}>
      {options.map((option) => (
        <button
          type="button"
          key={option.id}
          role="radio"
          aria-checked={option.id === chosen}
          onClick={() => onChoose(option.id)}
        >
          {option.label}
        </button>
      ))}
    </span>
  );
}
