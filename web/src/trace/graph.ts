/**
 * The opened part of a run as a graph, a node a span, parents above children. What is too much for a picture stands
 * in it as a stub that opens on click: siblings beyond the first few, levels beyond the first few, and nothing at all
 * beyond 400 nodes. Layout never sees more than that, whatever a sender sends.
 */

import { type Fold, inside, type Item, items } from "./children";
import { ownFailure } from "./cards";
import { hasConvention } from "./remarkable";
import { category, failed, type Skeleton, spanId } from "./skeleton";

/** A span, or several that are told as one ("fetch_page ×14"). */
export interface SpanNode {
  kind: "span";
  /** Stays the same while a live run grows. */
  id: string;
  /** Node above, "" for none. */
  parent: string;
  /** The first of its spans. */
  span: number;
  spans: number[];
  /** Its spans that failed, those by a child's error too. */
  failures: number;
  /** Fold of the run's store that it shows closed, "" for none. */
  fold: string;
  /** Part of a loop, not only a repeat. */
  looped: boolean;
  /** Shows what is below it. */
  open: boolean;
  /** Spans below it that can be shown. */
  below: number;
}

/** A dashed place where more stands. */
export interface StubNode {
  kind: "stub";
  id: string;
  parent: string;
  /** Key among the run's opened folds. */
  key: string;
  /** `siblings`: steps beside others. `levels`: levels above the next node. `below`: everything further down. */
  what: "siblings" | "levels" | "below";
  /** Siblings or levels. */
  count: number;
  /** Siblings of it; the first hidden span otherwise. */
  spans: number[];
}

export type GraphNode = SpanNode | StubNode;

/** Rounds of a loop, from the repeated call back to what asks. */
export interface LoopEdge {
  from: string;
  to: string;
  rounds: number;
}

/** What is drawn. */
export interface SpanGraph {
  /** Parents before children, siblings in order. */
  nodes: GraphNode[];
  loops: LoopEdge[];
  /** Node that a drawn or stubbed span is on. */
  nodeOf: ReadonlyMap<number, string>;
  /** Spans that nodes stand for. */
  drawn: number;
  /** Spans that could be. */
  total: number;
  /** Nodes that were open and had no room. */
  beyond: number;
}

export interface GraphOptions {
  /** 1 where a span shows what is below it. */
  expanded: Uint8Array;
  openFolds: ReadonlySet<string>;
  showInfrastructure: boolean;
  /** Span that must be drawn with the way to it, -1 for none. */
  anchor: number;
  /** 0: left out (brush). Ancestors of what is shown must be shown. */
  shown?: Uint8Array;
}

/** Nodes at most, stubs among them. */
export const NODES_MAX = 400;
/** Siblings that are drawn before the rest is a stub. */
export const SIBLINGS_MAX = 6;
/** Siblings that an opened stub adds. */
export const STUB_OPENS = 24;
/** Levels that are drawn before the rest is a stub. */
export const LEVELS_MAX = 16;
/** Levels above the anchor that are drawn where levels between are left out. */
export const LEVELS_NEAR = 6;

/** One node to be, before it is known whether there is room. */
interface Entry {
  span: number;
  spans: number[];
  fold: string;
  looped: boolean;
  /** Place of the entry that its loop goes back to, -1 for none. */
  back: number;
}

interface Waiting {
  node: SpanNode;
  /** Levels that may still follow. */
  levels: number;
}

/** Builds what is drawn. Time grows with the opened part and its siblings, not with the run. */
export function spanGraph(run: Skeleton, options: GraphOptions): SpanGraph {
  return new Builder(run, options).build();
}

class Builder {
  private readonly nodes: GraphNode[] = [];
  private readonly loops: LoopEdge[] = [];
  private readonly nodeOf = new Map<number, string>();
  private readonly way = new Set<number>();
  /** What stands on the way to the anchor goes first. */
  private readonly first: Waiting[] = [];
  private readonly then: Waiting[] = [];
  private readonly sums: Uint32Array;
  private drawn = 0;
  private beyond = 0;

  constructor(
    private readonly run: Skeleton,
    private readonly options: GraphOptions,
  ) {
    this.sums = shownSums(run, options);
    for (let at = options.anchor; at >= 0; at = run.parent[at]!) this.way.add(at);
  }

  build(): SpanGraph {
    this.place(this.siblings(-1), "", LEVELS_MAX - 1);
    for (let next = 0; ;) {
      const waiting = this.first.pop() ?? this.then[next++];
      if (!waiting) break;
      this.descend(waiting);
    }
    const { nodes, loops, nodeOf, drawn, beyond } = this;
    return { nodes, loops, nodeOf, drawn, beyond, total: this.sums[this.run.count]! };
  }

