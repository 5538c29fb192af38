/** Whether the command palette or the list of keys is open. */

import { create } from "zustand";

export const usePalette = create<{ open: "none" | "commands" | "keys" }>(() => ({ open: "none" }));

export const openCommands = () => usePalette.setState({ open: "commands" });
export const openKeyHelp = () => usePalette.setState({ open: "keys" });
export const closePalette = () => usePalette.setState({ open: "none" });
