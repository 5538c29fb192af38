/** The agents of the workspace with the sums of their runs in a range. Pure. */

import type { Agent, StatsRow } from "@/api/schema";
import { pico } from "@/overview/sums";

/** One line of the list. */
export interface AgentRow {
  /** null: runs that name no agent. */
  name: string | null;
  /** null where it did not run in the range. */
  sums: StatsRow | null;
  /** When it ran last at all, nanoseconds since 1970. */
  last: string | null;
}

/** Those that ran in the range, most runs first, then the others as they ran last. */
export function agentRows(sums: readonly StatsRow[], known: readonly Agent[]): AgentRow[] {
  const last = new Map(known.map((agent) => [agent.name, agent.last_start_nanos]));
  const ran = sums
    .toSorted((a, b) => b.count - a.count)
    .map((row): AgentRow => {
      const name = row.group[0] ?? null;
      return { name, sums: row, last: name === null ? null : (last.get(name) ?? null) };
    });
  const names = new Set(ran.map((row) => row.name));
  const rested = known
    .filter((agent) => !names.has(agent.name))
    .map((agent): AgentRow => ({ name: agent.name, sums: null, last: agent.last_start_nanos }));
  return [...ran, ...rested];
}

/** What a row is ordered by; absent is the smallest. */
export function agentValue({ name, sums, last }: AgentRow, field: string): number | string {
  switch (field) {
    case "agent":
      return name ?? "";
    case "last":
      return Number(last ?? 0);
    case "runs":
      return sums?.count ?? 0;
    case "failed":
      return sums && sums.count > 0 ? sums.failed_count / sums.count : -1;
    case "p50":
    case "p95":
      return sums?.duration_nanos?.[field] ?? -1;
    case "tokens":
      return sums?.tokens ?? -1;
    case "cost":
      return sums?.cost ? pico(sums.cost.total) : -1;
    default:
      return 0;
  }
}
