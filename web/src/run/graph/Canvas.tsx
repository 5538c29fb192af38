/**
 * A canvas that pans and zooms, for both graphs. It shows everything until the reader moves it, and the selection
 * when it would be out of sight; the same run looks the same every time.
 */

import "./xyflow.css";
import {
  type Node,
  type NodeTypes,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  useStore as useFlow,
  type Viewport,
  ViewportPortal,
} from "@xyflow/react";
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { useKeys } from "@/app/keys";
import { share } from "@/format";
import { ExpandIcon, MinusIcon, PlusIcon, TreeIcon } from "@/ui/icons";
import { useRunStore } from "../store";
import { createMarks, type Marks, MarksContext } from "./marks";
import type { Box, Point } from "./place";

export const ZOOM_MIN = 0.1;
export const ZOOM_MAX = 2;
/** Text is not drawn below this zoom: nobody reads it, and it costs frames. */
export const TEXT_ZOOM = 0.55;
/** What is first seen is never smaller than this: the rest is a drag away. */
const FIRST_ZOOM = 0.65;
const MARGIN = 20;
/** What comes into sight stands so far from the side. */
const ASIDE = 60;
/** Room for the line of words at the top. */
const TOP = 36;

/** A node that was opened, and the node that takes its place (itself, or the first that a stub hid). */
export interface Hold {
  before: string;
  after: string;
  /** It had the keyboard, and its successor gets it. */
  hadFocus: boolean;
}

type Arrow = "up" | "down" | "left" | "right";
const ARROWS: Record<string, Arrow> = {
  ArrowUp: "up",
  ArrowDown: "down",
  ArrowLeft: "left",
  ArrowRight: "right",
};

export interface CanvasProps {
  /** What screen readers call it. */
  label: string;
  nodes: Node[];
  nodeTypes: NodeTypes;
  /** Lines, in the nodes' coordinates. */
  lines: ReactNode;
  size: { width: number; height: number };
  /** Where nodes (and rows) are, by their id. */
  places: ReadonlyMap<string, Box>;
  marks: Omit<Marks, "cursor">;
  /** Where an arrow key leads from a node. */
  next: (from: string, arrow: Arrow) => string;
  /** Where the keyboard begins. */
  first: string;
  /** What stays where it is on the screen when the layout changes. */
  hold: { current: Hold | null };
  note: ReactNode;
  onList: () => void;
  children?: ReactNode;
}

export function Canvas(props: CanvasProps) {
  return (
    <ReactFlowProvider>
      <Inner {...props} />
    </ReactFlowProvider>
  );
}

function Inner(props: CanvasProps) {
  const { label, nodes, nodeTypes, lines, size, places, next, first, note, onList, children } = props;
  const run = useRunStore();
  const root = useRef<HTMLDivElement>(null);
  const [marks] = useState(createMarks);
  const focusOn = (id: string) => {
    marks.setState({ cursor: id });
    const element = root.current?.querySelector<HTMLElement>(`[data-nav="${CSS.escape(id)}"]`);
    element?.focus({ preventScroll: true });
  };
  const { sees, fit, zoomBy, bringIntoSight } = useViewport(props, focusOn);
  const isFar = useFlow((state) => state.transform[2] < TEXT_ZOOM);
  const { selected, hover, thread, hits } = props.marks;
  useEffect(() => {
    const { cursor } = marks.getState();
    marks.setState({ selected, hover, thread, hits });
    if (!places.has(cursor)) marks.setState({ cursor: places.has(selected) ? selected : first });
  }, [marks, selected, hover, thread, hits, places, first]);
  useEffect(() => {
    if (places.has(selected)) marks.setState({ cursor: selected });
  }, [marks, selected, places]);
  useKeys([
    { keys: "+", label: "Closer", group: "Timeline and graph", run: () => zoomBy(1.25) },
    { keys: "=", label: "Closer", group: "Timeline and graph", run: () => zoomBy(1.25), hidden: true },
    { keys: "-", label: "Further away", group: "Timeline and graph", run: () => zoomBy(0.8) },
    { keys: "0", label: "Show all of it", group: "Timeline and graph", run: fit },
  ]);
  const onKeyDown = (event: KeyboardEvent) => {
    const inside = event.target instanceof HTMLElement ? event.target : null;
    if (event.metaKey || event.ctrlKey || event.altKey || !inside) return;
    if (event.key === "Enter" && inside instanceof HTMLButtonElement) {
      event.preventDefault();
      inside.click();
      return;
    }
    const arrow = ARROWS[event.key];
    if (!arrow) return;
    event.preventDefault();
    const { cursor } = marks.getState();
    const to = inside === root.current ? cursor : next(cursor, arrow);
    if (!to) return;
    focusOn(to);
    bringIntoSight(to);
  };
  return (
    <MarksContext value={marks}>
      <div
        ref={root}
        className={`canvas ${isFar ? "far" : ""}`}
        role="group"
        aria-label={label}
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        <ReactFlow
          nodes={nodes}
          edges={NO_EDGES}
          nodeTypes={nodeTypes}
          minZoom={ZOOM_MIN}
          maxZoom={ZOOM_MAX}
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          edgesFocusable={false}
          elementsSelectable={false}
          zoomOnDoubleClick={false}
          disableKeyboardA11y
          deleteKeyCode={null}
          selectionKeyCode={null}
          multiSelectionKeyCode={null}
          panActivationKeyCode={null}
          zoomActivationKeyCode={null}
          attributionPosition="top-right"
          onPaneClick={() => run.getState().select(-1)}
          onMoveStart={(event) => {
            if (event) sees.current = "reader";
          }}
        >
          <ViewportPortal>
            <svg className="glines" width={size.width} height={size.height} aria-hidden>
              {lines}
            </svg>
          </ViewportPortal>
          {children}
        </ReactFlow>
        <div className="gnote">
          <Zoom />
          {note}
        </div>
        <div className="ctl">
          <button type="button" title="Show as list" aria-label="Show as list" onClick={onList}>
            <TreeIcon size={14} strokeWidth={1.5} aria-hidden />
          </button>
          <button type="button" title="Closer (+)" aria-label="Closer" onClick={() => zoomBy(1.25)}>
            <PlusIcon size={14} strokeWidth={1.5} aria-hidden />
          </button>
          <button
            type="button"
            title="Further away (−)"
            aria-label="Further away"
            onClick={() => zoomBy(0.8)}
          >
            <MinusIcon size={14} strokeWidth={1.5} aria-hidden />
          </button>
          <button type="button" title="Show all of it (0)" aria-label="Show all of it" onClick={fit}>
            <ExpandIcon size={14} strokeWidth={1.5} aria-hidden />
          </button>
        </div>
      </div>
    </MarksContext>
  );
}

