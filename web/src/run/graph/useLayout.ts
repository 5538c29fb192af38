/** Where the nodes of the graph stand, worked out by the worker; the old places stay until the new ones are there. */

import { useEffect, useMemo, useRef, useState } from "react";
import type { GraphNode } from "@/trace/graph";
import { Layouter } from "./layouter";
import type { Box } from "./place";
import { NODE_HEIGHT, NODE_WIDTH, STUB_HEIGHT, STUB_WIDTH } from "./SpanNode";

export interface Laid {
  nodes: readonly GraphNode[];
  places: ReadonlyMap<string, Box>;
  width: number;
  height: number;
}

/** `laid` is null before the first layout; `error` says why there is none. */
export function useLayout(nodes: readonly GraphNode[]): {
  laid: Laid | null;
  error: string;
  retry: () => void;
} {
  const [laid, setLaid] = useState<Laid | null>(null);
  const [error, setError] = useState("");
  const [attempt, setAttempt] = useState(0);
  const layouter = useRef<Layouter>(null);
  const shape = useMemo(() => nodes.map(({ id, parent }) => `${id}<${parent}`).join(" "), [nodes]);
  const latest = useRef(nodes);
  latest.current = nodes;
  useEffect(() => () => layouter.current?.stop(), []);
  useEffect(() => {
    const asked = latest.current;
    layouter.current ??= new Layouter();
    return layouter.current.ask(toAsk(asked), (answer) => {
      if ("error" in answer) return setError(answer.error);
      setError("");
      const { centres, width, height } = answer;
      setLaid({ nodes: asked, places: boxes(asked, centres), width, height });
    });
  }, [shape, attempt]);
  // The same shape with other words (a live run grows, infrastructure is counted) keeps its places.
  const current = useMemo(() => {
    const fits = laid && laid.nodes.length === nodes.length && nodes.every(({ id }) => laid.places.has(id));
    return laid && fits ? { ...laid, nodes } : laid;
  }, [laid, nodes]);
  return { laid: current, error, retry: () => setAttempt((before) => before + 1) };
}

export function sizeOf(node: GraphNode): { width: number; height: number } {
  return node.kind === "span"
    ? { width: NODE_WIDTH, height: NODE_HEIGHT }
    : { width: STUB_WIDTH, height: STUB_HEIGHT };
}

function toAsk(nodes: readonly GraphNode[]) {
  const at = new Map(nodes.map(({ id }, place) => [id, place]));
  const edges = nodes.flatMap(({ parent }, place): [number, number][] => {
    const from = at.get(parent);
    return from === undefined ? [] : [[from, place]];
  });
  return { nodes: nodes.map((node) => ({ id: node.id, ...sizeOf(node) })), edges };
}

function boxes(nodes: readonly GraphNode[], centres: Float64Array): ReadonlyMap<string, Box> {
  return new Map(
    nodes.map((node, at): [string, Box] => {
      const { width, height } = sizeOf(node);
      const x = centres[at * 2]! - width / 2;
      const y = centres[at * 2 + 1]! - height / 2;
      return [node.id, { x, y, width, height }];
    }),
  );
}
