/** Saved views: filter, range and order of a list under a name. Pure. */

import type { SavedView } from "@/api/schema";
import type { Search } from "@/app/address";

/** What of the address a view keeps. */
const KEPT = ["q", "range", "from", "to", "sort", "kinds"] as const;
export type ViewDefinition = Partial<Pick<Search, (typeof KEPT)[number]>>;

/** The view that an address shows. */
export function definitionOf(search: Search): ViewDefinition {
  const definition: ViewDefinition = {};
  for (const name of KEPT) if (search[name]) definition[name] = search[name];
  return definition;
}

/** An address part that shows a view and nothing of another. */
export function asSearch(definition: unknown): Partial<Search> {
  const known =
    definition !== null && typeof definition === "object" ? (definition as Record<string, unknown>) : {};
  return Object.fromEntries(
    KEPT.map((name) => [name, typeof known[name] === "string" ? (known[name] as string) : undefined]),
  );
}

export function sameView(a: ViewDefinition, b: unknown): boolean {
  const other = asSearch(b);
  return KEPT.every((name) => (a[name] ?? undefined) === (other[name] ?? undefined));
}

/** Offered while nothing of that name is saved. */
export const OFFERED: readonly { name: string; about: string; definition: ViewDefinition }[] = [
  {
    name: "Failing today",
    about: "runs of the last 24 hours that failed",
    definition: { q: "is:failed", range: "24h" },
  },
  { name: "Over $1", about: "dearest first", definition: { q: "cost > 1", sort: "-cost" } },
  {
    name: "Slow",
    about: "longer than a minute, longest first",
    definition: { q: "duration > 1m", sort: "-duration" },
  },
  { name: "Live", about: "what runs now", definition: { q: "is:live" } },
];

/** The page of views by the list they are of, as the menu reads it. */
export const PAGES = { trace: "runs", span: "spans", session: "sessions" } as const;

/** Views of a page, by name. */
export function viewsOf(views: readonly SavedView[], page: string): SavedView[] {
  return views.filter((view) => view.page === page).sort((a, b) => a.name.localeCompare(b.name));
}
