/** Steps without a canvas, one card below the other: on a phone, and where somebody asks for a list. */

import { PHONE, useMedia } from "../media";
import { MarksContext } from "./marks";
import { ROW_HEIGHT } from "./place";
import { StepCard } from "./StepCard";
import { StepsNote } from "./StepsNote";
import { useSteps } from "./useSteps";

const PHONE_ROW = 44;

export function StepsColumn() {
  const rowHeight = useMedia(PHONE) ? PHONE_ROW : ROW_HEIGHT;
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
            <StepCard
              run={run}
              steps={steps}
              card={card}
              {...cards[at]!}
              onMore={onMore}
              rowHeight={rowHeight}
            />
          </div>
        ))}
      </div>
    </MarksContext>
  );
}
