/** What the page says when there is nothing to show yet, nothing at all, or something wrong. */

import type { LucideIcon } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { ApiError } from "@/api/client";
import { sentence } from "@/format";
import { ErrorIcon, WarnIcon } from "./icons";

/** A page or a box without content: says why and what to do. */
export function EmptyState({
  icon: Icon,
  title,
  children,
  actions,
}: {
  icon: LucideIcon;
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <div className="empty" role="status">
      <Icon size={24} strokeWidth={1.5} aria-hidden />
      <h2>{title}</h2>
      {children && <div className="mut">{children}</div>}
      {actions && <div className="row">{actions}</div>}
    </div>
  );
}

/** A band over the page: content below stays. */
export function Banner({
  tone,
  children,
  action,
}: {
  tone: "warn" | "error";
  children: ReactNode;
  action?: ReactNode;
}) {
  const Icon = tone === "error" ? ErrorIcon : WarnIcon;
  return (
    <div className={`banner ${tone === "error" ? "e" : ""}`} role="status">
      <Icon size={15} strokeWidth={1.5} className="i" aria-hidden />
      <span className="grow">{children}</span>
      {action}
    </div>
  );
}

/** A request that failed, in its own words, with a way on. */
export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const message = error instanceof Error ? error.message : String(error);
  const title = error instanceof ApiError && error.gone ? "Clew does not answer" : "That did not work";
  return (
    <EmptyState
      icon={ErrorIcon}
      title={title}
      actions={
        retry && (
          <button type="button" className="btn" onClick={retry}>
            Try again
          </button>
        )
      }
    >
      {sentence(message)}
    </EmptyState>
  );
}

/** Rows in grey at their final height; not before 120 ms, so that a fast answer does not flash. */
export function LoadingRows({ rows, height }: { rows: number; height: number }) {
  const shown = useLater(120);
  return (
    <div aria-busy="true" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="loading-row" style={{ height }}>
          {shown && <span className="shimmer" style={{ width: `${30 + ((row * 37) % 50)}%` }} />}
        </div>
      ))}
    </div>
  );
}

/** True after so many milliseconds. */
export function useLater(ms: number): boolean {
  const [later, setLater] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLater(true), ms);
    return () => clearTimeout(timer);
  }, [ms]);
  return later;
}
