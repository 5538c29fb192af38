import { describe, expect, it } from "vitest";
import type { Agent, StatsRow } from "@/api/schema";
import { agentRows, agentValue } from "./rows";

const row = (name: string | null, count: number, failed = 0): StatsRow =>
  ({
    group: [name],
    count,
    failed_count: failed,
    tokens: null,
    cost: { total: "0.5" },
    duration_nanos: null,
  }) as StatsRow;
const agent = (name: string, last: string | null): Agent => ({ name, last_start_nanos: last }) as Agent;

describe("agentRows", () => {
  it("has those that ran first, then the others", () => {
    const rows = agentRows([row("a", 1), row(null, 9), row("b", 5)], [agent("c", "7"), agent("a", "3")]);
    expect(rows.map(({ name, sums, last }) => [name, sums?.count ?? null, last])).toEqual([
      [null, 9, null],
      ["b", 5, null],
      ["a", 1, "3"],
      ["c", null, "7"],
    ]);
  });
});

describe("agentValue", () => {
  it("orders by rates, and what is absent below 0", () => {
    const [one] = agentRows([row("a", 4, 1)], []);
    expect([agentValue(one!, "failed"), agentValue(one!, "tokens"), agentValue(one!, "cost")]).toEqual([
      0.25, -1, 500_000_000_000,
    ]);
  });
});