  /** Draws what is below an open node. */
  private descend({ node, levels }: Waiting): void {
    const { run, options } = this;
    if (levels > 0) return this.place(this.siblings(node.span), node.id, levels - 1);
    const id = spanId(run, node.span);
    const key = `graph:levels:${id}`;
    if (options.openFolds.has(key)) return this.place(this.siblings(node.span), node.id, LEVELS_MAX - 1);
    const { anchor } = options;
    const isOnWay = this.way.has(node.span) && anchor !== node.span;
    let to = anchor;
    if (isOnWay) for (let up = 0; up < LEVELS_NEAR && run.parent[to]! > node.span; up++) to = run.parent[to]!;
    const between = isOnWay ? run.depth[to]! - run.depth[node.span]! - 1 : 0;
    if (isOnWay && between < 2) return this.place(this.siblings(node.span), node.id, LEVELS_NEAR);
    const stub: StubNode = {
      kind: "stub",
      id: `f:${key}`,
      parent: node.id,
      key,
      what: isOnWay ? "levels" : "below",
      count: isOnWay ? between : node.below,
      spans: [node.span + 1],
    };
    if (!this.add(stub)) return;
    if (isOnWay) this.place([single(to)], stub.id, LEVELS_NEAR + 1);
  }

  /** What stands below a span, told like the tree tells it. */
  private siblings(span: number): Entry[] {
    const { run, options } = this;
    const found: Entry[] = [];
    const tell = (item: Item): void => {
      if (item.kind === "span") found.push(single(item.span));
      else if (item.kind !== "infrastructure" && (item.kind === "fine" || item.kind === "hundred"))
        for (const covered of item.covered) found.push(single(covered));
      else if (options.openFolds.has(item.key))
        for (const inner of inside(run, item, { ...options, fold: true })) tell(inner);
      else if (item.kind !== "infrastructure") found.push(...this.rounds(item, found.length));
    };
    const { showInfrastructure, shown } = options;
    for (const item of items(run, span, { showInfrastructure, fold: true, shown })) tell(item);
    return found;
  }

  /** A loop or a repeat: what asks, and the call. */
  private rounds(fold: Extract<Fold, { kind: "loop" | "repeat" }>, place: number): Entry[] {
    if (fold.covered.some((span) => this.way.has(span) && span !== this.options.anchor))
      return fold.covered.map(single);
    const calls = new Set(fold.spans);
    const asks = fold.covered.filter((span) => !calls.has(span));
    const looped = fold.kind === "loop";
    const call = { span: fold.spans[0]!, spans: fold.spans, fold: fold.key, looped };
    if (asks.length === 0) return [{ ...call, back: looped ? place : -1 }];
    return [
      { span: asks[0]!, spans: asks, fold: fold.key, looped, back: -1 },
      { ...call, back: looped ? place : -1 },
    ];
  }

  /** Puts siblings into the graph, those beyond the first few as stubs. */
  private place(entries: Entry[], parent: string, levels: number): void {
    const kept = this.choose(entries);
    const ids: string[] = [];
    for (let at = 0; at < entries.length;) {
      if (kept[at]) {
        ids[at] = this.addSpan(entries[at]!, parent, levels);
        at++;
        continue;
      }
      let end = at;
      while (end < entries.length && !kept[end]) end++;
      this.addStub(entries.slice(at, end), parent);
      at = end;
    }
    entries.forEach(({ back, spans }, at) => {
      if (back >= 0 && ids[at] && ids[back])
        this.loops.push({ from: ids[at], to: ids[back], rounds: spans.length });
    });
  }

  /** 1 where a sibling is drawn: the way to the anchor with its neighbours, failures, loops, then from the start. */
  private choose(entries: Entry[]): Uint8Array {
    const { run, options } = this;
    const kept = new Uint8Array(entries.length);
    if (entries.length <= SIBLINGS_MAX + 1) return kept.fill(1);
    let room = SIBLINGS_MAX;
    const keep = (at: number, free = false) => {
      if (at < 0 || at >= entries.length || kept[at] || (room <= 0 && !free)) return;
      kept[at] = 1;
      if (!free) room--;
    };
    const odd = (test: (entry: Entry) => boolean, most: number) => {
      for (let at = 0; at < entries.length && most > 0; at++) {
        if (!test(entries[at]!)) continue;
        keep(at);
        most--;
      }
    };
    odd(({ spans }) => spans.some((span) => ownFailure(run, span)), 3);
    odd(({ looped }) => looped, 2);
    odd(({ span }) => run.subtreeErrors[span]! > 0, 2);
    for (let at = 0; room > 0 && at < entries.length; at++) keep(at);
    entries.forEach((entry, at) => {
      if (!entry.spans.some((span) => this.way.has(span))) return;
      for (const near of [at - 1, at, at + 1]) keep(near, true);
    });
    // Opened stubs, and stubs of one, which would take the place of what they hide.
    for (let at = 0; at < entries.length; at++) {
      if (kept[at] || (at > 0 && !kept[at - 1])) continue;
      const opened = options.openFolds.has(stubKey(run, entries[at]!));
      if (opened) for (let more = 0; more < STUB_OPENS && !kept[at + more]; more++) keep(at + more, true);
      else if (at + 1 >= entries.length || kept[at + 1]) keep(at, true);
    }
    return kept;
  }

