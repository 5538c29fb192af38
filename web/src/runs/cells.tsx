/** Small parts that cells of all three lists share. */

import type { Label, TraceRow } from "@/api/schema";
import { useNow } from "@/app/clock";
import * as format from "@/format";
import { withoutMentions } from "@/ui/mentions";
import { isTicking, outcome } from "@/ui/state";
import { TokenBar } from "@/ui/values";

/** Somebody's words in one line: direction isolated, cut by code. */
export function Text({ text, tone = "" }: { text: string | null | undefined; tone?: string }) {
  if (!text) return <span className="dim">{format.ABSENT}</span>;
  const line = format.cut(withoutMentions(text).replace(/\s+/g, " "));
  return (
    <span className={`cut ${tone}`} title={line}>
      <bdi>{line}</bdi>
    </span>
  );
}

/** First of several names, and how many more there are. */
export function FirstOf({ names, tone = "mut" }: { names: readonly string[]; tone?: string }) {
  if (names.length === 0) return <span className="dim">{format.ABSENT}</span>;
  return (
    <span
      className={`cut ${tone}`}
      title={names
        .slice(0, 30)
        .map((name) => format.cut(name, 80))
        .join(", ")}
    >
      <bdi>{format.cut(names[0]!)}</bdi>
      {names.length > 1 && <span className="dim"> +{names.length - 1}</span>}
    </span>
  );
}

export function TokensCell({
  usage,
}: {
  usage: {
    input: number | null;
    output: number | null;
    cache_read: number | null;
    total: number | null;
  } | null;
}) {
  return (
    <span className="tok">
      <span>{format.tokens(usage?.total)}</span>
      <TokenBar
        input={usage?.input ?? null}
        cacheRead={usage?.cache_read ?? null}
        output={usage?.output ?? null}
      />
    </span>
  );
}

/** Labels of a run, worst first; more than two are a number. */
export function Labels({
  labels,
  most = 2,
}: {
  labels: readonly Pick<Label, "name" | "value" | "score">[];
  most?: number;
}) {
  if (labels.length === 0) return null;
  return (
    <span className="rowlabels">
      {labels.slice(0, most).map((label, at) => (
        <span key={at} className={`label ${toneOf(label.name)}`} title={labelText(label)}>
          <bdi>{format.cut(label.name, 24)}</bdi>
        </span>
      ))}
      {labels.length > most && (
        <span className="label" title={labels.slice(0, 30).map(labelText).join(", ")}>
          +{labels.length - most}
        </span>
      )}
    </span>
  );
}

function labelText(label: Pick<Label, "name" | "value" | "score">): string {
  const parts = [format.cut(label.name, 60)];
  if (label.value !== null) parts.push(format.cut(label.value, 60));
  if (label.score !== null) parts.push(String(label.score));
  return parts.join(": ");
}

function toneOf(name: string): string {
  if (/loop|repeat|slow|stuck/i.test(name)) return "w";
  return /error|fail|refus|unsafe/i.test(name) ? "e" : "";
}

/** Share of a run's input that came from a cache. */
export function cachedShare(
  usage: { input: number | null; cache_read: number | null } | null,
): number | null {
  return usage?.input && usage.cache_read !== null ? usage.cache_read / usage.input : null;
}

/** How long a run took; of one with an open step the clock runs. */
export function RunDuration({ run }: { run: TraceRow }) {
  const which = outcome(run);
  if (which === "live" && isTicking(run)) return <LiveDuration start={run.start_nanos} />;
  const tone = which === "quiet" ? "quiet-t" : "";
  return (
    <span className={tone} title={exactly(run.duration_nanos)}>
      {format.duration(run.duration_nanos)}
    </span>
  );
}

function LiveDuration({ start }: { start: string }) {
  const now = useNow();
  return <span className="live-t">{format.duration(Math.max(0, now - format.millis(start)) * 1e6)}</span>;
}

export function exactly(nanos: number | null): string {
  return nanos === null ? "nobody said" : `${format.exact(nanos / 1e6)} ms`;
}

/** The condition that a cell stands for; none where nothing is said. */
export function valueOf(
  field: string,
  value: string | null | undefined,
): { field: string; value: string } | null {
  return value ? { field, value } : null;
}
