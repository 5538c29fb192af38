/** The graph of a run, by steps or by spans. The canvas is loaded when it is first shown; a phone never loads it. */

import { Suspense, useState } from "react";
import { lazyPart } from "@/ui/part";
import { PHONE, useMedia } from "../media";
import { useRun } from "../store";
import { SpansList } from "./SpansList";
import { StepsColumn } from "./StepsColumn";

const StepsCanvas = lazyPart<{ onList: () => void }>(() =>
  import("./StepsCanvas").then((module) => ({ default: module.StepsCanvas })),
);
const SpansCanvas = lazyPart<{ onList: () => void }>(() =>
  import("./SpansCanvas").then((module) => ({ default: module.SpansCanvas })),
);

export function GraphView() {
  const phone = useMedia(PHONE);
  const mode = useRun((state) => state.graphMode);
  const [asList, setAsList] = useState(false);
  if (phone) return <StepsColumn />;
  if (asList)
    return (
      <div className="gpane">
        <div className="gswitch">
          <button type="button" className="btn sm" onClick={() => setAsList(false)}>
            Show as graph
          </button>
        </div>
        {mode === "steps" ? <StepsColumn /> : <SpansList />}
      </div>
    );
  const onList = () => setAsList(true);
  return (
    <Suspense fallback={<div className="canvas" aria-busy />}>
      {mode === "steps" ? <StepsCanvas onList={onList} /> : <SpansCanvas onList={onList} />}
    </Suspense>
  );
}
