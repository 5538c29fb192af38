/** Columns of the list of users, and their order. */

import type { User } from "@/api/schema";
import * as format from "@/format";
import { pico } from "@/overview/sums";
import { FirstOf, Text, TokensCell } from "@/runs/cells";
import type { Column, SortKey } from "@/ui/Table";
import { Cost, When } from "@/ui/values";

const num = { numeric: true } as const;

export const USER_COLUMNS: readonly Column<User>[] = [
  {
    id: "user",
    label: "User",
    width: "minmax(160px, 1.4fr)",
    min: 160,
    sort: "user",
    cell: (one) => <Text text={one.user_id} tone="med" />,
  },
  {
    id: "last",
    label: "Last run",
    width: "84px",
    min: 84,
    sort: "last",
    cell: (one) => (
      <span className="dim cut">
        <When nanos={one.last_start_nanos} />
      </span>
    ),
  },
  {
    id: "agents",
    label: "Agents",
    width: "minmax(120px, 1fr)",
    min: 120,
    cell: (one) => <FirstOf names={one.agents.map((agent) => agent.name)} />,
  },
  {
    id: "sessions",
    label: "Sessions",
    width: "70px",
    min: 70,
    ...num,
    sort: "sessions",
    cell: (one) => <span className="mut">{format.count(one.session_count)}</span>,
  },
  {
    id: "runs",
    label: "Runs",
    width: "60px",
    min: 60,
    ...num,
    sort: "runs",
    cell: (one) => format.count(one.trace_count),
  },
  {
    id: "failed",
    label: "Failed",
    width: "60px",
    min: 60,
    ...num,
    sort: "failed",
    cell: (one) => (
      <span
        className={one.failed_count > 0 ? "err-t" : "dim"}
        title={`${one.error_trace_count} with failed steps`}
      >
        {format.count(one.failed_count)}
      </span>
    ),
  },
  {
    id: "spans",
    label: "Spans",
    width: "64px",
    min: 64,
    ...num,
    sort: "spans",
    cell: (one) => <span className="mut">{format.count(one.span_count)}</span>,
  },
  {
    id: "tokens",
    label: "Tokens",
    headClass: "overnum",
    width: "104px",
    min: 104,
    ...num,
    sort: "tokens",
    cell: (one) => <TokensCell usage={one.usage} />,
  },
  {
    id: "cost",
    label: "Cost",
    width: "72px",
    min: 72,
    ...num,
    sort: "cost",
    cell: (one) => <Cost usd={one.cost?.total} estimated={one.cost?.estimated} />,
  },
];

/** What a user is ordered by; absent is the smallest. */
function valueOf(user: User, field: string): number | string {
  switch (field) {
    case "user":
      return user.user_id;
    case "last":
      return Number(user.last_start_nanos ?? 0);
    case "sessions":
      return user.session_count;
    case "runs":
      return user.trace_count;
    case "failed":
      return user.failed_count;
    case "spans":
      return user.span_count;
    case "tokens":
      return user.usage.total ?? -1;
    case "cost":
      return user.cost ? pico(user.cost.total) : -1;
    default:
      return 0;
  }
}

export function sortUsers(users: readonly User[], keys: readonly SortKey[]): readonly User[] {
  return sorted(users, keys, valueOf);
}

/** Rows by several keys; those of equal keys stay in their order. */
export function sorted<Row>(
  rows: readonly Row[],
  keys: readonly SortKey[],
  value: (row: Row, field: string) => number | string,
): readonly Row[] {
  if (keys.length === 0) return rows;
  return rows.toSorted((a, b) => {
    for (const { field, descending } of keys) {
      const left = value(a, field);
      const right = value(b, field);
      if (left === right) continue;
      const order = left < right ? -1 : 1;
      return descending ? -order : order;
    }
    return 0;
  });
}
