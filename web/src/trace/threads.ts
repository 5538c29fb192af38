/** The agents of a run: each has a thread, its own steps without those of its sub-agents. */

import { category, displayName, type Skeleton } from "./skeleton";

/** One agent's steps. */
export interface Thread {
  /** Span of the agent, -1 where the steps have none. */
  agent: number;
  name: string;
  /** Its own, the agent's span among them, not those of sub-agents. */
  spans: number[];
  /** Place of the thread it was called from, -1 for the main one. */
  parent: number;
  depth: number;
}

interface Known {
  threads: Thread[];
  of: Int32Array;
}
const KNOWN = new WeakMap<Skeleton, Known>();

/** The threads in order of their start; the main agent's is 0. */
export function threads(run: Skeleton): Thread[] {
  return known(run).threads;
}

/** The thread of each span. */
export function threadOf(run: Skeleton): Int32Array {
  return known(run).of;
}

function known(run: Skeleton): Known {
  let found = KNOWN.get(run);
  if (!found) {
    found = group(run);
    KNOWN.set(run, found);
  }
  return found;
}

function group(run: Skeleton): Known {
  const main = mainAgent(run);
  const of = new Int32Array(run.count);
  const name = main >= 0 ? displayName(run, main) : run.count > 0 ? displayName(run, 0) : "";
  const found: Thread[] = [{ agent: main, name, spans: [], parent: -1, depth: 0 }];
  for (let span = 0; span < run.count; span++) {
    const above = run.parent[span]!;
    let thread = above >= 0 && above < span ? of[above]! : 0;
    if (category(run, span) === "agent" && span !== main) {
      const depth = found[thread]!.depth + 1;
      found.push({ agent: span, name: displayName(run, span), spans: [], parent: thread, depth });
      thread = found.length - 1;
    }
    of[span] = thread;
    found[thread]!.spans.push(span);
  }
  return { threads: found, of };
}

/** The one agent that stands above all others; -1 where there is none or several. */
function mainAgent(run: Skeleton): number {
  let main = -1;
  for (let span = 0; span < run.count; span++) {
    if (category(run, span) !== "agent") continue;
    if (main >= 0) return -1;
    main = span;
    span = Math.max(span, run.endIndex[span]! - 1);
  }
  return main;
}
