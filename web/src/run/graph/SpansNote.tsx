import { count, plural } from "@/format";
import { NODES_MAX, type SpanGraph } from "@/trace/graph";

/** How much of the run is drawn, and what is not. */
export function SpansNote({ graph }: { graph: SpanGraph }) {
  const { drawn, total, beyond } = graph;
  if (beyond > 0)
    return `${count(drawn)} of ${plural(total, "span")} drawn: ${count(NODES_MAX)} nodes are the limit, ${plural(beyond, "more opened one")} hidden`;
  if (drawn >= total) return plural(total, "span");
  return `${count(drawn)} of ${plural(total, "span")} drawn, the rest folded`;
}
