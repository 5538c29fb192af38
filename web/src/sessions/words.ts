/** What a session says of itself between and beside the words of its runs. Pure. */

import type { TraceRow } from "@/api/schema";
import * as format from "@/format";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `6 minutes later`, `1 day 22 hours later`; null where it went on within a minute. */
export function gapWords(ms: number): string | null {
  if (!(ms >= MINUTE)) return null;
  const days = Math.floor(ms / DAY);
  const hours = Math.floor((ms % DAY) / HOUR);
  const minutes = Math.floor((ms % HOUR) / MINUTE);
  if (days >= 10 || (days > 0 && hours === 0)) return `${format.plural(days, "day")} later`;
  if (days > 0) return `${format.plural(days, "day")} ${format.plural(hours, "hour")} later`;
  if (hours >= 6 || (hours > 0 && minutes === 0)) return `${format.plural(hours, "hour")} later`;
  if (hours > 0) return `${format.plural(hours, "hour")} ${format.plural(minutes, "minute")} later`;
  return `${format.plural(minutes, "minute")} later`;
}

type Times = Pick<TraceRow, "start_nanos" | "end_nanos" | "duration_nanos">;

/** Milliseconds from the end of a run to the start of the next; negative where they overlap. */
export function gapBetween(before: Times, after: Times): number {
  const end = before.end_nanos ?? before.start_nanos;
  return Number((BigInt(after.start_nanos) - BigInt(end)) / 1_000_000n);
}

/** Nanoseconds that the runs took together; null where none says. Runs side by side count both. */
export function workingTime(runs: readonly Times[]): number | null {
  const known = runs.map((run) => run.duration_nanos).filter((nanos) => nanos !== null);
  return known.length === 0 ? null : known.reduce((sum, nanos) => sum + Math.max(0, nanos), 0);
}

type Work = Pick<TraceRow, "llm_calls" | "tool_calls" | "embedding_calls" | "agents" | "span_count">;

/** `9 calls, 14 tools, 2 sub-agents`; the spans where none of them is known. */
export function workWords(run: Work): string {
  const parts: string[] = [];
  if (run.llm_calls > 0) parts.push(format.plural(run.llm_calls, "call"));
  if (run.tool_calls > 0) parts.push(format.plural(run.tool_calls, "tool"));
  if (run.agents.length > 1) parts.push(format.plural(run.agents.length - 1, "sub-agent"));
  if (parts.length === 0 && run.embedding_calls > 0)
    parts.push(format.plural(run.embedding_calls, "embedding"));
  if (parts.length === 0) {
    return run.span_count === 0 ? "events only" : format.plural(run.span_count, "step");
  }
  return parts.join(", ");
}

/** Model calls and tools that failed; "" where none did. */
export function failedWords(
  run: Pick<TraceRow, "llm_calls_failed" | "tool_calls_failed" | "error_count">,
): string {
  const parts: string[] = [];
  if (run.tool_calls_failed > 0) parts.push(`${format.plural(run.tool_calls_failed, "tool")} failed`);
  if (run.llm_calls_failed > 0) parts.push(`${format.plural(run.llm_calls_failed, "call")} failed`);
  if (parts.length === 0 && run.error_count > 0) return `${format.plural(run.error_count, "step")} failed`;
  return parts.join(", ");
}

/** `4 runs, two days`: on how many days of the reader the session was. */
export function lengthWords(count: number, firstMs: number, lastMs: number): string {
  const days = Math.round((midnight(lastMs) - midnight(firstMs)) / DAY) + 1;
  const runs = format.plural(count, "run");
  return days <= 1 ? runs : `${runs} over ${format.plural(days, "day")}`;
}

function midnight(ms: number): number {
  return new Date(ms).setHours(0, 0, 0, 0);
}
