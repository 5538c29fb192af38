import { Link } from "@tanstack/react-router";
import { EmptyState } from "@/ui/feedback";
import { RunsIcon } from "@/ui/icons";

/** Nothing was ever sent: the way to the page that tells how. */
export function EmptyInstall({ what }: { what: string }) {
  return (
    <EmptyState
      icon={RunsIcon}
      title={`No ${what} has come yet`}
      actions={
        <Link to="/start" className="btn primary">
          Send your first trace
        </Link>
      }
    >
      Point a tracer at this server and its runs appear here as they happen.
    </EmptyState>
  );
}
