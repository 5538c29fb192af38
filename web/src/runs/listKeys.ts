/** The keys that move through any list. */

import type { Key } from "@/app/keys";
import type { Cursor } from "./useCursor";

export function listKeys(
  cursor: Cursor,
  what: string,
  actions: { walk: (by: number) => void; open: (key: string) => void; page?: (key: string) => void },
): Key[] {
  const { walk, open, page } = actions;
  const onCursor = (act: (key: string) => void) => () => {
    if (cursor.key !== null) act(cursor.key);
  };
  const keys: Key[] = [
    { keys: "j", label: `Next ${what}`, group: "List", run: () => walk(1) },
    { keys: "k", label: `Previous ${what}`, group: "List", run: () => walk(-1) },
    { keys: "ArrowDown", label: "Next row", group: "List", hidden: true, run: () => walk(1) },
    { keys: "ArrowUp", label: "Previous row", group: "List", hidden: true, run: () => walk(-1) },
    { keys: "Home", label: "First row", group: "List", hidden: true, run: () => void cursor.toEdge(false) },
    { keys: "End", label: "Last row", group: "List", hidden: true, run: () => void cursor.toEdge(true) },
    { keys: "Enter", label: `Open the ${what}`, group: "List", run: onCursor(open) },
  ];
  if (page) keys.push({ keys: "f", label: "Open the run as a page", group: "List", run: onCursor(page) });
  return keys;
}
