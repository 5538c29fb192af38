/** Asks before a run is deleted, and says what goes with it. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { send } from "@/api/client";
import { announce } from "@/app/announce";
import * as format from "@/format";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/floating";
import { DeleteIcon } from "@/ui/icons";
import { titleOf } from "./RunHeader";
import { isGrowing, useRun } from "./store";

export function DeleteDialog({
  open,
  onOpenChange,
  onDeleted,
  events,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onDeleted: () => void;
  /** Flat events of the run. */
  events: number;
}) {
  const trace = useRun((state) => state.run.trace);
  const growing = useRun((state) => isGrowing(state.run));
  const labels = useRun((state) => state.run.labels.length) + trace.labels.length;
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => send("DELETE", `/traces/${encodeURIComponent(trace.trace_id)}`),
    onSuccess: () => {
      onOpenChange(false);
      announce("The run is deleted");
      onDeleted();
      const ofThis = (key: readonly unknown[]) => key[0] === "run" && key[1] === trace.trace_id;
      void client.invalidateQueries({ predicate: (query) => !ofThis(query.queryKey) });
    },
  });
  const goes = [
    format.plural(trace.span_count, "span"),
    events > 0 && format.plural(events, "event"),
    labels > 0 && format.plural(labels, "label"),
  ].filter(Boolean);
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Delete this run?" className="ask">
      <div className="askbody">
        <p className="cut strong">
          <bdi>{format.cut(titleOf(trace))}</bdi>
        </p>
        <p>
          {goes.join(", ")} and every message, argument and result in them go for good, from disk too. Totals
          of its session, agent and days no longer count it.
        </p>
        <p className="mut">
          Spans that come later for it are refused for 30 days
          {growing && "; it is still running, so some will"}. Exports and backups made before keep it.
        </p>
        {remove.error && <p className="err-t">{remove.error.message}</p>}
      </div>
      <div className="askfoot">
        <Button onClick={() => onOpenChange(false)}>Keep it</Button>
        <Button tone="danger" icon={DeleteIcon} disabled={remove.isPending} onClick={() => remove.mutate()}>
          {remove.isPending ? "Deleting" : "Delete the run"}
        </Button>
      </div>
    </Dialog>
  );
}
