/** What kind of screen this is, for what CSS alone cannot do. */

import { useSyncExternalStore } from "react";

const PHONE = globalThis.matchMedia?.("(max-width: 640px)");

function subscribe(listener: () => void): () => void {
  PHONE?.addEventListener("change", listener);
  return () => PHONE?.removeEventListener("change", listener);
}

/** A phone's width: rows have two lines there. */
export function usePhone(): boolean {
  return useSyncExternalStore(subscribe, () => PHONE?.matches ?? false);
}
