/** The opened part of the run, a node a span. */

import { MiniMap, type Node } from "@xyflow/react";
import { useCallback, useMemo, useRef } from "react";
import { plural } from "@/format";
import { beside, type GraphNode, nodeId, nodeOfSpan, type SpanGraph, threadOfNode } from "@/trace/graph";
import { EmptyState } from "@/ui/feedback";
import { ErrorIcon } from "@/ui/icons";
import { useRun, useRunStore } from "../store";
import { Canvas, type Hold } from "./Canvas";
import { type Box, elbows, tipAt } from "./place";
import { SpanNode, StubNodeView } from "./SpanNode";
import { SpansNote } from "./SpansNote";
import { type Laid, useLayout } from "./useLayout";
import { useNodeHits, useSpanGraph } from "./useSpanGraph";

const NODE_TYPES = { span: SpanNode, stub: StubNodeView };
const ALL_POINTERS = { pointerEvents: "all" } as const;

export function SpansCanvas({ onList }: { onList: () => void }) {
  const { run, graph, selected, onOpen } = useSpanGraph();
  const { laid, error, retry } = useLayout(graph.nodes);
  const hold = useRef<Hold>(null);
  const open = useCallback(
    (node: GraphNode) => {
      const after = node.kind === "stub" ? nodeId(run, node.spans[0]!) : node.id;
      const hadFocus = document.activeElement?.getAttribute("data-nav") === node.id;
      hold.current = { before: node.id, after, hadFocus };
      onOpen(node);
    },
    [run, onOpen],
  );
  const nodes = useMemo(
    () =>
      (laid?.nodes ?? []).flatMap((node): Node[] => {
        const box = laid!.places.get(node.id);
        if (!box) return [];
        const { x, y, width, height } = box;
        const data = { run, node, onOpen: open };
        return [
          { id: node.id, type: node.kind, position: { x, y }, width, height, style: ALL_POINTERS, data },
        ];
      }),
    [run, laid, open],
  );
  const selectedNode = useMemo(() => nodeOfSpan(run, graph, selected), [run, graph, selected]);
  const hover = useRun((state) => (state.hover < 0 ? "" : nodeOfSpan(run, graph, state.hover)));
  const thread = useMemo(() => threadOfNode(graph, selectedNode), [graph, selectedNode]);
  const hits = useNodeHits(run, graph);
  const marks = useMemo(
    () => ({ selected: selectedNode, hover, thread, hits }),
    [selectedNode, hover, thread, hits],
  );
  const next = useCallback(
    (from: string, arrow: "up" | "down" | "left" | "right") =>
      laid ? beside(laid.nodes, centresOf(laid.places), from, arrow) : "",
    [laid],
  );
  if (error) return <LayoutFailed error={error} retry={retry} />;
  if (!laid)
    return <div className="canvas" role="group" aria-label="Graph of spans" aria-busy tabIndex={0} />;
  return (
    <Canvas
      label={`Graph of ${plural(graph.drawn, "span")}. Arrow keys move, Enter selects, click on empty canvas clears`}
      nodes={nodes}
      nodeTypes={NODE_TYPES}
      size={laid}
      places={laid.places}
      marks={marks}
      next={next}
      first={laid.nodes[0]?.id ?? ""}
      hold={hold}
      onList={onList}
      note={<SpansNote graph={graph} />}
      lines={<Lines laid={laid} graph={graph} thread={thread} />}
    >
      <MiniMap
        pannable
        zoomable
        ariaLabel="Map of the graph"
        position="bottom-left"
        className="gmap"
        nodeBorderRadius={6}
        nodeColor={(node) => miniColour(node, selectedNode)}
      />
    </Canvas>
  );
}

function miniColour(node: Node, selected: string): string {
  if (node.id === selected) return "var(--accent)";
  const drawn = (node.data as { node: GraphNode }).node;
  if (drawn.kind === "stub") return "var(--line)";
  return drawn.failures > 0 ? "var(--st-error)" : "var(--line-strong)";
}

function LayoutFailed({ error, retry }: { error: string; retry: () => void }) {
  const store = useRunStore();
  return (
    <EmptyState
      icon={ErrorIcon}
      title="The graph could not be laid out"
      actions={
        <>
          <button
            type="button"
            className="btn primary"
            onClick={() => store.getState().set({ graphMode: "steps" })}
          >
            Show steps
          </button>
          <button type="button" className="btn" onClick={retry}>
            Try again
          </button>
        </>
      }
    >
      The part that places the nodes stopped: {error}. Steps and the other views work.
    </EmptyState>
  );
}

function Lines({ laid, graph, thread }: { laid: Laid; graph: SpanGraph; thread: ReadonlySet<string> }) {
  const lines = useMemo(
    () =>
      laid.nodes.flatMap(({ id, parent }) => {
        const from = laid.places.get(parent);
        const to = laid.places.get(id);
        return from && to ? [{ id, path: line(from, to), tip: tipAt(to.x + to.width / 2, to.y) }] : [];
      }),
    [laid],
  );
  const draw = ({ id, path, tip }: (typeof lines)[number], tone: string) => (
    <g key={id}>
      <path className={`edge ${tone}`} d={path} />
      <path className={`tip ${tone}`} d={tip} />
    </g>
  );
  return (
    <>
      {lines.filter(({ id }) => !thread.has(id)).map((edge) => draw(edge, ""))}
      {lines.filter(({ id }) => thread.has(id)).map((edge) => draw(edge, "th"))}
      {graph.loops.map(({ from, to }) => {
        const start = laid.places.get(from);
        const end = laid.places.get(to);
        return start && end ? <LoopLine key={from} start={start} end={end} /> : null;
      })}
    </>
  );
}

function line(from: Box, to: Box): string {
  const start = { x: from.x + from.width / 2, y: from.y + from.height };
  const end = { x: to.x + to.width / 2, y: to.y - 3 };
  const bus = (start.y + end.y) / 2;
  return elbows([start, { x: start.x, y: bus }, { x: end.x, y: bus }, end]);
}

/** Below the nodes, from the repeated call back to what asks. */
function LoopLine({ start, end }: { start: Box; end: Box }) {
  const self = start === end ? 24 : 0;
  const from = { x: start.x + start.width / 2 + self, y: start.y + start.height };
  const to = { x: end.x + end.width / 2 - self, y: end.y + end.height + 3 };
  const low = Math.max(from.y, to.y) + 18;
  return (
    <g>
      <path className="edge lp" d={elbows([from, { x: from.x, y: low }, { x: to.x, y: low }, to])} />
      <path className="tip lp" d={`M${to.x - 4} ${to.y + 5}L${to.x} ${to.y - 2}L${to.x + 4} ${to.y + 5}z`} />
    </g>
  );
}

function centresOf(places: ReadonlyMap<string, Box>): ReadonlyMap<string, { x: number; y: number }> {
  const found = new Map<string, { x: number; y: number }>();
  for (const [id, { x, y, width, height }] of places) found.set(id, { x: x + width / 2, y: y + height / 2 });
  return found;
}
