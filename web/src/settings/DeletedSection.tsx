/** Runs that were deleted: what, when, by which rule, and what came for them afterwards. */

import { useInfiniteQuery } from "@tanstack/react-query";
import { get } from "@/api/client";
import type { Deleted, DeletedList } from "@/api/schema";
import { count, cut } from "@/format";
import { Button } from "@/ui/button";
import { Failure, LoadingRows } from "@/ui/feedback";
import { When } from "@/ui/values";
import { Heading, Rows } from "./Section";

export function DeletedSection() {
  const deleted = useInfiniteQuery({
    queryKey: ["deleted"],
    queryFn: ({ pageParam, signal }) =>
      get<DeletedList>("/deleted", { cursor: pageParam, limit: 100 }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
  return (
    <>
      <Heading
        title="Deleted runs"
        lead="Every byte of these is gone from the store. Spans that come for them later are refused for 30 days, and counted here."
      />
      {deleted.isPending && <LoadingRows rows={4} height={38} />}
      {deleted.isError && <Failure error={deleted.error} retry={() => void deleted.refetch()} />}
      {deleted.data && (
        <Rows<Deleted>
          label="Deleted runs"
          columns="minmax(0,2.2fr) 84px minmax(0,1fr) minmax(0,1fr) 70px 90px"
          head={["Trace", "When", "By", "Rule", "Spans", "Refused since"]}
          rows={deleted.data.pages.flatMap((page) => page.deleted)}
          id={(entry) => entry.trace_id}
          row={(entry) => [
            <span className="mono">{entry.trace_id}</span>,
            <span className="mut">
              <When nanos={entry.deleted_nanos} />
            </span>,
            <bdi className="mut">{cut(entry.by)}</bdi>,
            <bdi className="mut">{cut(entry.rule)}</bdi>,
            count(entry.span_count),
            count(entry.refused_count),
          ]}
          empty="Nothing was deleted."
        />
      )}
      {deleted.hasNextPage && (
        <Button
          className="set-more"
          onClick={() => void deleted.fetchNextPage()}
          disabled={deleted.isFetchingNextPage}
        >
          Older ones
        </Button>
      )}
    </>
  );
}
