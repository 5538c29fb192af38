/** One run beside the list it was opened from. */

import { OpenRun } from "./OpenRun";

export interface RunPeekProps {
  traceId: string;
  /** Back to the list alone: drop `run` and what belongs to it (OF_A_RUN of address.ts) from the address. */
  onClose: () => void;
  /** The next (1) or previous (-1) run of the list, in the order that it shows. */
  onStep: (step: 1 | -1) => void;
}

export function RunPeek({ traceId, onClose, onStep }: RunPeekProps) {
  return (
    <aside className="peek" aria-label="Run">
      <OpenRun key={traceId} traceId={traceId} mode="peek" onClose={onClose} onStep={onStep} />
    </aside>
  );
}
