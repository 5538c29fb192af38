import { Link } from "@tanstack/react-router";
import { EmptyState } from "@/ui/feedback";
import { SearchIcon } from "@/ui/icons";

/** An address that leads nowhere. */
export function NotFoundPage() {
  return (
    <EmptyState
      icon={SearchIcon}
      title="There is no such page"
      actions={
        <Link to="/runs" className="btn">
          All runs
        </Link>
      }
    >
      The address may be cut short, or from another version of Clew.
    </EmptyState>
  );
}
