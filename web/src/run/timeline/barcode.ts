/**
 * What a folded row shows: the work below it as a barcode, in up to three lines where it runs at once. Made once for
 * a row; painting skips what falls on a pixel that is already painted.
 */

import { ascending, ends } from "@/trace/order";
import type { Item } from "@/trace/children";
import type { Skeleton } from "@/trace/skeleton";
import { isHolder, work } from "@/trace/work";

export interface Barcode {
  /** Work in order of start. */
  spans: Uint32Array;
  /** Line of each, 0 to 2. */
  line: Uint8Array;
  /** Lines in use. */
  lines: number;
}

const LINES = 3;
/** Steps may touch by so much of the whole and still share a line. */
const TOUCH_SHARE = 1 / 2000;

const KNOWN = new WeakMap<Skeleton, Map<string, Barcode>>();

/** The barcode of a row. */
export function barcodeOf(run: Skeleton, item: Item): Barcode {
  let known = KNOWN.get(run);
  if (!known) KNOWN.set(run, (known = new Map()));
  const key = item.kind === "span" ? `span:${item.span}` : item.key;
  let found = known.get(key);
  if (!found) known.set(key, (found = make(run, item)));
  return found;
}

function make(run: Skeleton, item: Item): Barcode {
  const marks = work(run);
  const found: number[] = [];
  const covered = item.kind === "span" ? [item.span] : item.covered;
  for (const above of covered) {
    const end = run.endIndex[above]!;
    for (let span = above; span < end; span++) if (marks[span]) found.push(span);
  }
  const order = ascending(Float64Array.from(found, (span) => run.start[span]!));
  const spans = order.map((at) => found[at]!);
  return { spans, ...stack(run, spans) };
}

function stack(run: Skeleton, spans: Uint32Array): { line: Uint8Array; lines: number } {
  const until = ends(run);
  const line = new Uint8Array(spans.length);
  const free = new Float64Array(LINES).fill(-Infinity);
  let last = 0;
  for (const span of spans) last = Math.max(last, until[span]!);
  const touch = spans.length > 0 ? (last - run.start[spans[0]!]!) * TOUCH_SHARE : 0;
  let lines = 1;
  for (let at = 0; at < spans.length; at++) {
    const start = run.start[spans[at]!]!;
    let best = 0;
    while (best < LINES - 1 && free[best]! > start + touch) best++;
    if (free[best]! > start + touch) best = free.indexOf(Math.min(...free));
    line[at] = best;
    free[best] = Math.max(free[best]!, until[spans[at]!]!);
    lines = Math.max(lines, best + 1);
  }
  return { line, lines };
}

/** How a row is drawn. */
export type Drawn = "line" | "bar" | "barcode";

/** An open holder is a line, a fold or a closed holder a barcode, a step a bar. */
export function drawnAs(run: Skeleton, item: Item, open: boolean): Drawn {
  if (item.kind !== "span") return open ? "line" : "barcode";
  const { span } = item;
  const below = run.endIndex[span]! - span - 1;
  if (below === 0) return "bar";
  const holder = isHolder(run.category[span]!);
  if (open) return holder || below > 3 ? "line" : "bar";
  if (holder) return "barcode";
  // A step with steps of its own: a tool that calls an agent.
  let steps = 0;
  const marks = work(run);
  for (let at = span + 1; at < run.endIndex[span]! && steps < 3; at++) steps += marks[at]!;
  return steps >= 3 ? "barcode" : "bar";
}