const NO_EDGES: never[] = [];

function Zoom() {
  const zoom = useFlow((state) => Math.round(state.transform[2] * 100));
  return <span>{share(zoom / 100)} · </span>;
}

/** What part is seen. */
function useViewport({ size, places, marks, hold, first }: CanvasProps, focusOn: (id: string) => void) {
  const flow = useReactFlow();
  const width = useFlow((state) => state.width);
  const height = useFlow((state) => state.height);
  /** What decides what is seen. */
  const sees = useRef<"first" | "all" | "reader">("first");
  const before = useRef(places);
  const { selected } = marks;
  const at = useRef(selected);
  at.current = selected;
  const top = useRef(first);
  top.current = first;
  useEffect(() => {
    if (width === 0 || height === 0) return;
    const view = flow.getViewport();
    const change = before.current === places ? null : hold.current;
    const held = change && before.current.get(change.before);
    const now = change && places.get(change.after);
    before.current = places;
    if (held && now) {
      hold.current = null;
      if (change.hadFocus) requestAnimationFrame(() => focusOn(change.after));
      sees.current = "reader";
      void flow.setViewport({
        zoom: view.zoom,
        x: view.x + (held.x + held.width / 2 - now.x - now.width / 2) * view.zoom,
        y: view.y + (held.y - now.y) * view.zoom,
      });
    } else if (sees.current === "all") {
      void flow.setViewport(fitted(size, { width, height }));
    } else if (sees.current === "first") {
      void flow.setViewport(
        firstView(size, { width, height }, places.get(top.current), places.get(at.current)),
      );
    }
  }, [flow, size, places, width, height, hold]);
  const bringIntoSight = (id: string) => {
    const box = places.get(id);
    const to = box && width > 0 ? broughtIntoSight(flow.getViewport(), { width, height }, box) : null;
    if (to) void flow.setViewport(to);
  };
  // Only a new selection moves the view, not a new layout.
  useEffect(() => bringIntoSight(selected), [selected]);
  return {
    sees,
    bringIntoSight,
    fit: () => {
      sees.current = "all";
      void flow.setViewport(fitted(size, { width, height }));
    },
    zoomBy: (factor: number) => {
      sees.current = "reader";
      void flow.zoomTo(Math.min(ZOOM_MAX, Math.max(ZOOM_MIN, flow.getZoom() * factor)));
    },
  };
}

type Size = { width: number; height: number };

/** All of it, at most at full size, in the middle under the line of words. */
export function fitted(size: Size, frame: Size, least = ZOOM_MIN): Viewport {
  const fits = Math.min(
    (frame.width - 2 * MARGIN) / Math.max(1, size.width),
    (frame.height - TOP - MARGIN) / Math.max(1, size.height),
  );
  const zoom = Math.min(1, Math.max(least, fits));
  return { zoom, x: (frame.width - size.width * zoom) / 2, y: TOP };
}

/** All of it where that can be read; else a part that can be, with the top and the selection in it. */
export function firstView(size: Size, frame: Size, top?: Box, selected?: Box): Viewport {
  let view = fitted(size, frame, FIRST_ZOOM);
  if (top) view = { ...view, x: broughtIntoSight(view, frame, top)?.x ?? view.x };
  return (selected && broughtIntoSight(view, frame, selected)) ?? view;
}

/** Moved so that a box is seen, a third of the height above it, hardly aside; null where it is seen already. */
export function broughtIntoSight(view: Viewport, frame: Size, box: Box): Viewport | null {
  const from: Point = { x: box.x * view.zoom + view.x, y: box.y * view.zoom + view.y };
  const to: Point = { x: from.x + box.width * view.zoom, y: from.y + box.height * view.zoom };
  const isBeside = from.x < 0 || to.x > frame.width;
  const isAside = from.y < 0 || to.y > frame.height;
  if (!isBeside && !isAside) return null;
  let { x, y } = view;
  if (from.x < 0) x += ASIDE - from.x;
  else if (to.x > frame.width) x += frame.width - ASIDE - to.x;
  if (isAside) y += frame.height / 3 - from.y;
  return { zoom: view.zoom, x, y };
}
