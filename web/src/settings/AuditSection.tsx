/** Who changed what, newest first. */

import { useInfiniteQuery } from "@tanstack/react-query";
import { get } from "@/api/client";
import type { AuditEntry, AuditList } from "@/api/schema";
import { cut } from "@/format";
import { Button } from "@/ui/button";
import { Failure, LoadingRows } from "@/ui/feedback";
import { When } from "@/ui/values";
import { Heading, Rows } from "./Section";

export function AuditSection() {
  const audit = useInfiniteQuery({
    queryKey: ["audit"],
    queryFn: ({ pageParam, signal }) => get<AuditList>("/audit", { cursor: pageParam, limit: 100 }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
  const entries = audit.data?.pages.flatMap((page) => page.entries) ?? [];
  return (
    <>
      <Heading
        title="Audit log"
        lead="Every change of keys, settings, prices and runs: who, what, when. It can't be edited."
      />
      {audit.isPending && <LoadingRows rows={6} height={38} />}
      {audit.isError && <Failure error={audit.error} retry={() => void audit.refetch()} />}
      {audit.data && (
        <Rows<AuditEntry>
          label="Audit log"
          columns="84px minmax(0,1fr) minmax(0,1fr) minmax(0,1.4fr) minmax(0,1.6fr)"
          head={["When", "By", "What", "Of", "More"]}
          rows={entries}
          id={(entry) => entry.id}
          row={(entry) => [
            <span className="dim">
              <When nanos={entry.at_nanos} />
            </span>,
            <bdi className="med">{cut(entry.by)}</bdi>,
            <span className="mut">{entry.action}</span>,
            <bdi>{cut(entry.subject)}</bdi>,
            <bdi className="dim" title={cut(entry.detail, 2000)}>
              {cut(entry.detail)}
            </bdi>,
          ]}
          empty="Nothing was changed yet."
        />
      )}
      {audit.hasNextPage && (
        <Button
          className="set-more"
          onClick={() => void audit.fetchNextPage()}
          disabled={audit.isFetchingNextPage}
        >
          Older ones
        </Button>
      )}
    </>
  );
}
