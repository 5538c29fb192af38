/** Everybody whose runs are here: who they are, what they ran, what it cost. */

import { useNavigate } from "@tanstack/react-router";
import { useCallback, useDeferredValue, useMemo, useRef } from "react";
import { useAddress } from "@/app/address";
import { useKeys } from "@/app/keys";
import * as format from "@/format";
import { listKeys } from "@/runs/listKeys";
import { ListRow } from "@/runs/ListRow";
import { nextSort, readSort, writeSort } from "@/runs/sort";
import { useCursor } from "@/runs/useCursor";
import { Kbd } from "@/ui/button";
import { EmptyState, Failure, LoadingRows } from "@/ui/feedback";
import { SearchIcon, UserIcon } from "@/ui/icons";
import { usePhone } from "@/ui/media";
import { type Line, Table, type TableHandle } from "@/ui/Table";
import { Cost, When } from "@/ui/values";
import { sortUsers, USER_COLUMNS } from "./columns";
import { useUsers } from "./useUsers";

const ROW_PX = 34;
const PHONE_ROW_PX = 64;

export function UsersPage() {
  const { search, update } = useAddress();
  const prefix = search.find ?? "";
  const users = useUsers(useDeferredValue(prefix));
  const navigate = useNavigate();
  const phone = usePhone();
  const field = useRef<HTMLInputElement>(null);
  const table = useRef<TableHandle>(null);
  const isWhole = !users.hasNextPage && !users.isPlaceholderData;
  const sort = useMemo(() => readSort(search.sort), [search.sort]);
  // Only all of them can be put in another order.
  const rows = useMemo(
    () => (isWhole ? sortUsers(users.rows, sort) : users.rows),
    [users.rows, sort, isWhole],
  );
  const columns = useMemo(
    () => (isWhole ? USER_COLUMNS : USER_COLUMNS.map((column) => ({ ...column, sort: undefined }))),
    [isWhole],
  );
  const keys = useMemo(() => rows.map((row) => row.user_id), [rows]);
  const cursor = useCursor(keys, null, table);
  const at = cursor.key;
  const open = useCallback(
    (userId: string) => void navigate({ to: "/users/$userId", params: { userId } }),
    [navigate],
  );
  useKeys([
    ...listKeys(cursor, "user", { walk: (by) => void cursor.move(by), open }),
    { keys: "/", label: "Search", group: "Anywhere", run: () => field.current?.focus() },
  ]);
  const lines = useMemo(
    (): Line[] =>
      rows.map((row) => ({
        key: row.user_id,
        height: phone ? PHONE_ROW_PX : ROW_PX,
        node: (place) => (
          <ListRow
            key={row.user_id}
            row={row}
            id={row.user_id}
            columns={columns}
            place={place}
            cursor={at === row.user_id}
            current={false}
            selected={false}
            href={`/ui/users/${encodeURIComponent(row.user_id)}`}
            phone={
              phone ? (
                <>
                  <UserIcon size={15} strokeWidth={1.5} className="i dim" aria-hidden />
                  <bdi className="cut">{format.cut(row.user_id)}</bdi>
                  <span className="num dim">
                    <When nanos={row.last_start_nanos} />
                  </span>
                  <span className="second">
                    <span className="nowrap">{format.plural(row.trace_count, "run")}</span>
                    <Cost usd={row.cost?.total} />
                    <span>{format.tokens(row.usage.total)}</span>
                    {row.failed_count > 0 && <span className="label e">{row.failed_count} failed</span>}
                  </span>
                </>
              ) : null
            }
            onOpen={open}
          />
        ),
      })),
    [rows, columns, phone, at, open],
  );
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = users;
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const total =
    users.total === null
      ? ""
      : ` of ${users.totalIs === "at_least" ? "at least " : ""}${format.count(users.total)}`;
  return (
    <div className="list">
      <div className="bar">
        <h1 className="bartitle">Users</h1>
        <span className="grow" />
        <label className="findfield">
          <SearchIcon size={14} strokeWidth={1.5} className="i" aria-hidden />
          <input
            ref={field}
            type="search"
            value={prefix}
            placeholder="Id begins with"
            aria-label="Users whose id begins with"
            onChange={(event) => update({ find: event.target.value || undefined }, "replace")}
          />
        </label>
      </div>
      <div className={users.isPlaceholderData ? "loadline on" : "loadline"} aria-hidden />
      {users.isPending ? (
        <LoadingRows rows={16} height={ROW_PX} />
      ) : users.isError && rows.length === 0 ? (
        <Failure error={users.error} retry={() => void users.refetch()} />
      ) : rows.length === 0 ? (
        <EmptyState icon={UserIcon} title={prefix ? "No user's id begins so" : "No run names a user yet"}>
          {prefix
            ? "Ids are told apart by their case."
            : "Users come from what the runs say of themselves, such as user.id or enduser.id."}
        </EmptyState>
      ) : (
        <Table
          label="Users"
          handle={table}
          columns={columns}
          lines={lines}
          total={users.totalIs === "exact" ? (users.total ?? -1) : -1}
          cursor={at}
          sort={isWhole ? sort : []}
          onSort={(name, further) => update({ sort: writeSort(nextSort(sort, name, further)) })}
          withHead={!phone}
          onEnd={more}
        />
      )}
      {!phone && rows.length > 0 && (
        <div className="foot no-phone">
          <span>
            {format.count(rows.length)}
            {total} loaded{hasNextPage ? ", more while you scroll; the last active come first" : ""}
          </span>
          <span className="grow" />
          <span className="row">
            <Kbd keys={["J", "K"]} /> move
          </span>
          <span className="row">
            <Kbd keys={["Enter"]} /> open
          </span>
        </div>
      )}
    </div>
  );
}
