/**
 * The open run in the page's address, both ways: what the store knows goes into the address a moment later (a
 * selection replaces the entry), and what changes in the address (back, an edited link) goes into the store.
 */

import { useCallback, useEffect, useRef } from "react";
import { type Search, useAddress } from "@/app/address";
import { indexOf, spanId } from "@/trace/skeleton";
import { type Brush, type RunState, type RunStore, type View, VIEWS } from "./store";

/** What of the address the store holds. */
const HELD = ["span", "find", "brush", "graph", "heat", "path", "infra"] as const;
export type Held = Partial<Record<(typeof HELD)[number], string>>;
/** What of the address belongs to a run, and goes when another one is opened. */
export const OF_A_RUN = [...HELD, "view", "beside", "tab", "open"] as const;
/** Selections within this many milliseconds are one change of the address. */
const SETTLE_MS = 160;

/** `1200-3400` milliseconds from the run's start, as nanoseconds; null where it is no range. */
export function readBrush(text: string | undefined): Brush | null {
  const found = /^(-?\d+)-(-?\d+)$/.exec(text ?? "");
  if (!found) return null;
  const from = Number(found[1]) * 1e6;
  const to = Number(found[2]) * 1e6;
  return from < to ? { from, to } : null;
}

export function writeBrush(brush: Brush | null): string | undefined {
  if (!brush) return undefined;
  const from = Math.floor(brush.from / 1e6);
  return `${from}-${Math.max(from + 1, Math.ceil(brush.to / 1e6))}`;
}

/** The store as the address has it; what is usual is left out. */
export function written(state: RunState): Held {
  return {
    span: state.selected >= 0 ? spanId(state.run, state.selected) : undefined,
    find: state.find || undefined,
    brush: writeBrush(state.brush),
    graph: state.graphMode === "spans" ? "spans" : undefined,
    heat: state.heat === "none" ? undefined : state.heat,
    path: state.criticalPath ? "1" : undefined,
    infra: state.showInfrastructure ? "1" : undefined,
  };
}

/** Takes the named parameters of an address into the store. */
export function take(store: RunStore, search: Search, names: readonly (keyof Held)[]): void {
  const state = store.getState();
  for (const name of names) {
    const value = search[name];
    if (name === "span") state.goTo(value ? indexOf(state.run, value) : -1);
    else if (name === "find") state.setFind(value ?? "", []);
    else if (name === "brush") state.setBrush(readBrush(value));
    else if (name === "graph") state.set({ graphMode: value === "spans" ? "spans" : "steps" });
    else if (name === "heat") state.set({ heat: value === "tokens" || value === "cost" ? value : "none" });
    else if (name === "path") state.set({ criticalPath: value === "1" });
    else state.set({ showInfrastructure: value === "1" });
  }
}

/** The view of the address, transcript where it names none. */
export function viewOf(text: string | undefined): View {
  return VIEWS.find((view) => view === text) ?? "transcript";
}

/** Keeps store and address the same while the run is open. Gives a change of the address that loses nothing. */
export function useRunAddress(store: RunStore): {
  search: Search;
  change: (part: Partial<Search>, how?: "push" | "replace") => void;
} {
  const { search, update } = useAddress();
  const seen = useRef<Search | null>(null);
  const pending = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  useEffect(() => {
    const before = seen.current;
    seen.current = search;
    const now = written(store.getState());
    const changed = HELD.filter(
      (name) => (before ? search[name] !== before[name] : search[name]) && search[name] !== now[name],
    );
    take(store, search, changed);
  }, [search, store]);

  const change = useCallback(
    (part: Partial<Search>, how?: "push" | "replace") => {
      clearTimeout(pending.current);
      update({ ...written(store.getState()), ...part }, how);
    },
    [store, update],
  );

  useEffect(() => {
    const settle = () => {
      const now = written(store.getState());
      if (HELD.some((name) => now[name] !== seen.current?.[name])) update(now, "replace");
    };
    const stop = store.subscribe((state, before) => {
      const now = written(state);
      const was = written(before);
      if (HELD.every((name) => now[name] === was[name])) return;
      clearTimeout(pending.current);
      pending.current = setTimeout(settle, SETTLE_MS);
    });
    return () => {
      clearTimeout(pending.current);
      stop();
    };
  }, [store, update]);

  return { search, change };
}
