/** Why the run failed, in one line under its facts, with the way to the step. A run that came to its end has none. */

import * as format from "@/format";
import { displayName } from "@/trace/skeleton";
import { Button } from "@/ui/button";
import { ErrorIcon } from "@/ui/icons";
import { cause, errorOf, tidyError } from "./cause";
import { useRun, useRunStore } from "./store";

export function FailureBand() {
  const run = useRun((state) => state.run);
  const store = useRunStore();
  if (run.trace.root_status !== "error") return null;
  const span = cause(run);
  const said = span >= 0 ? errorOf(run, span) : null;
  const whole = run.trace.error && tidyError(run.trace.error.kind, run.trace.error.message);
  const error = said?.message || !whole ? said : whole;
  if (!error) return null;
  const go = () => {
    store.getState().goTo(span);
    store.getState().set({ panelOpen: true });
  };
  return (
    <div className="failure" role="alert">
      <ErrorIcon size={15} strokeWidth={1.5} className="i" aria-hidden />
      <span className="said grow">
        <bdi className="strong nowrap">{format.cut(error.kind, 60)}</bdi>
        <bdi className="cut" title={format.cut(error.message)}>
          {format.cut(error.message)}
        </bdi>
      </span>
      {span >= 0 && (
        <Button small onClick={go} title="Go to the step that failed">
          <span className="no-phone">
            Go to <bdi>{format.cut(displayName(run, span), 28)}</bdi> at {format.place(run.start[span]!)}
          </span>
          <span className="only-phone">Go to step</span>
        </Button>
      )}
    </div>
  );
}
