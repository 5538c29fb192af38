/** The open run beside its list; its code comes when the first run is opened, or when the list has nothing to do. */

import { type ReactNode, Suspense, useEffect } from "react";
import { useKeys } from "@/app/keys";
import { Boundary } from "@/ui/Boundary";
import { lazyPart } from "@/ui/part";

const load = () => import("@/run/RunPeek");
const RunPeek = lazyPart(async () => ({ default: (await load()).RunPeek }));

export function Peek(props: { traceId: string; onClose: () => void; onStep: (step: 1 | -1) => void }) {
  return (
    <Boundary what="run" around={(said) => <Coming onClose={props.onClose}>{said}</Coming>}>
      <Suspense fallback={<Coming onClose={props.onClose} />}>
        <RunPeek {...props} />
      </Suspense>
    </Boundary>
  );
}

/** The place of the run, until it is there. */
function Coming({ onClose, children }: { onClose: () => void; children?: ReactNode }) {
  useKeys([{ keys: "Escape", label: "Back one level", group: "Anywhere", run: onClose }]);
  return (
    <aside className="peek" aria-label="Run" aria-busy={!children}>
      {children}
    </aside>
  );
}

/** Brings the code of the run page while nothing else is to do, so that the first run opens at once. */
export function usePeekSoon(): void {
  useEffect(() => {
    const timer = setTimeout(() => void load().catch(() => undefined), 1_500);
    return () => clearTimeout(timer);
  }, []);
}
