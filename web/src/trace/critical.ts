/**
 * The critical path: walked back from the end, at each moment the step that what came after had to wait for. Its
 * pieces add to the run's time; what is left to agents and chains themselves is what no step explains.
 */

import { ascending, ends } from "./order";
import { FLAG, has, type Skeleton } from "./skeleton";
import { timeRange } from "./range";
import { work } from "./work";

/** A span is what the run waited for from `from` to `to` (nanoseconds from the run's start). */
export interface Piece {
  /** -1: no span was open. */
  span: number;
  from: number;
  to: number;
}

export interface CriticalPath {
  /** In order of time. */
  pieces: Piece[];
  /** 1 for spans that have a piece, and for all above them. */
  on: Uint8Array;
  /** Nanoseconds of the whole, and of it those that steps (not agents and chains themselves) explain. */
  total: number;
  explained: number;
  /** Steps that explain it. */
  steps: number;
}

const KNOWN = new WeakMap<Skeleton, CriticalPath>();

/** The critical path of a run. */
export function criticalPath(run: Skeleton): CriticalPath {
  let known = KNOWN.get(run);
  if (!known) {
    known = summarise(run, walk(run));
    KNOWN.set(run, known);
  }
  return known;
}

interface Frame {
  span: number;
  from: number;
  /** Nothing in it ends later. */
  limit: number;
  /** Up to here it is explained. */
  until: number;
  /** The next child to look at, and one past the last. */
  next: number;
  last: number;
}

function walk(run: Skeleton): Piece[] {
  const range = timeRange(run);
  const until = ends(run);
  const below = childrenByEnd(run, until);
  const pieces: Piece[] = [];
  const frame = (span: number, from: number, limit: number): Frame => ({
    span,
    from,
    limit,
    until: limit,
    next: below.first[span + 1]!,
    last: below.first[span + 2]!,
  });
  const stack = [frame(-1, range.from, range.to)];
  while (stack.length > 0) {
    const top = stack[stack.length - 1]!;
    let child = -1;
    let end = 0;
    while (top.next < top.last && child < 0) {
      const candidate = below.spans[top.next++]!;
      end = Math.min(until[candidate]!, top.limit);
      const start = Math.max(run.start[candidate]!, top.from);
      if (end <= top.until && end > start) child = candidate;
    }
    if (child < 0) {
      if (top.until > top.from) pieces.push({ span: top.span, from: top.from, to: top.until });
      stack.pop();
      continue;
    }
    if (top.until > end) pieces.push({ span: top.span, from: end, to: top.until });
    top.until = Math.max(run.start[child]!, top.from);
    stack.push(frame(child, top.until, end));
  }
  return pieces.reverse();
}

/** Children of each span (at span + 1; the roots at 0), the last to end first. */
function childrenByEnd(run: Skeleton, until: Float64Array): { first: Uint32Array; spans: Uint32Array } {
  const first = new Uint32Array(run.count + 2);
  for (let span = 0; span < run.count; span++) first[run.parent[span]! + 2]!++;
  for (let at = 1; at < first.length; at++) first[at]! += first[at - 1]!;
  const fill = first.slice();
  const spans = new Uint32Array(run.count);
  const order = ascending(until, run.count);
  for (let at = run.count - 1; at >= 0; at--) {
    const span = order[at]!;
    spans[fill[run.parent[span]! + 1]!++] = span;
  }
  return { first, spans };
}

function summarise(run: Skeleton, pieces: Piece[]): CriticalPath {
  const marks = work(run);
  const on = new Uint8Array(run.count);
  const counted = new Set<number>();
  let total = 0;
  let explained = 0;
  for (const { span, from, to } of pieces) {
    total += to - from;
    if (span < 0) continue;
    for (let above = span; above >= 0 && !on[above]; above = run.parent[above]!) on[above] = 1;
    if (!marks[span] || has(run, span, FLAG.placeholder)) continue;
    explained += to - from;
    counted.add(span);
  }
  return { pieces, on, total, explained, steps: counted.size };
}

const BY_SPAN = new WeakMap<CriticalPath, Piece[]>();

/** The pieces of the spans from `first` to before `end` (a subtree is such a part), by span and time. */
export function piecesWithin(path: CriticalPath, first: number, end: number): readonly Piece[] {
  let sorted = BY_SPAN.get(path);
  if (!sorted) {
    sorted = path.pieces.slice().sort((left, right) => left.span - right.span || left.from - right.from);
    BY_SPAN.set(path, sorted);
  }
  const from = placeOf(sorted, first);
  return sorted.slice(from, placeOf(sorted, end));
}

function placeOf(sorted: readonly Piece[], span: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]!.span < span) low = middle + 1;
    else high = middle;
  }
  return low;
}
