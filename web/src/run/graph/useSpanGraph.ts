/** The opened part of the run as the store has it, and what opens more of it. */

import { useCallback, useEffect, useMemo, useState } from "react";
import { runningIn } from "@/trace/cards";
import { type GraphNode, nodeOfSpan, spanGraph, type SpanGraph } from "@/trace/graph";
import { indexOf, type Skeleton, spanId } from "@/trace/skeleton";
import { useRun, useRunStore } from "../store";

export function useSpanGraph() {
  const store = useRunStore();
  const run = useRun((state) => state.run);
  const expanded = useRun((state) => state.expanded);
  const openFolds = useRun((state) => state.openFolds);
  const showInfrastructure = useRun((state) => state.showInfrastructure);
  const brush = useRun((state) => state.brush);
  const selected = useRun((state) => state.selected);
  const [anchorId, setAnchorId] = useState(() => idOf(run, selected));
  const anchor = anchorId ? indexOf(run, anchorId) : -1;
  const graph = useMemo(
    () =>
      spanGraph(run, {
        expanded,
        openFolds,
        showInfrastructure,
        anchor,
        shown: brush ? runningIn(run, brush) : undefined,
      }),
    [run, expanded, openFolds, showInfrastructure, anchor, brush],
  );
  // What is selected elsewhere and not drawn yet gets its place; what is drawn moves nothing.
  useEffect(() => {
    if (selected < 0 || isDrawn(graph, selected)) return;
    setAnchorId(idOf(run, selected));
    store.getState().reveal(selected);
  }, [selected]);
  const onOpen = useCallback(
    (node: GraphNode) => {
      const state = store.getState();
      if (node.kind === "stub") state.toggleFold(node.key);
      else if (node.fold) state.toggleFold(node.fold);
      else {
        // What the anchor alone keeps open closes when it is let go.
        if (node.open) setAnchorId("");
        if (node.open === (state.expanded[node.span] === 1)) state.toggle(node.span);
      }
    },
    [store],
  );
  return { run, graph, selected, onOpen };
}

function idOf(run: Skeleton, span: number): string {
  return span >= 0 ? spanId(run, span) : "";
}

/** Has a node of its own, or shares one with its fold; a stub does not count. */
function isDrawn(graph: SpanGraph, span: number): boolean {
  return graph.nodeOf.get(span)?.startsWith("s:") === true;
}

/** Nodes that the search hits; null while nothing is searched. */
export function useNodeHits(run: Skeleton, graph: SpanGraph): ReadonlySet<string> | null {
  const find = useRun((state) => state.find);
  const matches = useRun((state) => state.matches);
  return useMemo(
    () => (find ? new Set(matches.map((span) => nodeOfSpan(run, graph, span))) : null),
    [run, graph, find, matches],
  );
}
