/** What the data folder holds, part by part, and a check of it on request. */

import { useQuery } from "@tanstack/react-query";
import { get } from "@/api/client";
import type { Check } from "@/api/schema";
import { bytes, count, share } from "@/format";
import { Button } from "@/ui/button";
import { Failure, LoadingRows } from "@/ui/feedback";
import { Heading } from "./Section";

/** Parts of the file in the order that they are shown, with what they are. */
const PARTS: { key: string; name: string; about: string }[] = [
  { key: "chunk_bytes", name: "Spans", about: "packed, a chunk for each run" },
  { key: "block_bytes", name: "Messages", about: "each text once for a session" },
  { key: "blob_bytes", name: "Large values", about: "in pieces of a megabyte" },
  { key: "attachment_bytes", name: "Attachments", about: "files, images and sound of runs" },
  { key: "shared_bytes", name: "Shared texts", about: "system prompts and tool definitions" },
  { key: "log_bytes", name: "Log", about: "what came last, before it is packed" },
  { key: "dictionary_bytes", name: "Dictionaries", about: "that packing uses" },
  { key: "other_bytes", name: "Rows and indexes", about: "lists, search, statistics, keys" },
  { key: "free_bytes", name: "Free", about: "given back to the disk bit by bit" },
];

export function DataSection() {
  const check = useQuery({
    queryKey: ["check"],
    queryFn: ({ signal }) => get<Check>("/check", {}, signal),
    staleTime: 60_000,
  });
  return (
    <>
      <Heading
        title="Data size"
        lead="One file holds everything. Reading this page also checks it: each checksum, and that rows, spans and messages belong together."
        action={
          <Button onClick={() => void check.refetch()} disabled={check.isFetching}>
            {check.isFetching ? "Checking…" : "Check again"}
          </Button>
        }
      />
      {check.isPending && <LoadingRows rows={8} height={38} />}
      {check.isError && <Failure error={check.error} retry={() => void check.refetch()} />}
      {check.data && <Parts check={check.data} />}
    </>
  );
}

function Parts({ check }: { check: Check }) {
  const file = check.sizes.file_bytes ?? 0;
  return (
    <>
      <p className={check.problems.length > 0 ? "err-t" : "mut"} role="status">
        {check.problems.length > 0
          ? `${check.problems.length} problems were found:`
          : "No problem was found."}{" "}
        {count(check.counts.traces)} runs with {count(check.counts.spans)} spans in {bytes(file)},{" "}
        {bytes(check.sizes.wal_bytes)} of them not yet in the main file.
      </p>
      {check.problems.map((problem, at) => (
        <p className="err-t" key={at}>
          <code className="mono">{problem.code}</code> {problem.message}
        </p>
      ))}
      <dl className="setparts">
        {PARTS.map(({ key, name, about }) => {
          const size = check.sizes[key] ?? 0;
          return (
            <div key={key}>
              <dt>
                {name} <span className="dim">{about}</span>
              </dt>
              <dd className="num">{bytes(size)}</dd>
              <dd className="num dim">{file > 0 ? share(size / file) : ""}</dd>
              <span className="setbar" aria-hidden>
                <i style={{ width: `${file > 0 ? (size / file) * 100 : 0}%` }} />
              </span>
            </div>
          );
        })}
      </dl>
    </>
  );
}
