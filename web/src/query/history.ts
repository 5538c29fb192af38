/** Undo and redo of the filter's text. */

export interface History {
  past: readonly string[];
  now: string;
  future: readonly string[];
}

/** Steps that are kept. */
const KEPT = 100;

export const begin = (text: string): History => ({ past: [], now: text, future: [] });

/** A new text; the same one again changes nothing. */
export function step(history: History, text: string): History {
  if (text === history.now) return history;
  return { past: [...history.past, history.now].slice(-KEPT), now: text, future: [] };
}

export function undo(history: History): History {
  const before = history.past.at(-1);
  if (before === undefined) return history;
  return { past: history.past.slice(0, -1), now: before, future: [history.now, ...history.future] };
}

export function redo(history: History): History {
  const [after, ...rest] = history.future;
  if (after === undefined) return history;
  return { past: [...history.past, history.now], now: after, future: rest };
}
