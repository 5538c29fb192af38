/** What a list shows, from its address: filter, range, order; and how to change it. */

import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { get } from "@/api/client";
import { type Search, useAddress } from "@/app/address";
import type { FilterSchema } from "@/query/complete";
import { type Composed, compose, mentions, term, toggle } from "@/query/edit";
import { OF_A_RUN } from "@/run/address";
import type { SortKey } from "@/ui/Table";
import { conditions, type Range, readRange } from "./range";
import { nextSort, readSort, writeSort } from "./sort";
import { useUsualRange, type UsualRange } from "./useUsualRange";

export type Subject = "trace" | "span" | "session";

export interface ListAddress {
  subject: Subject;
  search: Search;
  update: (part: Partial<Search>, how?: "push" | "replace") => void;
  /** The reader's filter as written. */
  q: string;
  setQ: (q: string) => void;
  /** Narrows the list to a value, or to all else; asked for again it lets go. */
  narrow: (field: string, value: string, negated: boolean) => void;
  range: Range;
  setRange: (range: Partial<Pick<Search, "range" | "from" | "to">>) => void;
  usual: UsualRange;
  /** What is sent for the rows. */
  sent: Composed;
  /** The condition that leaves out steps of no AI category; "" where none does. */
  hiding: string;
  sort: SortKey[];
  sortText: string | undefined;
  onSort: (field: string, more: boolean) => void;
  setSort: (sort: string | undefined) => void;
  schema: FilterSchema | undefined;
}

/** Steps of no AI category stay out of the list of spans until asked for (ruling 36). */
const HIDING = "-category:other";

/** Leaves out what belongs to an open run. */
export const WITHOUT_RUN: Partial<Search> = Object.fromEntries(
  ["run", ...OF_A_RUN].map((name) => [name, undefined]),
);

export function useListAddress(subject: Subject): ListAddress {
  const { search, update } = useAddress();
  const usual = useUsualRange();
  const q = search.q ?? "";
  const range = useMemo(
    () => readRange({ range: search.range, from: search.from, to: search.to }, usual.usual),
    [search.range, search.from, search.to, usual.usual],
  );
  const hiding =
    subject === "span" && search.kinds !== "all" && !mentions(q, ["category", "kind"]) ? HIDING : "";
  const sent = useMemo(
    () => compose(q, [...conditions(range, subject), hiding]),
    [q, range, subject, hiding],
  );
  const sort = useMemo(() => readSort(search.sort), [search.sort]);
  const schema = useQuery({
    queryKey: ["filter-schema", subject],
    queryFn: ({ signal }) => get<FilterSchema>("/filter-schema", { subject }, signal),
    staleTime: Infinity,
  });
  const setQ = useCallback((next: string) => update({ q: next.trim() || undefined }), [update]);
  const narrow = useCallback(
    (field: string, value: string, negated: boolean) => setQ(toggle(q, term(field, ":", value, negated))),
    [q, setQ],
  );
  const setRange = useCallback(
    (part: Partial<Pick<Search, "range" | "from" | "to">>) => update(part),
    [update],
  );
  const onSort = useCallback(
    (field: string, more: boolean) => update({ sort: writeSort(nextSort(sort, field, more)) }),
    [update, sort],
  );
  const setSort = useCallback((next: string | undefined) => update({ sort: next }), [update]);
  return {
    subject,
    search,
    update,
    q,
    setQ,
    narrow,
    range,
    setRange,
    usual,
    sent,
    hiding,
    sort,
    sortText: search.sort,
    onSort,
    setSort,
    schema: schema.data,
  };
}
