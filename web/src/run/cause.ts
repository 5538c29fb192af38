/** Why a run failed, as far as its spans say: which failures are its own, and which one brought it down. */

import { failed, FLAG, has, type Skeleton } from "@/trace/skeleton";

const FAILURES = new WeakMap<Skeleton, number[]>();

/** Spans that failed by their own word, not only because a child did; ascending. */
export function failures(run: Skeleton): number[] {
  let found = FAILURES.get(run);
  if (!found) {
    found = [];
    for (let span = 0; span < run.count; span++) {
      if (failed(run, span) && !has(run, span, FLAG.errorDerived)) found.push(span);
    }
    FAILURES.set(run, found);
  }
  return found;
}

/**
 * The failure to read first; -1 where nothing failed. Of a failed run it is the deepest span that says the same error
 * as the root, the last of them by start: errors travel up, and the last one was not got over. Where no span below
 * says it, it is the root itself. Of a run that came to its end it is the first failure.
 */
export function cause(run: Skeleton): number {
  const own = failures(run);
  if (own.length === 0) return -1;
  const root = own.find((span) => run.parent[span] === -1);
  if (root === undefined) return run.trace.root_status === "error" ? own.at(-1)! : own[0]!;
  let best = root;
  for (const span of own) {
    if (span === root || span >= run.endIndex[root]!) continue;
    if (!sameError(run, span, root)) continue;
    const deeper = run.depth[span]! - run.depth[best]!;
    if (best === root || deeper > 0 || (deeper === 0 && run.start[span]! >= run.start[best]!)) best = span;
  }
  return best;
}

function sameError(run: Skeleton, left: number, right: number): boolean {
  const message = run.errorMessage[left]!;
  if (message !== 0 && message === run.errorMessage[right]) return true;
  const kind = run.errorKind[left]!;
  return kind !== 0 && kind === run.errorKind[right];
}

/** The error of a span in two parts; the kind is not said again at the head of the message. */
export function errorOf(run: Skeleton, span: number): { kind: string; message: string } {
  return tidyError(run.strings[run.errorKind[span]!] ?? "", run.strings[run.errorMessage[span]!] ?? "");
}

/** `ValueError`, `ValueError: no such key` become `ValueError`, `no such key`. */
export function tidyError(kind: string, message: string): { kind: string; message: string } {
  const rest =
    kind && message.startsWith(kind) ? message.slice(kind.length).replace(/^\s*:\s*/, "") : message;
  return { kind: kind || "Error", message: rest };
}
