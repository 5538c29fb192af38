/** A JSON value to be read: short ones coloured in place, long ones in a CodeView that folds and searches. */

import { useMemo } from "react";
import { CodeView } from "./CodeView";
import { highlight } from "./highlight";

/** Longer JSON than this is shown in a CodeView. */
const IN_PLACE_MAX_CHARS = 4_000;

export function JsonView({
  value,
  label,
  tall = false,
}: {
  value: unknown;
  /** What it is, for those who do not see it: "Arguments". */
  label: string;
  /** Takes the height there is. */
  tall?: boolean;
}) {
  const text = useMemo(() => JSON.stringify(value, null, 2) ?? "", [value]);
  if (!tall && text.length <= IN_PLACE_MAX_CHARS)
    return <pre className="code wrap">{highlight(text, "json")}</pre>;
  return <CodeView text={text} label={label} language="json" tall={tall} />;
}
