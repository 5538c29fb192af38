/**
 * The page's state in its address: identity in the path, view in the query. Every change of a view is a history
 * entry; a selection replaces the entry. All values are plain text, so that addresses can be read and edited.
 */

import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";

/** Every query parameter of every page. */
export interface Search {
  /** Filter of a list, in the filter language. */
  q?: string;
  /** Time range of a list: relative (`24h`, `7d`, `all`), which stays relative. */
  range?: string;
  /** Exact range, nanoseconds since 1970. */
  from?: string;
  to?: string;
  /** `-duration,start`. */
  sort?: string;
  /** Trace id of the run that is open beside the list. */
  run?: string;
  /** Selected span of the run, its id. */
  span?: string;
  /** transcript, tree, timeline, graph. */
  view?: string;
  /** A second view at the side of the first. */
  beside?: string;
  /** Tab of the span's panel. */
  tab?: string;
  /** Find in run. */
  find?: string;
  /** Brushed part of the run, `from-to` in milliseconds from its start. */
  brush?: string;
  /** steps, spans. */
  graph?: string;
  /** tokens, cost. */
  heat?: string;
  /** 1: critical path. */
  path?: string;
  /** 1: infrastructure spans are shown. */
  infra?: string;
  /** Open popover of a run: receipt, ledger. */
  open?: string;
  /** Grouping of a chart. */
  by?: string;
  /** all: the list of spans shows every kind of step. */
  kinds?: string;
}

const NAMES: readonly (keyof Search)[] = [
  "q",
  "range",
  "from",
  "to",
  "sort",
  "run",
  "span",
  "view",
  "beside",
  "tab",
  "find",
  "brush",
  "graph",
  "heat",
  "path",
  "infra",
  "open",
  "by",
  "kinds",
];

/** Keeps what is known and not empty. */
export function readSearch(raw: Record<string, unknown>): Search {
  const search: Search = {};
  for (const name of NAMES) {
    const value = raw[name];
    if (typeof value === "string" && value !== "") search[name] = value;
  }
  return search;
}

/** `?q=status:error&range=24h`, without the JSON that the router would write. */
export function writeSearch(search: Record<string, unknown>): string {
  const query = new URLSearchParams();
  for (const name of NAMES) {
    const value = search[name];
    if (typeof value === "string" && value !== "") query.set(name, value);
  }
  const text = query.toString().replaceAll("%3A", ":").replaceAll("%2C", ",");
  return text ? `?${text}` : "";
}

/** The parameters of the address, and how to change some of them. `undefined` takes one out. */
export function useAddress(): {
  search: Search;
  update: (part: Partial<Search>, how?: "push" | "replace") => void;
} {
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const update = useCallback(
    (part: Partial<Search>, how: "push" | "replace" = "push") => {
      void navigate({
        to: ".",
        search: (before: Search) => readSearch({ ...before, ...part }),
        replace: how === "replace",
      } as never);
    },
    [navigate],
  );
  return { search, update };
}
