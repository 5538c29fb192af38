/** All agents: how often they run, fail, how long they take and what they cost; over time by agent and by model. */

import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo, useRef } from "react";
import { get } from "@/api/client";
import type { AgentList } from "@/api/schema";
import { useAddress } from "@/app/address";
import { useKeys } from "@/app/keys";
import * as format from "@/format";
import { ScopeBar } from "@/overview/ScopeBar";
import { useRuns, useScope, useSpan } from "@/overview/useScope";
import { useGroups, useLiveSums } from "@/overview/useSums";
import { EmptyInstall } from "@/runs/EmptyInstall";
import { listKeys } from "@/runs/listKeys";
import { ListRow } from "@/runs/ListRow";
import { nextSort, readSort, writeSort } from "@/runs/sort";
import { useCursor } from "@/runs/useCursor";
import { Kbd } from "@/ui/button";
import { Failure, LoadingRows } from "@/ui/feedback";
import { KindTile } from "@/ui/kind";
import { usePhone } from "@/ui/media";
import { type Line, Table, type TableHandle } from "@/ui/Table";
import { Cost, Duration } from "@/ui/values";
import { sorted } from "@/users/columns";
import { AGENT_COLUMNS, HIGH_RATE } from "./columns";
import { OverTime } from "./OverTime";
import { agentRows, agentValue, type AgentRow } from "./rows";

const ROW_PX = 34;
const PHONE_ROW_PX = 64;
/** Agents that are asked for by name, to tell of those that did not run. */
const KNOWN_MAX = 1_000;
/** The row of runs that name no agent. */
const NONE = "";

export function AgentsPage() {
  const scope = useScope();
  const { search, update } = useAddress();
  const navigate = useNavigate();
  const phone = usePhone();
  const table = useRef<TableHandle>(null);
  const groups = useGroups(scope.filter, "agent");
  const known = useQuery({
    queryKey: ["agents", "all"],
    queryFn: ({ signal }) => get<AgentList>("/agents", { limit: KNOWN_MAX }, signal),
    staleTime: 10_000,
    retry: false,
  });
  const runs = useRuns(scope);
  const span = useSpan(scope, runs);
  useLiveSums(scope.filter, scope.range.to !== null);
  const sort = useMemo(() => readSort(search.sort), [search.sort]);
  const rows = useMemo(() => {
    // Under a filter of the reader the others are not told: they may have run without meeting it.
    const all = agentRows(groups.data?.rows ?? [], scope.q === "" ? (known.data?.agents ?? []) : []);
    const named = new Map(known.data?.agents.map((agent) => [agent.name, agent.last_start_nanos]));
    const complete = all.map((row) => ({ ...row, last: row.last ?? named.get(row.name ?? "") ?? null }));
    return sorted(complete, sort, agentValue);
  }, [groups.data, known.data, scope.q, sort]);
  const keys = useMemo(() => rows.map((row) => row.name ?? NONE), [rows]);
  const cursor = useCursor(keys, null, table);
  const at = cursor.key;
  const { list } = scope;
  const open = useCallback(
    (name: string) => {
      const range = { ...list(), q: undefined } as never;
      if (name === NONE) void navigate({ to: "/runs", search: list("-agent:*") as never });
      else void navigate({ to: "/agents/$agent", params: { agent: name }, search: range });
    },
    [navigate, list],
  );
  useKeys(listKeys(cursor, "agent", { walk: (by) => void cursor.move(by), open }));
  const lines = useMemo(
    (): Line[] =>
      rows.map((row) => {
        const key = row.name ?? NONE;
        return {
          key,
          height: phone ? PHONE_ROW_PX : ROW_PX,
          node: (place) => (
            <ListRow
              key={key}
              row={row}
              id={key}
              columns={AGENT_COLUMNS}
              place={place}
              cursor={at === key}
              current={false}
              selected={false}
              href={`/ui/agents/${encodeURIComponent(key)}`}
              phone={phone ? <PhoneRow row={row} /> : null}
              onOpen={open}
            />
          ),
        };
      }),
    [rows, phone, at, open],
  );
  const isEmptyStore =
    groups.data !== undefined && known.data !== undefined && rows.length === 0 && scope.q === "";
  return (
    <div className="list">
      <ScopeBar scope={scope}>
        <h1 className="bartitle">Agents</h1>
      </ScopeBar>
      {groups.isPending ? (
        <LoadingRows rows={16} height={ROW_PX} />
      ) : groups.isError && !groups.data ? (
        <Failure error={groups.error} retry={() => void groups.refetch()} />
      ) : isEmptyStore ? (
        <EmptyInstall what="run" />
      ) : (
        <>
          <OverTime scope={scope} span={span} />
          <Table
            label="Agents"
            handle={table}
            columns={AGENT_COLUMNS}
            lines={lines}
            total={rows.length}
            cursor={at}
            sort={sort.length > 0 ? sort : [{ field: "runs", descending: true }]}
            onSort={(field, further) => update({ sort: writeSort(nextSort(sort, field, further)) })}
            withHead={!phone}
            onEnd={() => undefined}
          />
          {!phone && (
            <div className="foot no-phone">
              <span>{format.plural(rows.length, "agent")}</span>
              {(groups.data?.more_groups ?? 0) > 0 && (
                <span>{format.count(groups.data!.more_groups)} more with fewer runs</span>
              )}
              {groups.data?.scanned && (
                <span>
                  scanned {format.count(groups.data.scanned.rows)} of {format.count(groups.data.scanned.of)}{" "}
                  runs
                </span>
              )}
              <span className="grow" />
              <span className="row">
                <Kbd keys={["J", "K"]} /> move
              </span>
              <span className="row">
                <Kbd keys={["Enter"]} /> open
              </span>
            </div>
          )}
        </>
      )}
    </div>
  );
}

function PhoneRow({ row: { name, sums } }: { row: AgentRow }) {
  return (
    <>
      <KindTile category={name === null ? "other" : "agent"} small />
      <bdi className="cut">{format.cut(name ?? "no agent")}</bdi>
      <span className="num">{format.plural(sums?.count ?? 0, "run")}</span>
      <span className="second">
        <Cost usd={sums?.cost?.total} />
        <span>{format.tokens(sums?.tokens)}</span>
        <span>
          p95 <Duration nanos={sums?.duration_nanos?.p95} />
        </span>
        {sums !== null && sums.failed_count > 0 && (
          <span className={sums.failed_count / sums.count >= HIGH_RATE ? "label e" : undefined}>
            {format.share(sums.failed_count / sums.count, true)} failed
          </span>
        )}
      </span>
    </>
  );
}
