/** Canvases that are crisp, fit their place, and are painted only in a frame after something changed. */

import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

/** Width of an element in CSS pixels; 0 before it is known. */
export function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const watched = element.current;
    if (!watched) return;
    setWidth(watched.clientWidth);
    const observer = new ResizeObserver(() => setWidth(watched.clientWidth));
    observer.observe(watched);
    return () => observer.disconnect();
  }, [element]);
  return width;
}

/** Calls `draw` in the next frame, once however often it is asked, and after each time the component was drawn. */
export function useRedraw(draw: () => void): () => void {
  const latest = useRef(draw);
  latest.current = draw;
  const frame = useRef(0);
  const invalidate = useCallback(() => {
    if (frame.current !== 0) return;
    frame.current = requestAnimationFrame(() => {
      frame.current = 0;
      latest.current();
    });
  }, []);
  // What was drawn into a canvas that moves with the rows must be there in the same frame.
  useLayoutEffect(() => latest.current());
  useEffect(
    () => () => {
      cancelAnimationFrame(frame.current);
      frame.current = 0;
    },
    [],
  );
  return invalidate;
}

/** Sizes a canvas to the screen's pixels and gives its context, cleared, in CSS pixels. */
export function begin(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
): CanvasRenderingContext2D | null {
  const scale = pixelRatio();
  const [across, down] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
  if (canvas.width !== across) canvas.width = across;
  if (canvas.height !== down) canvas.height = down;
  const context = canvas.getContext("2d");
  if (!context) return null;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

/** Screen pixels a CSS pixel, at most 3. */
export function pixelRatio(): number {
  return Math.min(3, Math.max(1, globalThis.devicePixelRatio || 1));
}

/** A middle of a screen pixel, so that a line of one pixel is one. */
export function crisp(x: number): number {
  return Math.round(x - 0.5) + 0.5;
}
