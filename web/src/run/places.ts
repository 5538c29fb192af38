/** Lists of places in a run: ascending, each once. */

/** Where a place stands in an ascending list; -1 where it does not. */
export function place(places: readonly number[], wanted: number): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (places[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return places[low] === wanted ? low : -1;
}

/** Both, ascending, each once; -1 is left out. */
export function union(left: readonly number[], right: readonly number[]): number[] {
  const all = new Set(left);
  for (const place of right) if (place >= 0) all.add(place);
  return [...all].sort((one, other) => one - other);
}
