/** How long steps take, by what they are. Pure. */

import type { SpanRow } from "@/api/schema";
import { quoted } from "@/query/edit";

export type TimedStep = Pick<
  SpanRow,
  "category" | "name" | "display_name" | "tool_name" | "model" | "duration_nanos" | "trace_id"
>;

/** All steps of one tool or one model. */
export interface Timed {
  key: string;
  name: string;
  category: SpanRow["category"];
  calls: number;
  /** Nanoseconds, of the steps that have ended. */
  p50: number;
  p95: number;
  /** The condition that holds of such a step. */
  condition: string;
}

/** The slowest first, by the time that 95 of 100 stay under. Open steps and negative times are left out. */
export function bySpeed(steps: readonly TimedStep[]): Timed[] {
  const groups = new Map<string, { step: TimedStep; name: string; times: number[] }>();
  for (const step of steps) {
    if (step.duration_nanos === null || step.duration_nanos < 0) continue;
    const name = step.tool_name ?? step.model ?? step.display_name;
    const key = `${step.category}\n${name}`;
    const group = groups.get(key);
    if (group) group.times.push(step.duration_nanos);
    else groups.set(key, { step, name, times: [step.duration_nanos] });
  }
  return [...groups]
    .map(([key, { step, name, times }]): Timed => {
      times.sort((a, b) => a - b);
      return {
        key,
        name,
        category: step.category,
        calls: times.length,
        p50: percentile(times, 0.5),
        p95: percentile(times, 0.95),
        condition: conditionOf(step),
      };
    })
    .sort((a, b) => b.p95 - a.p95);
}

/** The smallest value that so large a share does not exceed (nearest rank). Values ascend. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

function conditionOf(step: TimedStep): string {
  if (step.tool_name) return `tool=${quoted(step.tool_name)}`;
  if (step.model) return `model=${quoted(step.model)}`;
  return `name=${quoted(step.name)}`;
}

/** A length that is written in a filter is rounded: down, so that the step it was taken from is found. */
export function atLeast(nanos: number): number {
  const unit = nanos < 1e6 ? 1e3 : nanos < 1e9 ? 1e6 : nanos < 6e10 ? 1e8 : 1e9;
  return Math.floor(nanos / unit) * unit;
}
