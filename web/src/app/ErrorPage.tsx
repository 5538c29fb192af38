import type { ErrorComponentProps } from "@tanstack/react-router";
import { EmptyState } from "@/ui/feedback";
import { ErrorIcon } from "@/ui/icons";

/** A page of an older version asks for files that a newer server no longer has. */
const OUTDATED = /dynamically imported module|Importing a module script failed/i;

/** A fault of the page itself: says so, keeps the menu usable, offers a way on. */
export function ErrorPage({ error, reset }: ErrorComponentProps) {
  const outdated = OUTDATED.test(String(error));
  return (
    <EmptyState
      icon={ErrorIcon}
      title={outdated ? "This page is of another version of Clew" : "This page broke"}
      actions={
        <>
          {!outdated && (
            <button type="button" className="btn" onClick={reset}>
              Try again
            </button>
          )}
          <button type="button" className="btn primary" onClick={() => location.reload()}>
            Reload
          </button>
        </>
      }
    >
      {outdated
        ? "Clew was updated or is away since the page was opened. Reloading brings the page that belongs to it."
        : `Nothing that was sent is lost; it is the drawing that failed: ${error instanceof Error ? error.message : String(error)}`}
    </EmptyState>
  );
}
