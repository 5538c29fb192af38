import { count, plural } from "@/format";
import type { Steps } from "@/trace/steps";

/** How much was folded into how little, and what is not shown. */
export function StepsNote({ steps }: { steps: Steps }) {
  const all = steps.spans + steps.hidden;
  return (
    <>
      {plural(all, "span")} folded into {plural(steps.rows.length, "step")}
      {steps.hidden > 0 && `, ${count(steps.hidden)} infrastructure spans hidden`}
    </>
  );
}
