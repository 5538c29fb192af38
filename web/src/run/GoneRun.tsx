/** A run that is not there: deleted (what, when, by which rule), or never known. */

import { Link } from "@tanstack/react-router";
import type { Deleted } from "@/api/schema";
import * as format from "@/format";
import { EmptyState, LoadingRows } from "@/ui/feedback";
import { DeleteIcon, SearchIcon } from "@/ui/icons";
import { When } from "@/ui/values";
import { useDeleted } from "./load";

export function GoneRun({ traceId }: { traceId: string }) {
  const { data, isPending } = useDeleted(traceId);
  if (isPending) return <LoadingRows rows={3} height={40} />;
  return data ? <WasDeleted deleted={data} /> : <NeverKnown traceId={traceId} />;
}

const ALL = (
  <Link to="/runs" className="btn">
    All runs
  </Link>
);

function WasDeleted({ deleted }: { deleted: Deleted }) {
  return (
    <EmptyState icon={DeleteIcon} title="This run was deleted" actions={ALL}>
      <dl className="gone">
        <dt>What</dt>
        <dd>
          {format.plural(deleted.span_count, "span")} with all they carried: messages, arguments, results,
          labels
        </dd>
        <dt>When</dt>
        <dd>
          <When nanos={deleted.deleted_nanos} />, {format.instant(deleted.deleted_nanos)}
        </dd>
        <dt>By</dt>
        <dd>
          <bdi>{format.cut(deleted.by) || "nobody said"}</bdi>
        </dd>
        <dt>Rule</dt>
        <dd>
          <bdi>{format.cut(deleted.rule)}</bdi>
        </dd>
        <dt>Late spans</dt>
        <dd>
          refused until {format.instant(deleted.refused_until_nanos)}
          {deleted.refused_count > 0 && `; ${format.plural(deleted.refused_count, "span")} so far`}
        </dd>
        <dt>Id</dt>
        <dd className="mono">{deleted.trace_id}</dd>
      </dl>
    </EmptyState>
  );
}

function NeverKnown({ traceId }: { traceId: string }) {
  return (
    <EmptyState icon={SearchIcon} title="No such run" actions={ALL}>
      Nothing is known here under <span className="mono">{format.cutMiddle(traceId, 64)}</span>. The id may be
      cut short, the run may be in another workspace, or it has not arrived yet.
    </EmptyState>
  );
}
