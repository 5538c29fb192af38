/**
 * Which spans are work: model calls, tools and whatever else does something, not what only holds them together.
 * Strip, barcode and partition speak of the same ones.
 */

import { CATEGORIES, type Category, FLAG, has, type Skeleton } from "./skeleton";

const place = (name: Category) => CATEGORIES.indexOf(name);
const HOLDERS = new Uint8Array(CATEGORIES.length);
for (const name of ["agent", "workflow", "chain"] as const) HOLDERS[place(name)] = 1;

/** The category only holds others together. */
export function isHolder(category: number): boolean {
  return HOLDERS[category] === 1;
}

const WORK = new WeakMap<Skeleton, Uint8Array>();

/**
 * 1 for work: every span but agents, workflows and chains that hold something, and infrastructure. In a run of
 * nothing else its innermost spans are the work.
 */
export function work(run: Skeleton): Uint8Array {
  let known = WORK.get(run);
  if (!known) {
    known = mark(run, FLAG.placeholder | FLAG.infrastructure);
    if (!known.includes(1)) known = mark(run, FLAG.placeholder);
    WORK.set(run, known);
  }
  return known;
}

function mark(run: Skeleton, leftOut: number): Uint8Array {
  const marks = new Uint8Array(run.count);
  const holds = new Uint8Array(run.count);
  for (let span = run.count - 1; span >= 0; span--) {
    const counts = !has(run, span, leftOut);
    if (counts && !(isHolder(run.category[span]!) && holds[span])) marks[span] = 1;
    const above = run.parent[span]!;
    if (above >= 0 && (counts || holds[span])) holds[above] = 1;
  }
  return marks;
}

/** The nearest work above each span, -1 for none. */
export function workAbove(run: Skeleton): Int32Array {
  const marks = work(run);
  const above = new Int32Array(run.count).fill(-1);
  for (let span = 0; span < run.count; span++) {
    const parent = run.parent[span]!;
    if (parent >= 0) above[span] = marks[parent] ? parent : above[parent]!;
  }
  return above;
}
