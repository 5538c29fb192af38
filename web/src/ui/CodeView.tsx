/**
 * Long code or JSON, read-only: wraps, folds, searches. CodeMirror comes with the first one. What it would be slow
 * with is shown as plain lines, of which only those on screen are drawn.
 */

import { Suspense } from "react";
import { lazyPart } from "./part";
import { PlainLines } from "./PlainLines";

const CodeEditor = lazyPart(() => import("./CodeEditor"));

/** CodeMirror takes texts up to this length, in characters. */
export const CODE_MAX_CHARS = 2_000_000;

export function CodeView({
  text,
  label,
  language,
  tall = false,
}: {
  text: string;
  /** What it is, for those who do not see it. */
  label: string;
  language?: "json";
  /** Takes the height there is, instead of at most 420 px. */
  tall?: boolean;
}) {
  const plain = <PlainLines text={text} label={label} tall={tall} />;
  if (text.length > CODE_MAX_CHARS) return plain;
  return (
    <Suspense fallback={plain}>
      <CodeEditor text={text} label={label} language={language} tall={tall} />
    </Suspense>
  );
}
