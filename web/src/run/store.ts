/**
 * What one open run knows of its reader: one selection, one hover, one expansion, one search, one brush, shared by
 * transcript, tree, timeline, graph and strip. The views only draw it and call its actions; none keeps its own.
 *
 * Spans are named by their place in the skeleton. A live run's skeleton is replaced as it grows; places are then
 * carried over by span id.
 */

import { createContext, useContext } from "react";
import { createStore, type StoreApi, useStore } from "zustand";
import { isRepeatKey, oddities } from "@/trace/children";
import { foldsAbove } from "@/trace/rows";
import { FLAG, has, indexOf, type Skeleton, spanId } from "@/trace/skeleton";
import { isTicking } from "@/ui/state";

export type View = "transcript" | "tree" | "timeline" | "graph";
export const VIEWS: readonly View[] = ["transcript", "tree", "timeline", "graph"];
export type Heat = "none" | "tokens" | "cost";
export type GraphMode = "steps" | "spans";

/** A part of the run's time, in nanoseconds from its start. */
export interface Brush {
  from: number;
  to: number;
}

export interface RunState {
  run: Skeleton;
  /** Selected span, -1 for none. */
  selected: number;
  /** Span under the pointer in any view, -1 for none. */
  hover: number;
  /** 1 where a span shows what is below it. */
  expanded: Uint8Array;
  /** Folds that were opened by hand ("read_file ×14", "12 steps, all fine"), by `Fold.key`. */
  openFolds: ReadonlySet<string>;
  /** Find in run. */
  find: string;
  /** Places that the search hits, ascending. */
  matches: readonly number[];
  brush: Brush | null;
  /** Spans without any AI convention are shown. */
  showInfrastructure: boolean;
  heat: Heat;
  criticalPath: boolean;
  graphMode: GraphMode;
  /** Follows the end of a live run; set while the reader is at the end. */
  pinned: boolean;
  /** Spans that came since the reader left the end. */
  newSpans: number;
  /** Repeats, loops and unremarkable steps are folded. */
  fold: boolean;
  /** The panel of the selected span is open: beside the views, or over them where it is narrow. */
  panelOpen: boolean;
  /** The page is being printed: lists draw all their rows (up to PRINTED_ROWS_MAX), not only those in sight. */
  printing: boolean;

  select(span: number): void;
  hoverOver(span: number): void;
  toggle(span: number): void;
  expandAll(): void;
  collapseAll(): void;
  /** Opens what is above a span, so that it can be seen. */
  reveal(span: number): void;
  /** Selects a span and opens what is above it; in a loop or repeat that is closed it shows on its row. */
  goTo(span: number): void;
  /** Opens the folds that hide a span: all, or all but loops and repeats. */
  unfold(span: number, which: "all" | "steps"): void;
  toggleFold(key: string): void;
  setFind(text: string, matches: readonly number[]): void;
  setBrush(brush: Brush | null): void;
  set(
    part: Partial<
      Pick<
        RunState,
        | "showInfrastructure"
        | "heat"
        | "criticalPath"
        | "graphMode"
        | "pinned"
        | "newSpans"
        | "fold"
        | "panelOpen"
        | "printing"
      >
    >,
  ): void;
  /** Takes a newer skeleton of the same run. */
  grow(run: Skeleton): void;
}

export type RunStore = StoreApi<RunState>;

/** Opened at once: the first level and the ways to this many failures. */
export const OPENED_ODDITIES_MAX = 50;
/** Rows that a view draws when it is printed. */
export const PRINTED_ROWS_MAX = 2_000;

