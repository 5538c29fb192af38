/**
 * Which runs a page of sums is about: all of them, those of an agent, those of a user; in the range and under the
 * filter of its address. Every number and every list that it leads to asks for the same.
 */

import { useMemo } from "react";
import type { Search } from "@/app/address";
import { add, compose } from "@/query/edit";
import { aroundConditions, conditions, lengthOf, type Range } from "@/runs/range";
import { useHistogram } from "@/runs/useFigures";
import { useListAddress } from "@/runs/useListAddress";
import { millis } from "@/format";

/** Bars of the drawing of runs. */
const BUCKETS = 96;

export interface Scope {
  /** Holds of every run of the page: `agent="coder"`; "" for all. */
  base: string;
  /** The reader's own filter. */
  q: string;
  setQ: (q: string) => void;
  range: Range;
  setRange: (part: Partial<Pick<Search, "range" | "from" | "to">>) => void;
  /** What is sent for sums and lists of runs. */
  filter: string;
  /** The same of sessions. */
  sessionFilter: string;
  /** Address of a list with the same filter and range, and more conditions. */
  list: (more?: string, search?: Partial<Search>) => Search;
  usual: ReturnType<typeof useListAddress>["usual"];
}

export function useScope(base = ""): Scope {
  const address = useListAddress("trace");
  const { q, setQ, range, setRange, usual } = address;
  return useMemo(() => {
    const all = add(base, q);
    return {
      base,
      q,
      setQ,
      range,
      setRange,
      usual,
      filter: compose(all, conditions(range, "trace")).filter,
      sessionFilter: compose(all, conditions(range, "session")).filter,
      list: (more = "", search = {}) => ({
        q: add(all, more) || undefined,
        // Lists begin with a range of their own: it is named, so that their numbers are these.
        range: range.around,
        from: range.from ?? undefined,
        to: range.to ?? undefined,
        ...search,
      }),
    };
  }, [base, q, setQ, range, setRange, usual]);
}

/** The drawing of runs over the range around, as the lists have it. */
export function useRuns(scope: Scope) {
  const { range } = scope;
  return useHistogram(
    compose(add(scope.base, scope.q), aroundConditions(range)).filter,
    lengthOf(range.around),
    BUCKETS,
  );
}

/** Ends of the time that charts show, milliseconds; null while they are not known. */
export interface Span {
  from: number;
  to: number;
}

export function useSpan(scope: Scope, runs: ReturnType<typeof useRuns>): Span | null {
  const { around, from, to } = scope.range;
  const answer = runs.data?.answer;
  const { failed, atMs: at } = runs;
  // A step of the clock would draw everything anew: what is now is as old as the drawing.
  return useMemo(() => {
    const now = Math.max(at, Date.now() - 60_000);
    const end = to === null ? now : millis(to);
    if (from !== null) return { from: millis(from), to: end };
    const length = lengthOf(around);
    if (length !== null) return { from: now - length, to: end };
    if (answer && answer.buckets.length > 0) return { from: millis(answer.start_nanos), to: end };
    return failed ? { from: now - 30 * 86_400_000, to: end } : null;
  }, [around, from, to, answer, failed, at]);
}
