/** Why a run failed, as far as its spans say: which failures are its own, and which one brought it down. */

import { failed, FLAG, has, type Skeleton } from "@/trace/skeleton";

const FAILURES = new WeakMap<Skeleton, number[]>();

/**
 * Spans that failed by their own word, ascending: not those that failed because a child did, and not those that only
 * say again what a span below them says (errors travel up).
 */
export function failures(run: Skeleton): number[] {
  let found = FAILURES.get(run);
  if (!found) {
    const own = ownFailures(run);
    const repeats = new Set<number>();
    for (const span of own) {
      let above = run.parent[span]!;
      while (above >= 0 && !(failed(run, above) && sameError(run, span, above))) above = run.parent[above]!;
      if (above >= 0) repeats.add(above);
    }
    found = own.filter((span) => !repeats.has(span));
    FAILURES.set(run, found);
  }
  return found;
}

function ownFailures(run: Skeleton): number[] {
  const own: number[] = [];
  for (let span = 0; span < run.count; span++) {
    if (failed(run, span) && !has(run, span, FLAG.errorDerived)) own.push(span);
  }
  return own;
}

/**
 * The failure to read first; -1 where nothing failed. Of a failed run it is the deepest span that says the same error
 * as the root, the last of them by start: the last one was not got over. Where no span below says it, it is the root
 * itself. Of a run that came to its end it is the first failure.
 */
export function cause(run: Skeleton): number {
  const own = failures(run);
  if (run.trace.root_status !== "error") return own[0] ?? -1;
  let best = -1;
  for (const span of own) {
    const root = rootOf(run, span);
    if (!failed(run, root) || (span !== root && !sameError(run, span, root))) continue;
    const deeper = best < 0 ? 1 : run.depth[span]! - run.depth[best]!;
    if (deeper > 0 || (deeper === 0 && run.start[span]! >= run.start[best]!)) best = span;
  }
  return best >= 0 ? best : (own.at(-1) ?? -1);
}

function rootOf(run: Skeleton, span: number): number {
  let root = span;
  while (run.parent[root]! >= 0) root = run.parent[root]!;
  return root;
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