  private addSpan({ span, spans, fold, looped }: Entry, parent: string, levels: number): string {
    const { run, options } = this;
    const isOnWay = this.way.has(span) && span !== options.anchor;
    const below = spans.length > 1 ? 0 : this.sums[run.endIndex[span]!]! - this.sums[span + 1]!;
    const open = below > 0 && (options.expanded[span] === 1 || isOnWay);
    const id = nodeId(run, span);
    const failures = spans.reduce((all, one) => all + (failed(run, one) ? 1 : 0), 0);
    const node: SpanNode = {
      kind: "span",
      id,
      parent,
      span,
      spans,
      failures,
      fold: spans.length > 1 ? fold : "",
      looped,
      open,
      below,
    };
    if (!this.add(node)) return "";
    for (const one of spans) this.nodeOf.set(one, id);
    this.drawn += spans.length;
    if (open) (isOnWay ? this.first : this.then).push({ node, levels });
    return id;
  }

  private addStub(entries: Entry[], parent: string): void {
    const key = stubKey(this.run, entries[0]!);
    const spans = entries.flatMap((entry) => entry.spans);
    const stub: StubNode = {
      kind: "stub",
      id: `f:${key}`,
      parent,
      key,
      what: "siblings",
      count: spans.length,
      spans,
    };
    if (this.add(stub)) for (const span of spans) this.nodeOf.set(span, stub.id);
  }

  private add(node: GraphNode): boolean {
    if (this.nodes.length >= NODES_MAX) {
      this.beyond++;
      return false;
    }
    this.nodes.push(node);
    return true;
  }
}

function single(span: number): Entry {
  return { span, spans: [span], fold: "", looped: false, back: -1 };
}

function stubKey(run: Skeleton, entry: Entry): string {
  return `graph:siblings:${spanId(run, entry.span)}`;
}

const SUMS = new WeakMap<Skeleton, Map<boolean, Uint32Array>>();

/** Spans that can be shown before each place, so that any subtree is one subtraction. */
function shownSums(run: Skeleton, { showInfrastructure, shown }: GraphOptions): Uint32Array {
  let known = SUMS.get(run);
  if (!known) SUMS.set(run, (known = new Map()));
  const found = shown ? undefined : known.get(showInfrastructure);
  if (found) return found;
  const sums = new Uint32Array(run.count + 1);
  for (let span = 0; span < run.count; span++) {
    const is = (!shown || shown[span]) && (showInfrastructure || hasConvention(run, span));
    sums[span + 1] = sums[span]! + (is ? 1 : 0);
  }
  if (!shown) known.set(showInfrastructure, sums);
  return sums;
}

/** Id of the node of a span that has one of its own. */
export function nodeId(run: Skeleton, span: number): string {
  return `s:${spanId(run, span)}`;
}

/** The node that shows a span: its own, its stub's, or the nearest drawn above it. "" for none. */
export function nodeOfSpan(run: Skeleton, graph: SpanGraph, span: number): string {
  for (let at = span; at >= 0; at = run.parent[at]!) {
    const id = graph.nodeOf.get(at);
    if (id) return id;
  }
  return "";
}

/** The node and all above it. */
export function threadOfNode(graph: SpanGraph, id: string): ReadonlySet<string> {
  const parents = new Map(graph.nodes.map((node) => [node.id, node.parent]));
  const found = new Set<string>();
  for (let at: string | undefined = id; at; at = parents.get(at)) found.add(at);
  return found;
}

/** Is written in the type of code: what could be pasted into a program. */
export function isCode(run: Skeleton, span: number): boolean {
  const kind = category(run, span);
  return kind === "tool" || kind === "retrieval";
}

export type Direction = "up" | "down" | "left" | "right";

/** Where an arrow key leads: the parent, the child in the middle, the next on the same level. "" for nowhere. */
export function beside(
  nodes: readonly { id: string; parent: string }[],
  centres: ReadonlyMap<string, { x: number; y: number }>,
  from: string,
  direction: Direction,
): string {
  const node = nodes.find(({ id }) => id === from);
  const here = centres.get(from);
  if (!node || !here) return "";
  if (direction === "up") return node.parent;
  let best = "";
  let distance = Infinity;
  for (const other of nodes) {
    const there = centres.get(other.id);
    if (!there || other.id === from) continue;
    const across = there.x - here.x;
    let far: number;
    if (direction === "down") {
      if (other.parent !== from) continue;
      far = Math.abs(across);
    } else {
      if (there.y !== here.y || (direction === "left" ? across >= 0 : across <= 0)) continue;
      far = Math.abs(across);
    }
    if (far < distance) {
      distance = far;
      best = other.id;
    }
  }
  return best;
}
