/** Whether the command palette or the list of keys is open, and which run it may search in. */

import { create } from "zustand";
import type { RunStore } from "@/run/store";

interface PaletteState {
  open: "none" | "commands" | "keys";
  /** The run that is on the page. */
  run: RunStore | null;
}

export const usePalette = create<PaletteState>(() => ({ open: "none", run: null }));

export const openCommands = () => usePalette.setState({ open: "commands" });
export const openKeyHelp = () => usePalette.setState({ open: "keys" });
export const closePalette = () => usePalette.setState({ open: "none" });

/** Offers the spans of a run in the palette; the returned function takes them back. */
export function offerRun(store: RunStore): () => void {
  usePalette.setState({ run: store });
  return () => {
    if (usePalette.getState().run === store) usePalette.setState({ run: null });
  };
}
