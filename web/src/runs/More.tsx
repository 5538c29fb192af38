import { count } from "@/format";
import type { List } from "./useList";

/** After the last row: more is on its way, or a scan stopped and can go on. */
export function More<Row>({ list }: { list: List<Row> }) {
  if (list.loadingMore) return <div className="moreline dim">Loading more…</div>;
  if (list.stopped && list.hasMore) {
    return (
      <div className="moreline">
        <span className="dim">
          {list.scanned &&
            `Scanned ${count(list.scanned.rows)} of ${count(list.scanned.of)} runs, newest first.`}
        </span>
        <button type="button" className="btn sm" onClick={list.more}>
          Go on
        </button>
      </div>
    );
  }
  return null;
}
