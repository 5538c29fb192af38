/** The place of a view. Views other than the transcript are loaded when they are first shown. */

import { type ComponentType, Suspense } from "react";
import { Boundary } from "@/ui/Boundary";
import { LoadingRows } from "@/ui/feedback";
import { IconButton } from "@/ui/button";
import { CloseIcon } from "@/ui/icons";
import { lazyPart } from "@/ui/part";
import type { View } from "./store";
import { TranscriptView } from "./transcript/TranscriptView";
import { VIEW_WORDS } from "./views";

const LOAD = {
  tree: () => import("./tree/TreeView").then((module) => ({ default: module.TreeView })),
  timeline: () => import("./timeline/TimelineView").then((module) => ({ default: module.TimelineView })),
  graph: () => import("./graph/GraphView").then((module) => ({ default: module.GraphView })),
};

const COMPONENTS: Record<View, ComponentType> = {
  transcript: TranscriptView,
  tree: lazyPart(LOAD.tree),
  timeline: lazyPart(LOAD.timeline),
  graph: lazyPart(LOAD.graph),
};

/** Asks for a view's code, so that it comes while the run does. */
export function loadView(view: View): void {
  // Should it not come, the view says so when it is shown.
  if (view !== "transcript") LOAD[view]().catch(() => undefined);
}

export function ViewPane({
  view,
  titled = false,
  onClose,
}: {
  view: View;
  /** Second of two: says what it is and can be closed. */
  titled?: boolean;
  onClose?: () => void;
}) {
  const View = COMPONENTS[view];
  return (
    <div className="pane" id={titled ? undefined : "run-view"} role={titled ? undefined : "tabpanel"}>
      {titled && (
        <header className="panehead">
          <span className="med">{VIEW_WORDS[view].label}</span>
          <span className="grow" />
          <IconButton icon={CloseIcon} label="One view only" onClick={onClose} />
        </header>
      )}
      <Boundary key={view} what={view}>
        <Suspense fallback={<LoadingRows rows={10} height={30} />}>
          <View />
        </Suspense>
      </Boundary>
    </div>
  );
}
