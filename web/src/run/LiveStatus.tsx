/** Tells screen readers how a growing run gets on, every ten seconds at most. */

import { useEffect, useState } from "react";
import { plural } from "@/format";
import { outcomeText } from "@/ui/state";
import { isGrowing, useRun, useRunStore } from "./store";

const EVERY_MS = 10_000;

export function LiveStatus() {
  const store = useRunStore();
  const growing = useRun((state) => isGrowing(state.run));
  const [text, setText] = useState("");
  useEffect(() => {
    if (!growing) return;
    const say = () => {
      const { trace } = store.getState().run;
      setText(`${outcomeText(trace)}, ${plural(trace.span_count, "span")}`);
    };
    const timer = setInterval(say, EVERY_MS);
    return () => {
      clearInterval(timer);
      say();
    };
  }, [growing, store]);
  return (
    <span className="vh" role="status">
      {text}
    </span>
  );
}
