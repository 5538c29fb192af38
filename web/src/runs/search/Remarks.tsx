/** What the server says about the filter: an error at its place with the way out as a click, and hints. */

import { ApiError } from "@/api/client";
import type { Hint } from "@/api/schema";
import { cut } from "@/format";
import { type Composed, placeIn } from "@/query/edit";
import { ErrorIcon, HelpIcon } from "@/ui/icons";

export interface Remark {
  tone: "bad" | "hinted";
  message: string;
  /** Place in the reader's text; null for one that is not about a place. */
  place: { from: number; to: number } | null;
  suggestions: readonly string[];
}

/** The remarks on a filter, the error first. */
export function remarksOn(q: string, sent: Composed, error: unknown, hints: readonly Hint[]): Remark[] {
  const remarks: Remark[] = [];
  if (error instanceof ApiError && (error.body.code === "bad_filter" || error.body.from !== undefined)) {
    const { from, to, message, suggestions } = error.body;
    const place = from === undefined ? null : placeIn(q, sent, from, to ?? from);
    remarks.push({ tone: "bad", message, place, suggestions: suggestions ?? [] });
    return remarks;
  }
  for (const hint of hints) {
    const place = placeIn(q, sent, hint.from, hint.to);
    const suggestions = (hint as Hint & { suggestions?: string[] }).suggestions ?? [];
    if (place) remarks.push({ tone: "hinted", message: hint.message, place, suggestions });
  }
  return remarks;
}

export function Remarks({
  q,
  remarks,
  onFix,
}: {
  q: string;
  remarks: readonly Remark[];
  onFix: (from: number, to: number, text: string) => void;
}) {
  if (remarks.length === 0) return null;
  return (
    <ul className="remarks" aria-live="polite">
      {remarks.slice(0, 3).map((remark, at) => {
        const Icon = remark.tone === "bad" ? ErrorIcon : HelpIcon;
        const { place } = remark;
        return (
          <li key={at} className={remark.tone}>
            <Icon size={13} strokeWidth={1.5} aria-hidden />
            {place && place.to > place.from && (
              <bdi className="mono at">{cut(q.slice(place.from, place.to), 40)}</bdi>
            )}
            <span>{remark.message}</span>
            {place &&
              remark.suggestions.slice(0, 4).map((text) => (
                <button
                  type="button"
                  key={text}
                  className="btn sm"
                  onClick={() => onFix(place.from, place.to, text)}
                >
                  <span className="mono">{text === "" ? "Take it out" : cut(text, 60)}</span>
                </button>
              ))}
          </li>
        );
      })}
    </ul>
  );
}