/** A store for a run that was just loaded. */
export function createRunStore(run: Skeleton, selectedId?: string): RunStore {
  const selected = selectedId ? indexOf(run, selectedId) : -1;
  const expanded = firstExpansion(run);
  if (selected >= 0) openAbove(run, expanded, selected);
  return createStore<RunState>((set, get) => ({
    run,
    selected,
    hover: -1,
    expanded,
    openFolds: new Set(),
    find: "",
    matches: [],
    brush: null,
    showInfrastructure: false,
    heat: "none",
    criticalPath: false,
    graphMode: "steps",
    pinned: isGrowing(run),
    newSpans: 0,
    fold: true,
    panelOpen: selected >= 0,
    printing: false,
    select: (span) => {
      if (span !== get().selected) set({ selected: span });
    },
    hoverOver: (span) => {
      if (span !== get().hover) set({ hover: span });
    },
    toggle: (span) => {
      const next = get().expanded.slice();
      next[span] = next[span] ? 0 : 1;
      set({ expanded: next });
    },
    expandAll: () => set({ expanded: new Uint8Array(get().run.count).fill(1) }),
    collapseAll: () => set({ expanded: new Uint8Array(get().run.count), openFolds: new Set() }),
    reveal: (span) => {
      const next = get().expanded.slice();
      if (openAbove(get().run, next, span)) set({ expanded: next });
    },
    goTo: (span) => {
      if (span >= 0) {
        get().reveal(span);
        get().unfold(span, "steps");
      }
      get().select(span);
    },
    unfold: (span, which) => {
      const { run, showInfrastructure, fold, matches, openFolds } = get();
      const keys = foldsAbove(run, span, { showInfrastructure, fold, keep: new Set(matches) }).filter(
        (key) => which === "all" || !isRepeatKey(key),
      );
      if (keys.some((key) => !openFolds.has(key))) set({ openFolds: new Set([...openFolds, ...keys]) });
    },
    toggleFold: (key) => {
      const next = new Set(get().openFolds);
      if (!next.delete(key)) next.add(key);
      set({ openFolds: next });
    },
    setFind: (find, matches) => set({ find, matches }),
    setBrush: (brush) => set({ brush }),
    set: (part) => set(part),
    grow: (next) => {
      const before = get();
      if (next === before.run) return;
      const carry = (span: number) => (span < 0 ? -1 : indexOf(next, spanId(before.run, span)));
      const grown = firstExpansion(next);
      for (let span = 0; span < before.run.count; span++) {
        const at = carry(span);
        if (at >= 0) grown[at] = before.expanded[span]!;
      }
      set({
        run: next,
        selected: carry(before.selected),
        hover: carry(before.hover),
        expanded: grown,
        matches: before.matches.map(carry).filter((span) => span >= 0),
        newSpans: before.pinned ? 0 : before.newSpans + Math.max(0, next.count - before.run.count),
      });
    },
  }));
}

/** More spans may come at any moment. */
export function isGrowing(run: Skeleton): boolean {
  return run.trace.state === "live" || run.trace.state === "resumed";
}

/** Its clock runs: a step of it is open (ui/state.tsx). A run whose root never came may grow, but nothing in it ticks. */
export function ticks(run: Skeleton): boolean {
  return isTicking({ state: run.trace.state, receipt: run.receipt });
}

/**
 * The next of some places (ascending) after the selected one, or the one before it; round the end. -1 where there
 * is none.
 */
export function nextOf(places: readonly number[], selected: number, step: 1 | -1): number {
  if (places.length === 0) return -1;
  if (step > 0) return places.find((place) => place > selected) ?? places[0]!;
  const before = selected < 0 ? undefined : places.findLast((place) => place < selected);
  return before ?? places.at(-1)!;
}

/** The first level, and the ways to what a reader should see first: failures, loops, odd spans. */
function firstExpansion(run: Skeleton): Uint8Array {
  const expanded = new Uint8Array(run.count);
  const all = run.count <= 30;
  for (let span = 0; span < run.count; span++) if (run.depth[span] === 0 || all) expanded[span] = 1;
  for (const span of oddities(run).slice(0, OPENED_ODDITIES_MAX)) openAbove(run, expanded, span);
  if (isGrowing(run)) openRunning(run, expanded);
  return expanded;
}

/** What runs at this moment can be seen growing: the last spans that are open, and the ways to them. */
function openRunning(run: Skeleton, expanded: Uint8Array): void {
  let opened = 0;
  for (let span = run.count - 1; span >= 0 && opened < OPENED_ODDITIES_MAX; span--) {
    if (!has(run, span, FLAG.open)) continue;
    expanded[span] = 1;
    openAbove(run, expanded, span);
    opened++;
  }
}

function openAbove(run: Skeleton, expanded: Uint8Array, span: number): boolean {
  let changed = false;
  for (let above = run.parent[span]!; above >= 0; above = run.parent[above]!) {
    if (!expanded[above]) {
      expanded[above] = 1;
      changed = true;
    }
  }
  return changed;
}

export const RunContext = createContext<RunStore | null>(null);

/** The store of the run around; for handlers that read without drawing again. */
export function useRunStore(): RunStore {
  const store = useContext(RunContext);
  if (!store) throw new Error("no run around this component");
  return store;
}

/** A part of the run's state; draws again only when it changes. */
export function useRun<T>(pick: (state: RunState) => T): T {
  return useStore(useRunStore(), pick);
}
