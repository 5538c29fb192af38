/** The graph of a run, by steps or by spans. The canvas is loaded when it is first shown; a phone never loads it. */

import { lazy, Suspense, useState } from "react";
import { PHONE, useMedia } from "../media";
import { useRun } from "../store";
import { SpansList } from "./SpansList";
import { StepsColumn } from "./StepsColumn";

const StepsCanvas = lazy(() => import("./StepsCanvas").then((module) => ({ default: module.StepsCanvas })));
const SpansCanvas = lazy(() => import("./SpansCanvas").then((module) => ({ default: module.SpansCanvas })));

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
