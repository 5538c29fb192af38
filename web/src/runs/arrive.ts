/** Where a run goes that the live stream tells of. Pure: the one place that decides whether rows may move. */

/** What a row needs to be placed. */
export interface Placed {
  trace_id: string;
  start_nanos: string;
  commit_seq: number;
  /** Goes from live to quiet to abandoned by time alone. */
  state: string;
}

export interface ListState {
  isNewestFirst: boolean;
  /** Not all rows are loaded. */
  hasMore: boolean;
  /** The reader rests at the top, and the pointer is elsewhere. */
  mayInsert: boolean;
}

/**
 * - `replace`: it is in the list, and changes in its place.
 * - `insert`: it comes before all others.
 * - `wait`: it waits behind the pill.
 * - `later`: it is older than what is loaded, and comes when the reader scrolls there.
 */
export type Arrival = "replace" | "insert" | "wait" | "later";

export function arrival(run: Placed, rows: readonly Placed[], list: ListState): Arrival {
  if (rows.some((row) => row.trace_id === run.trace_id)) return "replace";
  if (!list.isNewestFirst) return "wait";
  const first = rows[0];
  const last = rows.at(-1);
  const start = BigInt(run.start_nanos);
  if (list.hasMore && last && start < BigInt(last.start_nanos)) return "later";
  const isNewest = first === undefined || start >= BigInt(first.start_nanos);
  return isNewest && list.mayInsert ? "insert" : "wait";
}

/** The rows with the newer version of one of them; the same array where nothing changes. */
export function replaced<Row extends Placed>(rows: Row[], run: Row): Row[] {
  const at = rows.findIndex((row) => row.trace_id === run.trace_id);
  const old = rows[at];
  if (!old || old.commit_seq > run.commit_seq) return rows;
  return old.commit_seq === run.commit_seq && old.state === run.state ? rows : rows.with(at, run);
}
