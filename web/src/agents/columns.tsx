/** Columns of the list of agents. */

import * as format from "@/format";
import { Text } from "@/runs/cells";
import { KindTile } from "@/ui/kind";
import type { Column } from "@/ui/Table";
import { Cost, Duration, TokenBar, Tokens, When } from "@/ui/values";
import type { AgentRow } from "./rows";

const num = { numeric: true } as const;
/** From this share on a rate of failures is red. */
export const HIGH_RATE = 0.05;

export const AGENT_COLUMNS: readonly Column<AgentRow>[] = [
  {
    id: "agent",
    label: "Agent",
    width: "minmax(180px, 1fr)",
    min: 180,
    sort: "agent",
    cell: ({ name, sums }) => (
      <>
        <KindTile category={name === null ? "other" : "agent"} />
        <Text text={name ?? "no agent"} tone={name === null ? "dim" : "med"} />
        {sums !== null && sums.live_count > 0 && (
          <span className="label live" title="Runs that go on now">
            {sums.live_count} live
          </span>
        )}
      </>
    ),
  },
  {
    id: "last",
    label: "Last run",
    width: "84px",
    min: 84,
    sort: "last",
    cell: ({ last }) => (
      <span className="dim cut">
        <When nanos={last} />
      </span>
    ),
  },
  {
    id: "runs",
    label: "Runs",
    width: "64px",
    min: 64,
    ...num,
    sort: "runs",
    cell: ({ sums }) => <span className={sums ? "" : "dim"}>{format.count(sums?.count ?? 0)}</span>,
  },
  {
    id: "failed",
    label: "Failed",
    about: "Share of its runs that failed",
    width: "64px",
    min: 64,
    ...num,
    sort: "failed",
    cell: ({ sums }) => {
      if (!sums || sums.count === 0) return <span className="dim">{format.ABSENT}</span>;
      const rate = sums.failed_count / sums.count;
      return (
        <span
          className={rate >= HIGH_RATE ? "err-t" : "mut"}
          title={`${format.exact(sums.failed_count)} failed, ${format.exact(sums.error_count)} with failed steps`}
        >
          {format.share(rate, true)}
        </span>
      );
    },
  },
  {
    id: "p50",
    label: "p50",
    width: "72px",
    min: 72,
    ...num,
    sort: "p50",
    cell: ({ sums }) => (
      <span className="mut">
        <Duration nanos={sums?.duration_nanos?.p50} />
      </span>
    ),
  },
  {
    id: "p95",
    label: "p95",
    width: "72px",
    min: 72,
    ...num,
    sort: "p95",
    cell: ({ sums }) => <Duration nanos={sums?.duration_nanos?.p95} />,
  },
  {
    id: "tokens",
    label: "Tokens",
    headClass: "overnum",
    width: "104px",
    min: 104,
    ...num,
    sort: "tokens",
    cell: ({ sums }) => (
      <span className="tok">
        <Tokens amount={sums?.tokens} />
        <TokenBar
          input={sums?.usage.input ?? null}
          cacheRead={sums?.usage.cache_read ?? null}
          output={sums?.usage.output ?? null}
        />
      </span>
    ),
  },
  {
    id: "cost",
    label: "Cost",
    width: "72px",
    min: 72,
    ...num,
    sort: "cost",
    cell: ({ sums }) => <Cost usd={sums?.cost?.total} />,
  },
];
