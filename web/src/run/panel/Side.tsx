/** What went into or came out of a span, with its heading. */

import { exact } from "@/format";
import { IconButton } from "@/ui/button";
import { copyText } from "@/ui/copy";
import { CopyIcon } from "@/ui/icons";
import type { Json } from "./detail";
import { clippedChars, useLongTexts } from "./longTexts";
import { charsOf } from "./messages";
import { Value } from "./Value";

export function Side({
  title,
  value,
  pointer,
  none,
  as = "code",
}: {
  title: string;
  value: Json;
  pointer: string;
  none: string;
  as?: "markdown" | "code";
}) {
  const { clipped } = useLongTexts();
  const chars = charsOf(value) + clippedChars(clipped, pointer);
  return (
    <section className="sec">
      <h3 className="sech">
        {title}
        {chars > 2_000 && <span className="dim light">{exact(chars)} characters</span>}
        <span className="grow" />
        {value !== null && (
          <IconButton
            icon={CopyIcon}
            label={`Copy ${title.toLowerCase()}`}
            className="sm"
            onClick={() =>
              void copyText(
                typeof value === "string" ? value : JSON.stringify(value, null, 2),
                title.toLowerCase(),
              )
            }
          />
        )}
      </h3>
      {value === null ? (
        <p className="dim">{none}</p>
      ) : as === "code" ? (
        <div className="pair">
          <div>
            <Value value={value} pointer={pointer} label={title} as={as} />
          </div>
        </div>
      ) : (
        <Value value={value} pointer={pointer} label={title} as={as} />
      )}
    </section>
  );
}
