/** Moving in a run by key, whatever view is open: errors, matches, parents, all open, all closed. */

import { announce } from "@/app/announce";
import type { KeyboardEventHandler } from "react";
import { type Key, pressed, useKeys } from "@/app/keys";
import { failures } from "./cause";
import { nextOf, type RunStore, useRunStore } from "./store";

/** Selects a span and opens all that hides it, folds among them. */
export function jumpTo(store: RunStore, span: number): void {
  if (span < 0) return;
  store.getState().unfold(span, "all");
  store.getState().goTo(span);
}

/** The next span that failed by itself, or the one before. */
export function jumpToError(store: RunStore, step: 1 | -1): void {
  const { run, selected } = store.getState();
  const span = nextOf(failures(run), selected, step);
  if (span < 0) announce("Nothing failed in this run");
  else jumpTo(store, span);
}

/** The next span that the search hits, or the one before. */
export function jumpToMatch(store: RunStore, step: 1 | -1): void {
  const { matches, selected, find } = store.getState();
  const span = nextOf(matches, selected, step);
  if (span >= 0) jumpTo(store, span);
  else announce(find ? `Nothing here has "${find}"` : "Nothing is searched for");
}

/** All is opened, folds too; all is closed again. */
export function openAll(store: RunStore): void {
  store.getState().expandAll();
  store.getState().set({ fold: false });
}

export function closeAll(store: RunStore): void {
  store.getState().collapseAll();
  store.getState().set({ fold: true });
}

/** Declares the keys; once for a run. */
export function useMovingKeys(): void {
  const store = useRunStore();
  const key = (keys: string, label: string, run: () => void): Key => ({
    keys,
    label,
    group: "Moving in a run",
    run,
  });
  useKeys([
    key("p", "Parent", () => {
      const { run, selected } = store.getState();
      if (selected >= 0 && run.parent[selected]! >= 0) jumpTo(store, run.parent[selected]!);
    }),
    key("e", "Next error", () => jumpToError(store, 1)),
    key("Shift+e", "Previous error", () => jumpToError(store, -1)),
    key("n", "Next match", () => jumpToMatch(store, 1)),
    key("Shift+n", "Previous match", () => jumpToMatch(store, -1)),
    key("[", "All closed", () => closeAll(store)),
    key("]", "All open", () => openAll(store)),
  ]);
}

/**
 * Declares the keys of a view. Of two views side by side the one that has the focus answers: give its root what comes
 * back as `onKeyDown`.
 */
export function useViewKeys(keys: Key[]): KeyboardEventHandler {
  useKeys(keys);
  return (event) => {
    const key = keys.find((known) => known.keys === pressed(event.nativeEvent));
    if (!key || event.defaultPrevented) return;
    event.preventDefault();
    key.run(event.nativeEvent);
  };
}
