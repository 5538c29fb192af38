/** Light, dark, or as the system has it; kept in this browser (public/theme.js sets it before the first paint). */

import { create } from "zustand";

export type Theme = "light" | "dark" | "system";
const KEY = "clew.theme";
const dark = matchMedia("(prefers-color-scheme: dark)");

function stored(): Theme {
  try {
    const text = localStorage.getItem(KEY);
    return text === "light" || text === "dark" ? text : "system";
  } catch {
    return "system";
  }
}

/** The chosen theme and the one that is drawn. `drawn` is for canvases, which must be painted anew. */
export const useTheme = create<{ chosen: Theme; drawn: "light" | "dark" }>(() => ({
  chosen: stored(),
  drawn: document.documentElement.dataset.theme === "dark" ? "dark" : "light",
}));

export function setTheme(chosen: Theme): void {
  try {
    if (chosen === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, chosen);
  } catch {
    // A browser without storage forgets it with the page.
  }
  draw(chosen);
}

function draw(chosen: Theme) {
  const drawn = chosen === "system" ? (dark.matches ? "dark" : "light") : chosen;
  document.documentElement.dataset.theme = drawn;
  useTheme.setState({ chosen, drawn });
}

dark.addEventListener("change", () => draw(useTheme.getState().chosen));
