/** The order of columns as a list of names. Pure. The first column, the mark, always stays first. */

/** What was kept, as far as it still exists; the usual ones where nothing was. */
export function chosenColumns(
  kept: readonly string[] | undefined,
  all: readonly string[],
  usual: readonly string[],
): string[] {
  const known = (kept ?? []).filter(
    (id, at, ids) => all.includes(id) && ids.indexOf(id) === at && id !== usual[0],
  );
  return known.length === 0 ? [...usual] : [usual[0]!, ...known];
}

/** Takes a column out, or puts it at the end. */
export function toggled(chosen: readonly string[], id: string): string[] {
  return chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id];
}

/** Moves one by a place. */
export function move(ids: readonly string[], at: number, by: -1 | 1): string[] {
  const next = [...ids];
  const [moved] = next.splice(at, 1);
  if (moved === undefined) return next;
  next.splice(Math.max(0, at + by), 0, moved);
  return next;
}

/** Columns without those that find no room; `least` goes first. What a person chose is never taken away: it scrolls. */
export function fitting<C extends { id: string; min: number }>(
  columns: readonly C[],
  widthOf: (columns: readonly C[]) => number,
  available: number,
  least: readonly string[],
): C[] {
  let shown = [...columns];
  for (const id of least) {
    if (widthOf(shown) <= available) break;
    shown = shown.filter((column) => column.id !== id);
  }
  return shown;
}
