/** Failed steps, as people speak of them: the same error of the same tool or model is one thing. Pure. */

import type { SpanRow } from "@/api/schema";
import { quoted } from "@/query/edit";
import { tidyError } from "@/run/cause";

/** What the grouping reads of a step. */
export type FailedStep = Pick<
  SpanRow,
  | "trace_id"
  | "span_id"
  | "category"
  | "name"
  | "display_name"
  | "agent_name"
  | "tool_name"
  | "model"
  | "depth"
  | "error"
  | "error_derived"
  | "start_nanos"
>;

/** One kind of failure. */
export interface ErrorGroup {
  key: string;
  /** The error's kind, or the beginning of its words where it has none. */
  kind: string;
  /** The rest of what the newest one said. */
  message: string;
  /** The tool, the model or the step that failed, and what it is. */
  name: string;
  category: SpanRow["category"];
  /** Runs it happened in, and how often in all. */
  runs: number;
  times: number;
  /** Starts of the runs' steps, nanoseconds since 1970, newest first. */
  starts: string[];
  /** The newest of it. */
  latest: { traceId: string; spanId: string };
  /** The condition that holds of such a step, in the filter language. */
  condition: string;
}

/** Groups, those in most runs first. Steps must come newest first. */
export function groupErrors(steps: readonly FailedStep[]): ErrorGroup[] {
  const groups = new Map<string, ErrorGroup & { seen: Set<string> }>();
  for (const step of ownFailures(steps)) {
    const error = tidyError(step.error?.kind ?? "", step.error?.message ?? "");
    const said = step.error?.kind ? error : unnamed(step.error?.message ?? "");
    const name = step.tool_name ?? step.model ?? step.display_name;
    const key = `${said.kind}\n${name}`;
    let group = groups.get(key);
    if (!group) {
      group = {
        key,
        kind: said.kind,
        message: said.message,
        name,
        category: step.category,
        runs: 0,
        times: 0,
        starts: [],
        latest: { traceId: step.trace_id, spanId: step.span_id },
        condition: conditionOf(step, said.kind),
        seen: new Set(),
      };
      groups.set(key, group);
    }
    group.times++;
    group.starts.push(step.start_nanos);
    group.seen.add(step.trace_id);
    group.runs = group.seen.size;
  }
  return [...groups.values()]
    .map(({ seen: _, ...group }) => group)
    .sort((a, b) => b.runs - a.runs || b.times - a.times);
}

/** Without those that failed because a step below did: errors travel up. */
function ownFailures<Step extends FailedStep>(steps: readonly Step[]): Step[] {
  const deepest = new Map<string, number>();
  const sayOf = (step: Step) => `${step.trace_id}\n${step.error?.kind ?? ""}\n${step.error?.message ?? ""}`;
  for (const step of steps) {
    const say = sayOf(step);
    deepest.set(say, Math.max(deepest.get(say) ?? 0, step.depth));
  }
  return steps.filter((step) => {
    if (step.error_derived) return false;
    const holds = step.category === "agent" || step.category === "chain" || step.category === "workflow";
    return !holds || step.error === null || step.depth === deepest.get(sayOf(step));
  });
}

/** Words kept of an error that has no name. */
const WORDS = 6;

/** `exit code 1 in build 77` has no name: its words up to the first that has a digit stand for it. */
function unnamed(message: string): { kind: string; message: string } {
  const line = message.split("\n", 1)[0]!.trim();
  if (line === "") return { kind: "Error", message: "" };
  const words = line.split(/\s+/).slice(0, WORDS);
  const digit = words.findIndex((word) => /\d/.test(word));
  const kept = digit > 1 ? words.slice(0, digit) : words;
  const kind = kept.join(" ").replace(/[:;,]$/, "");
  return { kind, message: line.slice(line.indexOf(kept.at(-1)!) + kept.at(-1)!.length).trim() };
}

/** Longer texts are not asked for: the beginning tells them apart. */
const ASKED_CHARS = 120;

function conditionOf(step: FailedStep, kind: string): string {
  const words = kind.slice(0, ASKED_CHARS);
  const isSaid = step.error !== null && (step.error.kind !== "" || step.error.message !== "");
  return `status:error ${whoseOf(step)}${isSaid ? ` error:"${words.replace(/["\\*]/g, " ")}"` : ""}`;
}

function whoseOf(step: FailedStep): string {
  if (step.tool_name) return `tool=${quoted(step.tool_name)}`;
  if (step.category === "agent" && step.agent_name) return `category:agent agent=${quoted(step.agent_name)}`;
  if (step.model) return `model=${quoted(step.model)}`;
  return `name=${quoted(step.name)}`;
}

/** How many of these moments lie in each of so many parts of a stretch of time. */
export function spread(
  startsNanos: readonly string[],
  fromMs: number,
  toMs: number,
  parts: number,
): number[] {
  const counts = new Array<number>(parts).fill(0);
  if (!(toMs > fromMs)) return counts;
  for (const nanos of startsNanos) {
    const at = Math.floor(((Number(nanos) / 1e6 - fromMs) / (toMs - fromMs)) * parts);
    if (at >= 0 && at <= parts) counts[Math.min(parts - 1, at)]!++;
  }
  return counts;
}
