/** Requests of senders: when, what came of it, who, where to, and why it was refused. */

import type { RequestEntry } from "@/api/schema";
import { cut, instant, millis, plural } from "@/format";

const COLUMNS = {
  "--cols": "64px 38px minmax(80px,132px) minmax(84px,132px) minmax(0,1fr)",
} as React.CSSProperties;

export function RequestTable({ entries }: { entries: RequestEntry[] }) {
  return (
    <div className="box" role="table" aria-label="Requests">
      {entries.map((entry) => (
        <div className="trow req" style={COLUMNS} role="row" key={entry.id}>
          <span className="dim" role="cell" title={instant(entry.at_nanos)}>
            {new Date(millis(entry.at_nanos)).toLocaleTimeString("en-GB")}
          </span>
          <span className={`med ${entry.status >= 400 ? "err-t" : ""}`} role="cell">
            {entry.status}
          </span>
          <bdi className="cut mut" role="cell" title={cut(entry.client)}>
            {cut(entry.client, 60) || "unknown sender"}
          </bdi>
          <bdi className="mono cut" role="cell" title={cut(entry.path)}>
            {cut(entry.path)}
          </bdi>
          <bdi
            className={`cut ${entry.reason ? "" : "mut"}`}
            role="cell"
            title={entry.reason ? cut(entry.reason, 2000) : undefined}
          >
            {told(entry)}
          </bdi>
        </div>
      ))}
    </div>
  );
}

function told(entry: RequestEntry): string {
  const taken = entry.accepted > 0 ? `stored ${plural(entry.accepted, "span")}` : "";
  const refused = entry.rejected > 0 ? `refused ${plural(entry.rejected, "span")}` : "";
  const counts = [taken, refused].filter(Boolean).join(", ");
  if (entry.reason) return counts ? `${counts}: ${cut(entry.reason, 400)}` : cut(entry.reason, 400);
  return counts || "no spans in it";
}
