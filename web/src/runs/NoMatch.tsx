/** Nothing matches: which condition takes most away, how many there would be without it, and a button to drop it. */

import { useQueries } from "@tanstack/react-query";
import { get } from "@/api/client";
import { count, cut } from "@/format";
import { compose, remove } from "@/query/edit";
import { scan } from "@/query/scan";
import { EmptyState } from "@/ui/feedback";
import { ClockIcon, CloseIcon, SearchIcon } from "@/ui/icons";
import type { Search } from "@/app/address";
import { conditions } from "./range";
import type { ListAddress, Subject } from "./useListAddress";
import type { Source } from "./useList";

/** Conditions that are tried one by one. */
const TRIED_MAX = 8;
/** Stands for all conditions together. */
const ANY = "any filter";
const NOUNS: Record<Subject, [string, string]> = {
  trace: ["run", "runs"],
  span: ["step", "steps"],
  session: ["session", "sessions"],
};

interface Way {
  /** The condition as written, or the range. */
  text: string;
  filter: string;
  part: Partial<Search>;
  isRange: boolean;
}

/** The ways out: each condition dropped, and the range dropped. */
function waysOut({ q, range, subject, hiding }: ListAddress): Way[] {
  const within = conditions(range, subject);
  const ways: Way[] = scan(q)
    .slice(0, TRIED_MAX)
    .map((piece) => {
      const rest = remove(q, piece);
      return {
        text: q.slice(piece.from, piece.to),
        filter: compose(rest, [...within, hiding]).filter,
        part: { q: rest || undefined },
        isRange: false,
      };
    });
  if (ways.length > 1) {
    const filter = [...within, hiding].filter(Boolean).join(" ");
    ways.push({ text: ANY, filter, part: { q: undefined }, isRange: false });
  }
  if (within.length > 0) {
    const part = { range: "all", from: undefined, to: undefined };
    ways.push({ text: "All time", filter: compose(q, [hiding]).filter, part, isRange: true });
  }
  return ways;
}

export function NoMatch({ address, source }: { address: ListAddress; source: Source }) {
  const ways = waysOut(address);
  const counts = useQueries({
    queries: ways.map((way) => ({
      queryKey: ["without", source.path, way.filter],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        get<{ total: number | null; total_is: string | null }>(
          source.path,
          { filter: way.filter, limit: 1 },
          signal,
        ),
      staleTime: 30_000,
      retry: false,
    })),
  });
  const found = ways
    .map((way, at) => ({
      way,
      total: counts[at]?.data?.total ?? 0,
      least: counts[at]?.data?.total_is === "at_least",
    }))
    .filter(({ total }) => total > 0)
    // The smallest step out comes first: one condition before all of them.
    .sort(
      (a, b) => Number(a.way.part.q === undefined) - Number(b.way.part.q === undefined) || b.total - a.total,
    );
  const [one, many] = NOUNS[address.subject];
  const number = scan(address.q).length;
  const title =
    number === 0
      ? `No ${one} in this time range`
      : `No ${one} matches ${number === 1 ? "this filter" : `these ${number} filters`}`;
  const asking = counts.some((query) => query.isPending);
  return (
    <EmptyState
      icon={SearchIcon}
      title={title}
      actions={found.slice(0, 3).map(({ way }) => (
        <button type="button" className="btn" key={way.text} onClick={() => address.update(way.part)}>
          {way.isRange ? (
            <ClockIcon size={14} className="i" aria-hidden />
          ) : (
            <CloseIcon size={14} className="i" aria-hidden />
          )}
          {way.isRange ? "All time" : way.text === ANY ? "Drop all filters" : `Drop ${cut(way.text, 40)}`}
        </button>
      ))}
    >
      {found.slice(0, 3).map(({ way, total, least }) => (
        <span key={way.text}>
          {way.isRange ? "Over all time" : "Without "}
          {!way.isRange && <bdi className="med">{cut(way.text, 60)}</bdi>} there {total === 1 ? "is" : "are"}{" "}
          {least ? "at least " : ""}
          {count(total)}.{" "}
        </span>
      ))}
      {found.length === 0 &&
        (asking
          ? "Looking which of them takes most away…"
          : `No single one of them hides ${many}: it takes several together.`)}
    </EmptyState>
  );
}
