/** The run by steps as the store has it: brush, infrastructure, opened cards, hits of the search. */

import { useCallback, useMemo } from "react";
import { runningIn } from "@/trace/cards";
import { foldSteps, shortRows, type StepCard, type Steps } from "@/trace/steps";
import { useRun, useRunStore } from "../store";

/** Rows of a card before the rest is "12 more". */
const ROWS_MAX = 10;

export interface CardRows {
  rows: number[];
  more: number;
  isLong: boolean;
}

export function useSteps() {
  const store = useRunStore();
  const run = useRun((state) => state.run);
  const brush = useRun((state) => state.brush);
  const showInfrastructure = useRun((state) => state.showInfrastructure);
  const openFolds = useRun((state) => state.openFolds);
  const steps = useMemo(
    () => foldSteps(run, { showInfrastructure, shown: brush ? runningIn(run, brush) : undefined }),
    [run, brush, showInfrastructure],
  );
  const cards = useMemo(
    () =>
      steps.cards.map((card): CardRows => {
        const short = shortRows(steps, card, ROWS_MAX);
        if (short.more === 0 || !openFolds.has(foldKey(card))) return { ...short, isLong: false };
        return { rows: card.rows, more: 0, isLong: true };
      }),
    [steps, openFolds],
  );
  const onMore = useCallback((card: StepCard) => store.getState().toggleFold(foldKey(card)), [store]);
  return { run, steps, cards, onMore, hits: useHits(steps) };
}

function foldKey(card: StepCard): string {
  return `steps:${card.key}`;
}

/** Rows that the search hits; null while nothing is searched. */
function useHits(steps: Steps): ReadonlySet<string> | null {
  const find = useRun((state) => state.find);
  const matches = useRun((state) => state.matches);
  return useMemo(() => {
    if (!find) return null;
    const hits = new Set<string>();
    for (const span of matches) if (steps.rowOf[span]! >= 0) hits.add(`row:${steps.rowOf[span]}`);
    return hits;
  }, [steps, find, matches]);
}
