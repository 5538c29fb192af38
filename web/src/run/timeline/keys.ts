/** The timeline's keys: zoom, heat, critical path, and moving by rows. */

import { type RefObject, useRef } from "react";
import { announce } from "@/app/announce";
import { type Key, useKeys } from "@/app/keys";
import { firstSpan } from "@/trace/children";
import { type Row, rowOf } from "@/trace/rows";
import { type Heat, type RunStore, useRunStore } from "../store";
import type { PlotHandle } from "./Plot";

const HEATS: Record<Heat, { next: Heat; said: string }> = {
  none: { next: "tokens", said: "Heat: tokens" },
  tokens: { next: "cost", said: "Heat: cost" },
  cost: { next: "none", said: "Heat is off" },
};

export function useTimelineKeys(rows: readonly Row[], plot: RefObject<PlotHandle | null>): void {
  const store = useRunStore();
  const cursor = useRef(-1);
  const drawing = (keys: string, label: string, run: () => void, hidden = false): Key => ({
    keys,
    label,
    group: "Timeline and graph",
    run,
    hidden,
  });
  const moving = (keys: string, label: string, run: () => void): Key => ({
    keys,
    label,
    group: "Moving in a run",
    run,
  });
  const here = () => {
    const { selected, run } = store.getState();
    const row = rows[cursor.current];
    // An open fold and its first step are the same span: the cursor tells them apart.
    if (row && firstSpan(row.item) === selected) return cursor.current;
    return rowOf(run, rows, selected);
  };
  const goTo = (index: number) => {
    const row = rows[index];
    if (!row) return;
    cursor.current = index;
    store.getState().select(firstSpan(row.item));
  };
  useKeys([
    drawing("+", "Zoom in", () => plot.current?.zoom(0.5)),
    drawing("=", "Zoom in", () => plot.current?.zoom(0.5), true),
    drawing("-", "Zoom out", () => plot.current?.zoom(2)),
    drawing("0", "Fit", () => plot.current?.fit()),
    drawing("h", "Heat: tokens, cost", () => {
      const { next, said } = HEATS[store.getState().heat];
      store.getState().set({ heat: next });
      announce(said);
    }),
    drawing("x", "Critical path", () =>
      store.getState().set({ criticalPath: !store.getState().criticalPath }),
    ),
    moving("ArrowDown", "Next row", () => goTo(Math.min(rows.length - 1, here() + 1))),
    moving("ArrowUp", "Previous row", () => goTo(Math.max(0, here() - 1))),
    moving("ArrowRight", "Open, or into", () => {
      const row = rows[here()];
      if (!row?.opens) return;
      if (row.open) goTo(here() + 1);
      else turn(store, row);
    }),
    moving("ArrowLeft", "Close, or out of", () => {
      const at = here();
      const row = rows[at];
      if (!row) return;
      if (row.opens && row.open) return turn(store, row);
      for (let above = at - 1; above >= 0; above--) if (rows[above]!.depth < row.depth) return goTo(above);
    }),
  ]);
}

/** Opens or closes a row. */
function turn(store: RunStore, { item }: Row): void {
  if (item.kind === "span") store.getState().toggle(item.span);
  else store.getState().toggleFold(item.key);
}
