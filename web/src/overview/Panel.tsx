/** One part of a page of sums: its title, what it is of, where all of it is, and its content or why there is none. */

import { Link } from "@tanstack/react-router";
import type { CSSProperties, ReactNode } from "react";
import type { Search } from "@/app/address";
import { LoadingRows } from "@/ui/feedback";

/** Rows of a panel. */
export const ROWS = 6;

/** Twelfths of the width. */
export type PanelSize = 3 | 4 | 6 | 12;

export interface PanelLink {
  to: string;
  search?: Search;
  label: string;
}

export function Panel({
  title,
  note,
  all,
  extra,
  size,
  stale = false,
  children,
}: {
  title: string;
  note?: ReactNode;
  all?: PanelLink | null;
  /** At the right of the title: a legend, a choice. */
  extra?: ReactNode;
  size: PanelSize;
  stale?: boolean;
  children: ReactNode;
}) {
  return (
    <section className={`cell c-${size}${stale ? " stale" : ""}`} aria-label={title}>
      <h2>
        <span className="nowrap">{title}</span>
        {note && <span className="dim cut">{note}</span>}
        {extra}
        {all && (
          <Link to={all.to} search={(all.search ?? {}) as never} className="all">
            {all.label}
          </Link>
        )}
      </h2>
      {children}
    </section>
  );
}

/** Rows that are not there yet, that did not come, or that there are none of. */
export function PanelBody({
  loading,
  error,
  empty,
  rows = 4,
  children,
}: {
  loading: boolean;
  error: unknown;
  /** Said where there is nothing; null where there is something. */
  empty: ReactNode | null;
  rows?: number;
  children: ReactNode;
}) {
  if (loading) return <LoadingRows rows={rows} height={28} />;
  if (error) {
    return <p className="dim nothing">{error instanceof Error ? error.message : "This did not come"}</p>;
  }
  if (empty !== null) return <p className="dim nothing">{empty}</p>;
  return <>{children}</>;
}

/** A bar for how large a part of the largest something is. */
export function PartBar({ part }: { part: number }) {
  return (
    <span className="hb no-phone" aria-hidden>
      <i style={{ width: `${Math.max(0, Math.min(1, part)) * 100}%` }} />
    </span>
  );
}

/** Tracks of a row's columns; on a phone some are left out. */
export interface Cols {
  wide: string;
  phone: string;
}

function tracksOf(cols: Cols): CSSProperties {
  return { "--cols": cols.wide, "--pcols": cols.phone } as CSSProperties;
}

/** Labels of the columns of numbers; one that begins with `*` is not on phones. */
export function RankHead({ cols, labels }: { cols: Cols; labels: readonly string[] }) {
  return (
    <div className="lr lrhead" style={tracksOf(cols)} aria-hidden>
      {labels.map((label, at) => (
        <span key={at} className={label.startsWith("*") ? "num dim no-phone" : "num dim"}>
          {label.replace("*", "")}
        </span>
      ))}
    </div>
  );
}

/** A row that leads somewhere. */
export function RankRow({
  cols,
  to,
  params,
  search,
  title,
  children,
}: {
  cols: Cols;
  to: string;
  params?: Record<string, string>;
  search?: Search;
  title?: string;
  children: ReactNode;
}) {
  return (
    <Link
      to={to}
      params={(params ?? {}) as never}
      search={(search ?? {}) as never}
      className="lr"
      style={tracksOf(cols)}
      title={title}
    >
      {children}
    </Link>
  );
}
