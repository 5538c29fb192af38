/** What kind of screen this is, for what CSS alone cannot do. */

import { useEffect, useState, useSyncExternalStore } from "react";

const PHONE = globalThis.matchMedia?.("(max-width: 640px)");

function subscribe(listener: () => void): () => void {
  PHONE?.addEventListener("change", listener);
  return () => PHONE?.removeEventListener("change", listener);
}

/** A phone's width: rows have two lines there. */
export function usePhone(): boolean {
  return useSyncExternalStore(subscribe, () => PHONE?.matches ?? false);
}

/** Width of the page beside the menu, in pixels. */
export function usePageWidth(): number {
  const [width, setWidth] = useState(measured);
  useEffect(() => {
    const main = document.querySelector("main");
    if (!main) return;
    const observer = new ResizeObserver(() => setWidth(main.clientWidth));
    observer.observe(main);
    return () => observer.disconnect();
  }, []);
  return width;
}

function measured(): number {
  return document.querySelector("main")?.clientWidth || window.innerWidth;
}
