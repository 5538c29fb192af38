/** Whether a click in the views was meant to open the selected span. */

const ROW = "[data-span], [role=treeitem], [role=row], [role=option], [role=listitem]";

/**
 * A click that changed the selection does, and one on the row or the canvas of what was selected already; one on a
 * control inside a row (open, close, "more") does not.
 */
export function clickOpensPanel(target: Element, before: number, selected: number): boolean {
  if (selected < 0) return false;
  if (selected !== before) return true;
  const control = target.closest("button, a, input, [role=button]");
  if (control && !control.matches(ROW)) return false;
  return target.closest(`${ROW}, canvas`) !== null;
}
