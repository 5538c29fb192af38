/** Steps without a canvas, one card below the other: on a phone, and where somebody asks for a list. */

import { MarksContext } from "./marks";
import { StepCard } from "./StepCard";
import { StepsNote } from "./StepsNote";
import { useSteps } from "./useSteps";

export function StepsColumn() {
  const { run, steps, cards, onMore } = useSteps();
  return (
    <MarksContext value={null}>
      <div className="gcolumn" role="group" aria-label="Steps of the run" tabIndex={-1}>
        <p className="gnote">
          <StepsNote steps={steps} />
        </p>
        {steps.cards.map((card, at) => (
          <div key={card.key} className="gplace">
            {card.parent >= 0 && (
              <p className="dim">
                called by <bdi>{steps.cards[card.parent]!.name}</bdi>
              </p>
            )}
            <StepCard run={run} steps={steps} card={card} {...cards[at]!} onMore={onMore} />
          </div>
        ))}
      </div>
    </MarksContext>
  );
}
