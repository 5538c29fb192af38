/** What the page and the layout worker say to each other, and the layout itself: dagre, top to bottom. */

import { Graph, layout } from "@dagrejs/dagre";

/** Asks for a layout. Nodes in order: parents before children, siblings from left to right. */
export interface LayoutRequest {
  id: number;
  nodes: { id: string; width: number; height: number }[];
  /** Pairs of places in `nodes`: parent, child. */
  edges: [number, number][];
}

/** The centre of each node, x and y by turns; or why there is none. */
export type LayoutAnswer =
  { id: number; centres: Float64Array; width: number; height: number } | { id: number; error: string };

const SIBLINGS_PX = 20;
const LEVELS_PX = 62;

/** Lays a forest out. */
export function arrange({ id, nodes, edges }: LayoutRequest): LayoutAnswer {
  try {
    const graph = new Graph();
    graph.setGraph({ rankdir: "TB", nodesep: SIBLINGS_PX, ranksep: LEVELS_PX, ranker: "tight-tree" });
    graph.setDefaultEdgeLabel(() => ({}));
    for (const [at, { width, height }] of nodes.entries()) graph.setNode(String(at), { width, height });
    for (const [from, to] of edges) graph.setEdge(String(from), String(to));
    // Siblings keep their order: a tree in order has no lines that cross.
    layout(graph, { disableOptimalOrderHeuristic: true });
    const centres = new Float64Array(nodes.length * 2);
    for (let at = 0; at < nodes.length; at++) {
      const { x, y } = graph.node(String(at)) as { x: number; y: number };
      centres[at * 2] = x;
      centres[at * 2 + 1] = y;
    }
    const size = graph.graph() as { width?: number; height?: number };
    return { id, centres, width: size.width ?? 0, height: size.height ?? 0 };
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) };
  }
}
