import type { ReactNode } from "react";
import { count } from "@/format";
import type { List } from "./useList";

/** After the last row: more is on its way, or a scan stopped and can go on. */
export function More<Row>({ list }: { list: List<Row> }) {
  if (list.loadingMore) return <Last>Loading more…</Last>;
  if (list.moreFailed) {
    return (
      <Last>
        <span>The next rows did not come.</span>
        <button type="button" className="btn sm" onClick={list.more}>
          Try again
        </button>
      </Last>
    );
  }
  if (list.stopped && list.hasMore) {
    return (
      <Last>
        <span>
          {list.scanned &&
            `Scanned ${count(list.scanned.rows)} of ${count(list.scanned.of)} runs, newest first.`}
        </span>
        <button type="button" className="btn sm" onClick={list.more}>
          Go on
        </button>
      </Last>
    );
  }
  return null;
}

function Last({ children }: { children: ReactNode }) {
  return (
    <div className="moreline" role="row">
      <span role="gridcell" className="td dim">
        {children}
      </span>
    </div>
  );
}
