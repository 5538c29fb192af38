/** The open run beside its list; its code comes when the first run is opened, or when the list has nothing to do. */

import { lazy, Suspense, useEffect } from "react";
import { useKeys } from "@/app/keys";

const load = () => import("@/run/RunPeek");
const RunPeek = lazy(async () => ({ default: (await load()).RunPeek }));

export function Peek(props: { traceId: string; onClose: () => void; onStep: (step: 1 | -1) => void }) {
  return (
    <Suspense fallback={<Coming onClose={props.onClose} />}>
      <RunPeek {...props} />
    </Suspense>
  );
}

function Coming({ onClose }: { onClose: () => void }) {
  useKeys([{ keys: "Escape", label: "Back one level", group: "Anywhere", run: onClose }]);
  return <aside className="peek" aria-label="Run" aria-busy="true" />;
}

/** Brings the code of the run page while nothing else is to do, so that the first run opens at once. */
export function usePeekSoon(): void {
  useEffect(() => {
    const timer = setTimeout(() => void load(), 1_500);
    return () => clearTimeout(timer);
  }, []);
}
