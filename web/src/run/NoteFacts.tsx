/** What the sender says about the run itself, beside its spans: its metadata, and why it failed. */

import { useQuery } from "@tanstack/react-query";
import { get } from "@/api/client";
import type { TraceDetail } from "@/api/schema";
import * as format from "@/format";

/** Of the fields of metadata; the rest is counted. */
const FIELDS_MAX = 40;

/** Rows of the list in which it stands; none where nothing was said. */
export function NoteFacts({ traceId }: { traceId: string }) {
  const { data } = useQuery({
    queryKey: ["run", traceId, "note"],
    queryFn: ({ signal }) =>
      get<TraceDetail>(`/traces/${encodeURIComponent(traceId)}`, { spans: false }, signal),
    staleTime: 10_000,
  });
  const note = data?.note;
  if (!note) return null;
  const fields = Object.entries(note.metadata as Record<string, unknown>);
  return (
    <>
      {note.status_message && (
        <>
          <dt>Failed</dt>
          <dd dir="auto">{format.cut(note.status_message, 400)}</dd>
        </>
      )}
      {fields.length > 0 && (
        <>
          <dt>Metadata</dt>
          <dd>
            {fields.slice(0, FIELDS_MAX).map(([name, value]) => (
              <div key={name} className="cut">
                <bdi className="dim mono">{format.cut(name, 60)}</bdi>{" "}
                <bdi>{format.cut(typeof value === "string" ? value : JSON.stringify(value), 200)}</bdi>
              </div>
            ))}
            {fields.length > FIELDS_MAX && (
              <span className="dim">and {format.exact(fields.length - FIELDS_MAX)} more</span>
            )}
          </dd>
        </>
      )}
    </>
  );
}
