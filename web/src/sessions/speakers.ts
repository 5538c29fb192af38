/** Whose spans hold the words of a run: the person's first ones and the agent's last ones. Pure. */

import { category, FLAG, has, type Skeleton } from "@/trace/skeleton";
import { threads } from "@/trace/threads";

export interface Speakers {
  /** The main agent's span, else the first root; -1 in a run without spans. */
  agent: number;
  /** Its first and its last model call, by the tree and by time; -1 where it has none. */
  asked: number;
  answered: number;
}

export function speakers(run: Skeleton): Speakers {
  if (run.count === 0) return { agent: -1, asked: -1, answered: -1 };
  const main = threads(run)[0];
  const calls = (main?.spans ?? []).filter(
    (span) => category(run, span) === "llm" && !has(run, span, FLAG.placeholder),
  );
  let answered = -1;
  for (const call of calls) {
    if (answered < 0 || run.start[call]! >= run.start[answered]!) answered = call;
  }
  const agent = main && main.agent >= 0 ? main.agent : 0;
  return { agent, asked: calls[0] ?? -1, answered };
}
