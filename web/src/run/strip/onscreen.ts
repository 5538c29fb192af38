/** The part of time that the view under the strip shows, for its bracket. A view says it while it is there. */

import { create } from "zustand";
import type { Brush } from "../store";

export const useOnScreen = create<{ part: Brush | null }>(() => ({ part: null }));

/** Says which part is on screen; null: all of it. */
export function showOnScreen(part: Brush | null): void {
  const before = useOnScreen.getState().part;
  if (before === part || (before && part && before.from === part.from && before.to === part.to)) return;
  useOnScreen.setState({ part });
}
