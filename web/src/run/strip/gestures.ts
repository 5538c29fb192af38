/** Pointer and keys on the strip: hover shows a needle, a click selects, a drag brushes, its edges can be moved. */

import { type KeyboardEvent, type PointerEvent, useMemo, useRef } from "react";
import { hit, lanes } from "@/trace/lanes";
import { byStart } from "@/trace/order";
import { endOf, type Skeleton } from "@/trace/skeleton";
import { type Brush, type RunStore, useRunStore } from "../store";
import { laneAt, type Layout } from "./picture";
import { type Scale, toTime, toX } from "./scale";

/** Less is a click. */
const DRAG_PX = 4;
/** So near an edge of the brush the drag moves that edge. */
const EDGE_PX = 6;
const NEAR_PX = 4;
const NEAR_TOUCH_PX = 14;

interface Needle {
  x: number;
  time: number;
  span: number;
}

interface Press {
  x: number;
  /** The time that stays where it is while the other edge is dragged. */
  anchor: number;
  moved: boolean;
}

interface Props {
  run: Skeleton;
  scale: Scale;
  layout: Layout;
  redraw: () => void;
}

/** Handlers for the strip's root, and what they have in hand. */
export function useStripGestures(props: Props) {
  const store = useRunStore();
  const latest = useRef(props);
  latest.current = props;
  return useMemo(() => gesturesOf(store, () => latest.current), [store]);
}

function gesturesOf(store: RunStore, props: () => Props) {
  let press: Press | null = null;
  let needle: Needle | null = null;
  let drag: Brush | null = null;

  const place = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const timeAt = (x: number) => {
    const { scale } = props();
    return Math.min(scale.to, Math.max(scale.from, toTime(scale, x)));
  };
  const spanAt = (x: number, y: number, near: number): number => {
    const { run, scale, layout } = props();
    const { spans } = lanes(run);
    const reach = (near / scale.width) * (scale.to - scale.from);
    const lane = laneAt(layout, y);
    for (const at of [lane, lane - 1, lane + 1]) {
      const found = spans[at] ? hit(run, spans[at], toTime(scale, x), reach) : -1;
      if (found >= 0) return found;
    }
    return -1;
  };
  /** The edge of the brush that does not move, when the pointer is on the other one. */
  const anchorAt = (x: number): number | null => {
    const { brush } = store.getState();
    const { scale } = props();
    if (!brush) return null;
    if (Math.abs(toX(scale, brush.from) - x) <= EDGE_PX) return brush.to;
    return Math.abs(toX(scale, brush.to) - x) <= EDGE_PX ? brush.from : null;
  };

  const handlers = {
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      // The words on the strip are buttons with icon and text in them: those take their clicks themselves.
      if (event.button !== 0 || (event.target as Element).closest("button")) return;
      const { x } = place(event);
      event.currentTarget.setPointerCapture(event.pointerId);
      press = { x, anchor: anchorAt(x) ?? timeAt(x), moved: false };
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      const { x, y } = place(event);
      if (press && (press.moved || Math.abs(x - press.x) >= DRAG_PX)) {
        press.moved = true;
        const time = timeAt(x);
        drag = { from: Math.min(press.anchor, time), to: Math.max(press.anchor, time) };
      }
      const span = drag ? -1 : spanAt(x, y, NEAR_PX);
      needle = { x, time: timeAt(x), span };
      store.getState().hoverOver(span);
      event.currentTarget.style.cursor = press?.moved || anchorAt(x) !== null ? "ew-resize" : "crosshair";
      props().redraw();
    },
    onPointerUp: (event: PointerEvent<HTMLElement>) => {
      if (!press) return;
      const { x, y } = place(event);
      if (drag && drag.to > drag.from) store.getState().setBrush(drag);
      else if (!press.moved) click(spanAt(x, y, event.pointerType === "touch" ? NEAR_TOUCH_PX : NEAR_PX));
      press = null;
      drag = null;
      props().redraw();
    },
    onPointerCancel: () => leave(),
    onPointerLeave: () => {
      if (!press) leave();
    },
    onDoubleClick: () => store.getState().setBrush(null),
    onKeyDown: (event: KeyboardEvent<HTMLElement>) => {
      if (event.target === event.currentTarget && key(event.key)) {
        event.preventDefault();
        event.stopPropagation();
      }
    },
  };

  function leave() {
    press = null;
    drag = null;
    needle = null;
    store.getState().hoverOver(-1);
    props().redraw();
  }

  function click(span: number) {
    if (span < 0) return store.getState().select(-1);
    store.getState().goTo(span);
    store.getState().set({ panelOpen: true });
  }

  /** Does what a key says; false where it says nothing. */
  function key(name: string): boolean {
    const { run } = props();
    const state = store.getState();
    if (name === "Escape" && (drag || state.brush)) {
      leave();
      state.setBrush(null);
      return true;
    }
    if (name === "b" && state.selected >= 0) {
      const from = run.start[state.selected]!;
      state.setBrush({ from, to: Math.max(from + 1e6, endOf(run, state.selected)) });
      return true;
    }
    if (name !== "ArrowLeft" && name !== "ArrowRight") return false;
    state.goTo(stepInTime(run, state.selected, name === "ArrowRight" ? 1 : -1));
    return true;
  }

  return { handlers, needle: () => needle, dragging: () => drag };
}

/** The next work after a span in the order of starts, or the one before; itself at the end. */
export function stepInTime(run: Skeleton, selected: number, step: 1 | -1): number {
  const order = byStart(run);
  const { lane } = lanes(run);
  let at = selected < 0 ? (step > 0 ? -1 : order.length) : order.indexOf(selected);
  for (at += step; at >= 0 && at < order.length; at += step) if (lane[order[at]!] !== 255) return order[at]!;
  return selected;
}
