/** The last hundred requests of senders, and why any was refused. */

import { useQuery } from "@tanstack/react-query";
import { get } from "@/api/client";
import type { RequestList } from "@/api/schema";
import { Failure, LoadingRows } from "@/ui/feedback";
import { RequestTable } from "./RequestTable";
import { Heading } from "./Section";

const EVERY_MS = 5_000;

export function RequestsSection() {
  const requests = useQuery({
    queryKey: ["requests"],
    queryFn: ({ signal }) => get<RequestList>("/requests", {}, signal),
    refetchInterval: EVERY_MS,
  });
  return (
    <>
      <Heading
        title="Requests"
        lead="The last hundred requests of senders, with the reason where something in them was refused. Bodies and keys are not kept."
      />
      {requests.isPending && <LoadingRows rows={8} height={34} />}
      {requests.isError && <Failure error={requests.error} retry={() => void requests.refetch()} />}
      {requests.data &&
        (requests.data.requests.length > 0 ? (
          <RequestTable entries={requests.data.requests} />
        ) : (
          <p className="set-empty">No request came since the server started.</p>
        ))}
    </>
  );
}
