/** Whether the window answers a media query; draws again when that changes. */

import { useCallback, useSyncExternalStore } from "react";

export function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (changed: () => void) => {
      const list = matchMedia(query);
      list.addEventListener("change", changed);
      return () => list.removeEventListener("change", changed);
    },
    [query],
  );
  return useSyncExternalStore(subscribe, () => matchMedia(query).matches);
}

/** Three stacked screens: list, run, span. */
export const PHONE = "(max-width: 640px)";
/** The panel covers the views. */
export const NARROW = "(max-width: 1179px)";
