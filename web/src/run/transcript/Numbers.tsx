/** Duration, tokens and cost at the right edge: the same columns in rows, cards and folds. */

import { totals } from "@/trace/children";
import { endOf, FLAG, has, type Skeleton, subtreeTokens } from "@/trace/skeleton";
import * as format from "@/format";
import { Cost, Duration, Tokens } from "@/ui/values";

/** Of a span with all below it. */
export function SpanNumbers({ run, span, time = span }: { run: Skeleton; span: number; time?: number }) {
  const open = has(run, time, FLAG.open);
  return (
    <Cells
      nanos={open ? endOf(run, time) - run.start[time]! : run.duration[time]!}
      open={open}
      tokens={subtreeTokens(run, span)}
      cost={run.subtreeCost[span]!}
    />
  );
}

/** Of several spans that are one row; the time is from the first's start to the last's end. */
export function FoldNumbers({ run, covered }: { run: Skeleton; covered: readonly number[] }) {
  const { start, end, tokens, cost } = totals(run, covered);
  return <Cells nanos={end - start} open={false} tokens={tokens} cost={cost} />;
}

function Cells({
  nanos,
  open,
  tokens,
  cost,
}: {
  nanos: number;
  open: boolean;
  tokens: number;
  cost: number;
}) {
  return (
    <>
      <span className={open ? "m du live" : "m du"}>
        <Duration nanos={nanos} />
      </span>
      <span className="m tk">{tokens > 0 && <Tokens amount={tokens} />}</span>
      <span className="m co">{!Number.isNaN(cost) && <Cost usd={format.picoToUsd(cost)} />}</span>
    </>
  );
}
