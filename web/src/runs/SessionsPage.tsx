/** The list of sessions: conversations with the sums of their runs. */

import { useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo, useRef } from "react";
import type { Session } from "@/api/schema";
import { useKeys } from "@/app/keys";
import * as format from "@/format";
import { compose, setField, term, toggle } from "@/query/edit";
import { usePhone } from "@/ui/media";
import { type Line, Table, type TableHandle } from "@/ui/Table";
import { ColumnChooser, useColumns } from "./ColumnChooser";
import { EmptyInstall } from "./EmptyInstall";
import { filterDuration } from "./filterDuration";
import { Foot, ListFrame } from "./ListFrame";
import { ListRow } from "./ListRow";
import { listKeys } from "./listKeys";
import { Metrics, runMetrics } from "./Metrics";
import { More } from "./More";
import { conditions } from "./range";
import { LoadingTable } from "./LoadingTable";
import { Rows } from "./Rows";
import { SESSION_COLUMNS, SESSION_USUAL } from "./sessionColumns";
import { SessionPhoneRow } from "./SessionPhoneRow";
import { readSort } from "./sort";
import { useCursor } from "./useCursor";
import { useFigures } from "./useFigures";
import { type List, type Source, useList } from "./useList";
import { type ListAddress, useListAddress } from "./useListAddress";

const SOURCE: Source = { path: "/sessions", rows: "sessions" };
/** The last active first. */
const USUAL_SORT = "-end";
const ROW_PX = 34;
const PHONE_ROW_PX = 64;

export function SessionsPage() {
  const address = useListAddress("session");
  const { q, sent } = address;
  const list = useList<Session>(SOURCE, sent.filter, address.sortText ?? USUAL_SORT);
  const navigate = useNavigate();
  const phone = usePhone();
  const table = useRef<TableHandle>(null);
  const { columns, chosen, choose } = useColumns("sessions", SESSION_COLUMNS, SESSION_USUAL);
  const keys = useMemo(() => list.rows.map((row) => row.session_id), [list.rows]);
  const cursor = useCursor(keys, null, table);
  const at = cursor.key;
  const open = useCallback(
    (sessionId: string) => void navigate({ to: "/sessions/$sessionId", params: { sessionId } }),
    [navigate],
  );
  const lines = useMemo(
    (): Line[] =>
      list.rows.map((row) => ({
        key: row.session_id,
        height: phone ? PHONE_ROW_PX : ROW_PX,
        node: (place) => (
          <ListRow
            key={row.session_id}
            row={row}
            id={row.session_id}
            columns={columns}
            place={place}
            cursor={at === row.session_id}
            current={false}
            selected={false}
            href={`/ui/sessions/${encodeURIComponent(row.session_id)}`}
            phone={phone ? <SessionPhoneRow session={row} /> : null}
            onOpen={open}
            onFilter={address.narrow}
          />
        ),
      })),
    [list.rows, phone, columns, at, open, address.narrow],
  );
  useKeys(listKeys(cursor, "session", { walk: (by) => void cursor.move(by), open }));
  const runsFilter = useCallback((around: readonly string[]) => compose(q, around).filter, [q]);
  return (
    <ListFrame
      address={address}
      list={list}
      noun={["session", "sessions"]}
      runsFilter={list.error ? null : runsFilter}
      narrow={false}
      chooser={<ColumnChooser all={SESSION_COLUMNS} chosen={chosen} choose={choose} />}
      metrics={<SessionMetrics address={address} list={list} />}
      foot={
        <Foot
          list={list}
          keys={[
            [["J", "K"], "move"],
            [["Enter"], "open"],
          ]}
        />
      }
    >
      <Rows
        address={address}
        list={list}
        source={SOURCE}
        loading={<LoadingTable columns={columns} height={phone ? PHONE_ROW_PX : ROW_PX} phone={phone} />}
        empty={<EmptyInstall what="session" />}
      >
        <Table
          label="Sessions"
          handle={table}
          columns={columns}
          lines={lines}
          total={list.totalIs === "exact" ? (list.total ?? -1) : -1}
          cursor={at}
          sort={address.sort.length > 0 ? address.sort : readSort(USUAL_SORT)}
          onSort={address.onSort}
          withHead={!phone}
          onEnd={list.stopped || list.moreFailed ? () => undefined : list.more}
          foot={<More list={list} />}
        />
      </Rows>
    </ListFrame>
  );
}

/** The sessions that match, and the sums of the runs under the same words, which belong to some session. */
function SessionMetrics({ address, list }: { address: ListAddress; list: List<Session> }) {
  const { q, range, setQ, setSort } = address;
  const filter = compose(q, [...conditions(range, "trace"), "session:*"]).filter;
  const figures = useFigures(list.error ? null : filter);
  const sums = figures.data?.figures;
  const metrics = [
    {
      label: "Sessions",
      value:
        list.total === null ? "– –" : `${list.totalIs === "at_least" ? "≥ " : ""}${format.count(list.total)}`,
      exact: "All sessions that match",
    },
    {
      label: "Their traces",
      value: sums ? format.count(sums.count) : "– –",
      exact:
        "Runs of any session under the same filter and range; the numbers after this one are of those runs",
      action: { text: "Sessions with most runs first", run: () => setSort("-traces") },
    },
    ...runMetrics(sums, {
      spans: () => setSort("-spans"),
      failed: () => setQ(toggle(q, "is:failed")),
      failedOn: /(^|\s)is:failed(\s|$)/.test(q),
      tokens: () => setSort("-tokens"),
      cost: () => setSort("-cost"),
      slowerThan: (nanos) => setQ(setField(q, "duration", term("duration", ">=", filterDuration(nanos)))),
    }),
  ];
  return (
    <Metrics metrics={metrics} scanned={figures.data?.scanned ?? null} stale={figures.stale || list.stale} />
  );
}
