/** One run as a page of its own. */

import { useNavigate, useParams } from "@tanstack/react-router";
import { useAddress } from "@/app/address";
import { useNeighbours } from "./neighbours";
import { OpenRun } from "./OpenRun";

export function RunPage() {
  const { traceId } = useParams({ strict: false }) as { traceId: string };
  const { search } = useAddress();
  const navigate = useNavigate();
  const { q, range, from, to, sort } = search;
  const list = { q, range, from, to, sort };
  const step = useNeighbours(traceId, search, (next) =>
    navigate({
      to: "/runs/$traceId",
      params: { traceId: next },
      search: { ...list, view: search.view } as never,
    }),
  );
  return (
    <OpenRun
      key={traceId}
      traceId={traceId}
      mode="page"
      onClose={() => void navigate({ to: "/runs", search: list as never })}
      onStep={step}
    />
  );
}
