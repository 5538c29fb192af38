/** Which steps of a run the list shows at first. Pure. */

/** Steps shown before "show all". */
export const STEPS_SHOWN = 5;

/** The failed ones, then the first ones, at most `most`, in their own order. */
export function firstSteps<Step extends { status: string; index: number }>(
  steps: readonly Step[],
  most = STEPS_SHOWN,
): Step[] {
  const failed = steps.filter((step) => step.status === "error").slice(0, most);
  const fine = steps.filter((step) => step.status !== "error").slice(0, most - failed.length);
  return [...failed, ...fine].sort((a, b) => a.index - b.index);
}
