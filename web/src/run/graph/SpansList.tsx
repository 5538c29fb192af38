/** The graph of spans as a list: the same nodes in their order, for those who cannot or do not want to see it. */

import { cut } from "@/format";
import { type GraphNode, isCode, nodeOfSpan } from "@/trace/graph";
import { category, type Skeleton } from "@/trace/skeleton";
import { KindTile } from "@/ui/kind";
import { useRunStore } from "../store";
import { nextOf, spanFacts, stubTitle, stubWords } from "./SpanNode";
import { SpansNote } from "./SpansNote";
import { useSpanGraph } from "./useSpanGraph";

const INDENT_PX = 16;
const INDENT_MAX = 12;

export function SpansList() {
  const { run, graph, selected, onOpen } = useSpanGraph();
  const here = nodeOfSpan(run, graph, selected);
  const depths = new Map<string, number>();
  for (const { id, parent } of graph.nodes) depths.set(id, (depths.get(parent) ?? -1) + 1);
  return (
    <div className="gcolumn" role="group" aria-label="Spans of the graph" tabIndex={-1}>
      <p className="gnote">
        <SpansNote graph={graph} />
      </p>
      <ul className="glist">
        {inOrder(graph.nodes).map((node) => (
          <li key={node.id} style={{ paddingLeft: Math.min(INDENT_MAX, depths.get(node.id)!) * INDENT_PX }}>
            {node.kind === "stub" ? (
              <button
                type="button"
                className="gstep more"
                title={stubTitle(node)}
                onClick={() => onOpen(node)}
              >
                {stubWords(node)}
              </button>
            ) : (
              <Line run={run} node={node} current={node.id === here} onOpen={onOpen} />
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Line({
  run,
  node,
  current,
  onOpen,
}: {
  run: Skeleton;
  node: Extract<GraphNode, { kind: "span" }>;
  current: boolean;
  onOpen: (node: GraphNode) => void;
}) {
  const store = useRunStore();
  const facts = spanFacts(run, node);
  return (
    <div className="gline">
      <button
        type="button"
        className="gstep"
        data-span={node.span}
        aria-current={current || undefined}
        title={cut(facts.name)}
        onClick={() => store.getState().select(nextOf(node.spans, store.getState().selected))}
      >
        <KindTile category={category(run, node.span)} kind={facts.kind} small />
        <bdi className={`cut ${isCode(run, node.span) ? "mono" : ""} ${node.failures > 0 ? "err-t" : ""}`}>
          {cut(facts.name)}
        </bdi>
        {node.spans.length > 1 && <span className="cnt">×{node.spans.length}</span>}
        {facts.error && <span className="cut err-t">{cut(facts.error)}</span>}
        <span className="grow" />
        <span className="dim num gwords">
          {facts.words.map((text, at) => (
            <span key={at}>{text}</span>
          ))}
        </span>
      </button>
      {(node.below > 0 || node.fold) && (
        <button type="button" className="btn sm" aria-expanded={node.open} onClick={() => onOpen(node)}>
          {node.open ? "−" : "+"}
        </button>
      )}
    </div>
  );
}

/** Each node right after its parent. */
function inOrder(nodes: readonly GraphNode[]): GraphNode[] {
  const below = new Map<string, GraphNode[]>();
  for (const node of nodes) {
    const known = below.get(node.parent);
    if (known) known.push(node);
    else below.set(node.parent, [node]);
  }
  const found: GraphNode[] = [];
  const waiting = (below.get("") ?? []).toReversed();
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    found.push(node);
    waiting.push(...(below.get(node.id) ?? []).toReversed());
  }
  return found;
}
