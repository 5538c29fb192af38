/** The keyboard's place in a list, and the keys that move it. */

import { useCallback, useEffect, useRef, useState } from "react";
import type { TableHandle } from "@/ui/Table";

export interface Cursor {
  key: string | null;
  set: (key: string | null) => void;
  /** Moves by lines that can be opened and shows the line; gives its key. */
  move: (by: number) => string | null;
  toEdge: (end: boolean) => string | null;
}

/** `keys`: the lines in their order. `open`: the run that is open beside, which the cursor then is at. */
export function useCursor(
  keys: readonly string[],
  open: string | null,
  table: { current: TableHandle | null },
): Cursor {
  const [key, setKey] = useState<string | null>(null);
  const now = useRef({ keys, key });
  now.current = { keys, key };
  useEffect(() => {
    if (open === null) return;
    setKey(open);
    table.current?.reveal(open);
  }, [open, table]);
  const go = useCallback(
    (at: number) => {
      const { keys } = now.current;
      const next = keys[Math.min(keys.length - 1, Math.max(0, at))] ?? null;
      setKey(next);
      if (next) table.current?.reveal(next);
      return next;
    },
    [table],
  );
  const move = useCallback(
    (by: number) => {
      const { keys, key } = now.current;
      const at = key === null ? -1 : keys.indexOf(key);
      return go(at < 0 ? 0 : at + by);
    },
    [go],
  );
  const toEdge = useCallback((end: boolean) => go(end ? now.current.keys.length - 1 : 0), [go]);
  return { key, set: setKey, move, toEdge };
}
