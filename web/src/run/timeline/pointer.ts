/**
 * Pointer, wheel and fingers on the timeline: ⌘ or Ctrl with the wheel and two fingers zoom at the pointer, a
 * sideways wheel pans; a drag pans what is zoomed and brushes what is not (with Shift, or on the axis, it always
 * brushes); a double click fits a span.
 */

import { type RefObject, useEffect, useMemo, useRef } from "react";
import type { Part } from "./window";

/** Less is a click. */
const DRAG_PX = 4;

/** What the gestures act on; read anew at each event. */
export interface Ground {
  /** Left edge of the plot in the scroller, and its width, in pixels. */
  left: number;
  width: number;
  /** Rows begin at this height of the scroller; above is the axis. */
  top: number;
  part: () => Part;
  zoomed: () => boolean;
  zoom: (at: number, factor: number) => void;
  pan: (by: number) => void;
  brush: (part: Part) => void;
  fitAt: (y: number, x: number) => void;
  /** The pointer is at a pixel of the plot and a height of the rows; null: it left. */
  hover: (at: { x: number; y: number } | null) => void;
  redraw: () => void;
}

interface Press {
  id: number;
  x: number;
  y: number;
  mode: "brush" | "pan";
  moved: boolean;
  /** The time under the pointer when it was pressed. */
  time: number;
}

/** Gestures on the scroller. `drag()` is the part that is brushed at the moment. */
export function usePointer(scroller: RefObject<HTMLElement | null>, ground: Ground) {
  const latest = useRef(ground);
  latest.current = ground;
  const gestures = useMemo(() => new Gestures(() => latest.current), []);
  useEffect(() => {
    const element = scroller.current;
    return element ? gestures.listen(element) : undefined;
  }, [gestures, scroller]);
  return gestures;
}

class Gestures {
  private press: Press | null = null;
  private dragged: Part | null = null;
  /** Fingers on the plot by pointer. */
  private readonly fingers = new Map<number, number>();
  private wasDragged = false;

  constructor(private readonly ground: () => Ground) {}

  drag(): Part | null {
    return this.dragged;
  }

  listen(element: HTMLElement): () => void {
    const stop = new AbortController();
    const { signal } = stop;
    element.addEventListener("wheel", (event) => this.wheel(event, element), { passive: false, signal });
    element.addEventListener("pointerdown", (event) => this.down(event, element), { signal });
    element.addEventListener("pointermove", (event) => this.move(event, element), { signal });
    element.addEventListener("pointerup", (event) => this.up(event, element), { signal });
    element.addEventListener("pointercancel", (event) => this.cancel(event), { signal });
    element.addEventListener("pointerleave", () => this.press || this.ground().hover(null), { signal });
    element.addEventListener("dblclick", (event) => this.double(event, element), { signal });
    // A drag is no click on the row where it ended.
    element.addEventListener("click", (event) => this.swallow(event), { capture: true, signal });
    return () => stop.abort();
  }

  /** Pixels in the plot, and below the axis. */
  private at(event: MouseEvent, element: HTMLElement): { x: number; y: number; inside: boolean } {
    const box = element.getBoundingClientRect();
    const { left, top, width } = this.ground();
    const x = event.clientX - box.left - left;
    const y = event.clientY - box.top - top;
    return { x, y, inside: x >= 0 && x <= width && event.clientX - box.left < element.clientWidth };
  }

  private time(x: number): number {
    const { part, width } = this.ground();
    const { from, to } = part();
    return from + (Math.min(width, Math.max(0, x)) / Math.max(1, width)) * (to - from);
  }

  private wheel(event: WheelEvent, element: HTMLElement): void {
    const ground = this.ground();
    const { x, inside } = this.at(event, element);
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      if (!inside) return;
      const pixels = event.deltaMode === 1 ? event.deltaY * 16 : event.deltaY;
      ground.zoom(this.time(x), Math.exp(Math.min(1, Math.max(-1, pixels / 240))));
      return;
    }
    const across = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
    if (Math.abs(across) <= Math.abs(event.shiftKey ? 0 : event.deltaY) || !ground.zoomed()) return;
    event.preventDefault();
    this.panBy(across);
  }

  private panBy(pixels: number): void {
    const { part, width, pan } = this.ground();
    const { from, to } = part();
    pan((pixels / Math.max(1, width)) * (to - from));
  }

  private down(event: PointerEvent, element: HTMLElement): void {
    this.wasDragged = false;
    const { x, y, inside } = this.at(event, element);
    if (!inside || (event.target instanceof Element && event.target.closest("button"))) return;
    this.fingers.set(event.pointerId, x);
    if (this.fingers.size > 1 || event.button > 1) {
      this.press = null;
      this.dragged = null;
      return;
    }
    const onAxis = y < 0;
    const pans = event.button === 1 || (this.ground().zoomed() && !event.shiftKey && !onAxis);
    if (event.pointerType === "touch" && !pans && !onAxis) return;
    const mode = pans ? "pan" : "brush";
    this.press = { id: event.pointerId, x, y, mode, moved: false, time: this.time(x) };
  }

  private move(event: PointerEvent, element: HTMLElement): void {
    const { x, y, inside } = this.at(event, element);
    if (this.fingers.size === 2 && this.fingers.has(event.pointerId)) return this.pinch(event.pointerId, x);
    const { press } = this;
    if (press && press.id === event.pointerId) {
      if (!press.moved && Math.abs(x - press.x) >= DRAG_PX) {
        press.moved = true;
        element.setPointerCapture(event.pointerId);
      }
      if (press.moved && press.mode === "pan") {
        this.panBy(press.x - x);
        press.x = x;
      } else if (press.moved) {
        const time = this.time(x);
        this.dragged = { from: Math.min(press.time, time), to: Math.max(press.time, time) };
      }
    }
    if (event.pointerType !== "touch") this.ground().hover(inside ? { x, y } : null);
    if (press?.moved) this.ground().redraw();
  }

  /** Two fingers: what is between them stays between them. */
  private pinch(id: number, x: number): void {
    const ground = this.ground();
    const other = [...this.fingers].find(([finger]) => finger !== id)![1];
    const before = Math.abs(this.fingers.get(id)! - other);
    const after = Math.abs(x - other);
    this.wasDragged = true;
    if (before > 8 && after > 8) ground.zoom(this.time(other), before / after);
    this.fingers.set(id, x);
  }

  private up(event: PointerEvent, element: HTMLElement): void {
    this.fingers.delete(event.pointerId);
    const { press, dragged } = this;
    if (!press || press.id !== event.pointerId) return;
    if (element.hasPointerCapture(event.pointerId)) element.releasePointerCapture(event.pointerId);
    this.press = null;
    this.dragged = null;
    this.wasDragged = press.moved;
    if (press.moved && dragged && dragged.to > dragged.from) this.ground().brush(dragged);
    this.ground().redraw();
  }

  private cancel(event: PointerEvent): void {
    this.fingers.delete(event.pointerId);
    this.press = null;
    this.dragged = null;
    this.ground().redraw();
  }

  private double(event: MouseEvent, element: HTMLElement): void {
    const { x, y, inside } = this.at(event, element);
    if (inside) this.ground().fitAt(y, x);
  }

  private swallow(event: MouseEvent): void {
    if (!this.wasDragged) return;
    this.wasDragged = false;
    event.stopPropagation();
    event.preventDefault();
  }
}
