/** A span in the graph: kind, name, time, tokens, cost, and its share of the run as a bar. And the stub of many. */

import type { Node, NodeProps } from "@xyflow/react";
import { memo } from "react";
import { ABSENT, cost, count, cut, duration, picoToUsd, plural, tokens } from "@/format";
import { lasted } from "@/trace/cards";
import { isCode, type SpanNode as GraphSpan, type StubNode } from "@/trace/graph";
import { category, displayName, FLAG, has, type Skeleton, subtreeTokens, sum } from "@/trace/skeleton";
import { runTime } from "@/trace/steps";
import { KindTile } from "@/ui/kind";
import { useRunStore } from "../store";
import { useMarks, useTabIndex } from "./marks";
import { NODE_NAME_MAX } from "./StepCard";

export const NODE_WIDTH = 196;
export const NODE_HEIGHT = 58;
export const STUB_WIDTH = 92;
export const STUB_HEIGHT = 34;

interface Opened {
  run: Skeleton;
  /** Opens or closes a span, a fold or a stub; the node stays where it is on the screen. */
  onOpen: (node: GraphSpan | StubNode) => void;
}
export type SpanFlowNode = Node<Opened & { node: GraphSpan } & Record<string, unknown>>;
export type StubFlowNode = Node<Opened & { node: StubNode } & Record<string, unknown>>;

/** What a node says, worked out once for canvas and list. */
export function spanFacts(run: Skeleton, node: GraphSpan) {
  const { span, spans } = node;
  const name = displayName(run, span);
  let time = 0;
  let used = NaN;
  let spent = NaN;
  for (const one of spans) {
    time += lasted(run, one);
    used = sum(used, subtreeTokens(run, one));
    spent = sum(spent, run.subtreeCost[one]!);
  }
  const error = node.failures > 0 ? run.strings[run.errorKind[failing(run, node)]!] || "failed" : "";
  return {
    name,
    time,
    error,
    words: [duration(time), tokens(used), cost(picoToUsd(spent))].filter((text) => text !== ABSENT),
    share: Math.min(1, time / Math.max(1, runTime(run))),
    open: spans.some((one) => has(run, one, FLAG.open)),
    kind: run.strings[run.kind[span]!],
    isMissing: has(run, span, FLAG.placeholder),
  };
}

function failing(run: Skeleton, node: GraphSpan): number {
  return node.spans.find((span) => run.status[span] === 2) ?? node.span;
}

export const SpanNode = memo(function SpanNode({ data }: NodeProps<SpanFlowNode>) {
  const { run, node, onOpen } = data;
  const store = useRunStore();
  const { id, span, spans, failures, looped, open, below } = node;
  const facts = spanFacts(run, node);
  const isSelected = useMarks((marks) => marks.selected === id);
  const isHovered = useMarks((marks) => marks.hover === id);
  const onThread = useMarks((marks) => marks.thread.has(id));
  const isMiss = useMarks(({ hits }) => hits !== null && !hits.has(id));
  const tab = useTabIndex(id);
  const tone = `${failures > 0 ? "bad" : ""} ${onThread ? "th" : ""} ${isHovered ? "hov" : ""} ${isMiss ? "miss" : ""}`;
  return (
    <div
      className={`gnode gspan ${tone} ${facts.isMissing ? "missing" : ""}`}
      aria-current={isSelected || undefined}
      onPointerEnter={() => store.getState().hoverOver(span)}
      onPointerLeave={() => store.getState().hoverOver(-1)}
    >
      <button
        type="button"
        className="gpick"
        data-nav={id}
        data-span={span}
        tabIndex={tab}
        aria-current={isSelected || undefined}
        title={cut(facts.name)}
        onClick={() => store.getState().select(nextOf(spans, store.getState().selected))}
      >
        <span className="h">
          <KindTile category={category(run, span)} kind={facts.kind} small />
          <bdi className={`cut grow ${isCode(run, span) ? "mono" : ""} ${failures > 0 ? "err-t" : ""}`}>
            {cut(facts.name, NODE_NAME_MAX)}
          </bdi>
          {spans.length > 1 && <span className={`cnt ${looped ? "w" : ""}`}>×{count(spans.length)}</span>}
          {failures > 0 && (
            <span className="cnt e">
              {count(failures)}
              <span className="vh"> failed</span>
            </span>
          )}
        </span>
        <span className="sums">
          {facts.error ? (
            <>
              <span>{facts.words[0]}</span>
              <span className="cut err-t">{cut(facts.error, NODE_NAME_MAX)}</span>
            </>
          ) : (
            facts.words.map((text, at) => (
              <span key={at} className={at === 0 && facts.open ? "live-t" : ""}>
                {text}
              </span>
            ))
          )}
        </span>
        <span className="sh">
          <i style={{ width: `${facts.share * 100}%` }} />
        </span>
      </button>
      {(below > 0 || node.fold) && (
        <button
          type="button"
          className="gopen"
          tabIndex={-1}
          aria-expanded={open}
          aria-label={opensWhat(node)}
          title={opensWhat(node)}
          onClick={() => onOpen(node)}
        >
          {open ? "−" : `+${count(node.fold ? spans.length : below)}`}
        </button>
      )}
    </div>
  );
});

function opensWhat({ open, fold, spans, below }: GraphSpan): string {
  if (fold) return `Show all ${count(spans.length)}`;
  return open ? `Hide the ${plural(below, "span")} below` : `Show what is below: ${plural(below, "span")}`;
}

/** A click on what is selected already goes on to the next of several. */
export function nextOf(spans: readonly number[], selected: number): number {
  return spans[(spans.indexOf(selected) + 1) % spans.length]!;
}

export const StubNodeView = memo(function StubNodeView({ data }: NodeProps<StubFlowNode>) {
  const { node, onOpen } = data;
  const tab = useTabIndex(node.id);
  const onThread = useMarks((marks) => marks.thread.has(node.id));
  const isSelected = useMarks((marks) => marks.selected === node.id);
  return (
    <button
      type="button"
      className={`gnode stub ${onThread ? "th" : ""}`}
      data-nav={node.id}
      tabIndex={tab}
      aria-current={isSelected || undefined}
      title={stubTitle(node)}
      onClick={() => onOpen(node)}
    >
      {stubWords(node)}
    </button>
  );
});

/** "+12", "340 levels". */
export function stubWords({ what, count: amount }: StubNode): string {
  if (what === "siblings") return `+${count(amount)}`;
  return what === "levels" ? plural(amount, "level") : `+${count(amount)} below`;
}

export function stubTitle({ what, count: amount }: StubNode): string {
  if (what === "siblings") return `Show more of ${plural(amount, "step")} beside these`;
  if (what === "levels") return `Show more of ${plural(amount, "level")} between`;
  return `Show more of ${plural(amount, "span")} below`;
}
