/** At the foot of a growing run: that its end is followed, or how much came since the reader left it. */

import { DownIcon } from "@/ui/icons";
import * as format from "@/format";
import { isGrowing, useRun, useRunStore } from "./store";

export function FollowPill() {
  const store = useRunStore();
  const growing = useRun((state) => isGrowing(state.run));
  const pinned = useRun((state) => state.pinned);
  const newSpans = useRun((state) => state.newSpans);
  if (pinned && growing) {
    return (
      <div className="follow" role="status">
        <DownIcon size={13} strokeWidth={1.5} aria-hidden />
        Following the end
        <span className="dim">scroll up to stop</span>
      </div>
    );
  }
  if (newSpans === 0) return null;
  return (
    <button
      type="button"
      className="follow"
      onClick={() => store.getState().set({ pinned: true, newSpans: 0 })}
    >
      <DownIcon size={13} strokeWidth={1.5} aria-hidden />
      {format.plural(newSpans, "new span")}
    </button>
  );
}
