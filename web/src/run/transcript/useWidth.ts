/** The width of an element, and whether the window is a phone's (phone.css: 640 px). */

import { type RefObject, useLayoutEffect, useState } from "react";

export function useWidth(element: RefObject<HTMLElement | null>): { width: number; phone: boolean } {
  const [size, setSize] = useState({ width: 800, phone: false });
  useLayoutEffect(() => {
    const { current } = element;
    if (!current) return;
    const phone = matchMedia("(max-width: 640px)");
    const measure = () => {
      const next = { width: current.clientWidth, phone: phone.matches };
      setSize((before) => (before.width === next.width && before.phone === next.phone ? before : next));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(current);
    return () => observer.disconnect();
  }, [element]);
  return size;
}
