/** The rows of a run as tree and timeline draw them: what is open, folded, with indents and guide lines. */

import { firstSpan, type FoldOptions, inside, type Item, items } from "./children";
import { marks } from "./remarkable";
import { endOf, isWithin, type Skeleton } from "./skeleton";

/** One row. */
export interface Row {
  item: Item;
  /** Levels above it, folds that it stands in among them. */
  depth: number;
  /** Bit d: the line of depth d goes on below this row (d < 31). */
  guides: number;
  /** Something can be opened below. */
  opens: boolean;
  open: boolean;
}

/** What is to be seen. */
export interface RowOptions {
  /** 1 where a span shows what is below it. */
  expanded: Uint8Array;
  /** Keys of opened folds. */
  openFolds: ReadonlySet<string>;
  showInfrastructure: boolean;
  fold: boolean;
  /** Only what runs in this part (nanoseconds from the run's start), and what is above. */
  within?: { from: number; to: number } | null;
  /** Only these spans and what is above. */
  only?: readonly number[];
  /** Never folded away: what a search hit. */
  keep?: ReadonlySet<number>;
}

/** Rows in order. Infrastructure that is not shown has none. */
export function visibleRows(run: Skeleton, options: RowOptions): Row[] {
  const folding: FoldOptions = {
    showInfrastructure: options.showInfrastructure,
    fold: options.fold,
    keep: options.keep,
    shown: shownSpans(run, options),
  };
  const rows: Row[] = [];
  interface Level {
    items: Item[];
    at: number;
    depth: number;
    guides: number;
  }
  const level = (list: Item[], depth: number, guides: number): Level => ({
    items: list.filter((item) => item.kind !== "infrastructure"),
    at: 0,
    depth,
    guides,
  });
  const stack = [level(items(run, -1, folding), 0, 0)];
  while (stack.length > 0) {
    const top = stack[stack.length - 1]!;
    const item = top.items[top.at++];
    if (!item) {
      stack.pop();
      continue;
    }
    const isLast = top.at >= top.items.length;
    const guides = top.depth < 31 && !isLast ? top.guides | (1 << top.depth) : top.guides;
    let opens = true;
    let open: boolean;
    let below: Item[] | null = null;
    if (item.kind === "span") {
      opens = hasRowsBelow(run, item.span, folding);
      open = opens && options.expanded[item.span] === 1;
      if (open) below = items(run, item.span, folding);
    } else {
      open = options.openFolds.has(item.key);
      if (open) below = inside(run, item, folding);
    }
    rows.push({ item, depth: top.depth, guides, opens, open });
    if (below) stack.push(level(below, top.depth + 1, guides));
  }
  return rows;
}

function hasRowsBelow(
  run: Skeleton,
  span: number,
  { shown, showInfrastructure, keep }: FoldOptions,
): boolean {
  const end = run.endIndex[span]!;
  const { convention } = marks(run);
  for (let child = span + 1; child < end; child = Math.max(child + 1, run.endIndex[child]!)) {
    if (shown && !shown[child]) continue;
    if (showInfrastructure || convention[child] || keep?.has(child)) return true;
  }
  return false;
}

/** 1 for spans that brush and filter leave, and all above them; undefined where neither is set. */
export function shownSpans(
  run: Skeleton,
  { within, only }: Pick<RowOptions, "within" | "only">,
): Uint8Array | undefined {
  if (!within && !only) return undefined;
  const shown = new Uint8Array(run.count);
  if (only) for (const span of only) shown[span] = 1;
  else shown.fill(1);
  for (let span = run.count - 1; span >= 0; span--) {
    if (shown[span] && within && (run.start[span]! > within.to || endOf(run, span) < within.from))
      shown[span] = 0;
  }
  for (let span = run.count - 1; span >= 0; span--) {
    const above = run.parent[span]!;
    if (shown[span] && above >= 0) shown[above] = 1;
  }
  return shown;
}

/** The row that shows a span, or the fold or closed span that holds it; -1 for none. */
export function rowOf(run: Skeleton, rows: readonly Row[], span: number): number {
  for (let wanted = span; wanted >= 0; wanted = run.parent[wanted]!) {
    let low = 0;
    let high = rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (firstSpan(rows[middle]!.item) <= wanted) low = middle + 1;
      else high = middle;
    }
    if (low > 0 && holds(run, rows[low - 1]!.item, wanted)) return low - 1;
  }
  return -1;
}

/** The span is the item's, or below it. */
export function holds(run: Skeleton, item: Item, span: number): boolean {
  if (item.kind === "span") return isWithin(run, span, item.span);
  return item.covered.some((covered) => isWithin(run, span, covered));
}

/** The row stands on the way from the root to the selected span. */
export function onThread(run: Skeleton, row: Row, selected: number): boolean {
  return selected >= 0 && holds(run, row.item, selected);
}

/** Keys of the folds that hide a span, outermost first; all spans above it are taken as open. */
export function foldsAbove(run: Skeleton, span: number, options: FoldOptions): string[] {
  const keys: string[] = [];
  const way: number[] = [];
  for (let above = span; above >= 0; above = run.parent[above]!) way.unshift(above);
  for (const step of way) {
    let level = items(run, run.parent[step]!, options);
    for (;;) {
      const fold = level.find((item) => item.kind !== "span" && item.covered.includes(step));
      if (!fold || fold.kind === "span") break;
      keys.push(fold.key);
      level = inside(run, fold, options);
    }
  }
  return keys;
}

/** The thread: places of the rows from the root to a row, by depth. */
export function wayTo(rows: readonly Row[], place: number): number[] {
  const way: number[] = [];
  for (let at = place, depth = Infinity; at >= 0 && depth > 0; at--) {
    const row = rows[at]!;
    if (row.depth >= depth) continue;
    depth = row.depth;
    way[depth] = at;
  }
  return way;
}

/** The columns of guide lines at a row that belong to the thread: bit g for column g (g < 31). */
export function threadLines(way: readonly number[], place: number): number {
  let lines = 0;
  for (let column = 0; column < Math.min(31, way.length - 1); column++) {
    if (way[column]! < place && place <= way[column + 1]!) lines |= 1 << column;
  }
  return lines;
}
