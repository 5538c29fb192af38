/** What else came with the payload: request parameters, a managed prompt, metadata, verdicts and labels. */

import { KindTile } from "@/ui/kind";
import type { Detail, Json } from "./detail";
import { Value } from "./Value";

export function Extras({ detail }: { detail: Detail }) {
  const { content } = detail;
  return (
    <>
      <Verdicts detail={detail} />
      <Section title="Parameters" value={content.parameters} pointer="/content/parameters" />
      <Section title="Prompt template" value={content.prompt} pointer="/content/prompt" />
      <Section title="Details" value={content.details} pointer="/content/details" />
      <Section title="Metadata" value={content.metadata} pointer="/content/metadata" />
    </>
  );
}

function Section({ title, value, pointer }: { title: string; value: Json; pointer: string }) {
  if (value === null || (typeof value === "object" && Object.keys(value).length === 0)) return null;
  return (
    <section className="sec">
      <h3 className="sech">{title}</h3>
      <Value value={value} pointer={pointer} label={title} as="plain" />
    </section>
  );
}

interface Verdict {
  name: string;
  value: string | null;
  score: number | null;
  explanation: string | null;
  by: string;
}

/** Verdicts that the sender put on the span, and labels that were put on it here. */
function Verdicts({ detail }: { detail: Detail }) {
  const verdicts: Verdict[] = [
    ...detail.content.evaluations.map((one) => ({
      name: one.name,
      value: one.label,
      score: one.score,
      explanation: one.explanation,
      by: one.annotator?.toLowerCase() ?? "",
    })),
    ...detail.labels.map((one) => ({
      name: one.name,
      value: one.value,
      score: one.score,
      explanation: one.explanation,
      by: [one.source, one.author].filter(Boolean).join(", "),
    })),
  ];
  if (verdicts.length === 0) return null;
  return (
    <section className="sec">
      <h3 className="sech">Labels and verdicts</h3>
      <ul className="verdicts">
        {verdicts.map((verdict, at) => (
          <li key={at}>
            <div className="row">
              <KindTile category="evaluator" small />
              <bdi className="med cut">{verdict.name}</bdi>
              {verdict.value !== null && <bdi className="label">{verdict.value}</bdi>}
              {verdict.score !== null && <span className="num">{verdict.score}</span>}
              <span className="grow" />
              <bdi className="dim cut">{verdict.by}</bdi>
            </div>
            {verdict.explanation && (
              <p className="mut about" dir="auto">
                {verdict.explanation}
              </p>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
