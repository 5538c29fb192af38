/** What a person chose about the page and this browser remembers: sizes, columns, folded menu. Never in the address. */

import { create } from "zustand";

const KEY = "clew.preferences";

export interface Preferences {
  /** The menu is folded to a rail, on pages where it is open by default. */
  rail: boolean;
  /** Width of the span's panel in pixels; null for the usual one. */
  panelWidth: number | null;
  /** Columns of a list by its name, in order; a list that is not here has its usual ones. */
  columns: Record<string, string[]>;
  /** Tab of the span's panel that was last used, by kind of step. */
  tabs: Record<string, string>;
  /** JSON as it came instead of messages. */
  raw: boolean;
}

const DEFAULTS: Preferences = { rail: false, panelWidth: null, columns: {}, tabs: {}, raw: false };

function read(): Preferences {
  try {
    return { ...DEFAULTS, ...(JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Preferences>) };
  } catch {
    return DEFAULTS;
  }
}

export const usePreferences = create<Preferences>(read);

/** Changes some of them and keeps them. */
export function prefer(part: Partial<Preferences>): void {
  usePreferences.setState(part);
  try {
    localStorage.setItem(KEY, JSON.stringify(usePreferences.getState()));
  } catch {
    // Storage is shut or full: they hold until the page goes.
  }
}
