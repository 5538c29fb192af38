/**
 * What is lit in a canvas: selection, hover, thread, keyboard. Apart from the nodes, so that moving the pointer draws
 * two nodes again and not four hundred.
 */

import { createContext, useContext } from "react";
import { createStore, type StoreApi, useStore } from "zustand";

export interface Marks {
  /** Node or row of the selected span. */
  selected: string;
  hover: string;
  /** The way from the root to it. */
  thread: ReadonlySet<string>;
  /** Where the keyboard is: the one tab stop. */
  cursor: string;
  /** What a search hits; null while nothing is searched. */
  hits: ReadonlySet<string> | null;
}

export type MarksStore = StoreApi<Marks>;

export function createMarks(): MarksStore {
  return createStore<Marks>(() => ({ selected: "", hover: "", thread: new Set(), cursor: "", hits: null }));
}

/** Null outside a canvas: everything is a tab stop there. */
export const MarksContext = createContext<MarksStore | null>(null);

const NONE = createMarks();

/** A part of the marks; draws again only when it changes. */
export function useMarks<T>(pick: (marks: Marks) => T): T {
  return useStore(useContext(MarksContext) ?? NONE, pick);
}

/** The place of an id in the keyboard's order: one tab stop in a canvas, each one outside. */
export function useTabIndex(id: string): 0 | -1 {
  const inCanvas = useContext(MarksContext) !== null;
  const here = useMarks((marks) => marks.cursor === id);
  return !inCanvas || here ? 0 : -1;
}
