/** Sort orders of lists, as the address and the server write them: `-cost,start`. Pure. */

import type { SortKey } from "@/ui/Table";

/** Keys that one order may have; the server takes as many. */
const MOST = 4;

export function readSort(text: string | undefined): SortKey[] {
  return (text ?? "")
    .split(",")
    .filter(Boolean)
    .slice(0, MOST)
    .map((part) => ({ field: part.replace(/^-/, ""), descending: part.startsWith("-") }));
}

export function writeSort(keys: readonly SortKey[]): string | undefined {
  return keys.map((key) => (key.descending ? "-" : "") + key.field).join(",") || undefined;
}

/** Words begin with A, numbers and times with the largest. */
const ASCENDING_FIRST = new Set(["agent", "name", "session", "user", "status", "root_status", "state"]);

/**
 * A click on a head: this order, then the other way round, then none. With `more` the column joins the keys that are
 * there, or turns its own.
 */
export function nextSort(keys: readonly SortKey[], field: string, more: boolean): SortKey[] {
  const first: SortKey = { field, descending: !ASCENDING_FIRST.has(field) };
  const at = keys.findIndex((key) => key.field === field);
  const own = keys[at];
  const next =
    own === undefined
      ? first
      : own.descending === first.descending
        ? { field, descending: !first.descending }
        : null;
  if (!more) return next ? [next] : [];
  if (at < 0) return [...keys, first].slice(-MOST);
  return keys.flatMap((key, index) => (index === at ? (next ? [next] : []) : [key]));
}
