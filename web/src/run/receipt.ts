/**
 * What is known to be missing or odd in a run, in words: what each gap means, on which spans it is, what to do. The
 * numbers are the server's receipt; spans come from the flags of the skeleton where it marks them.
 */

import { count, plural } from "@/format";
import { FLAG, has, type Skeleton, sum } from "@/trace/skeleton";

export interface Gap {
  key: string;
  /** Something is missing; else it is merely odd. */
  missing: boolean;
  title: string;
  meaning: string;
  /** What to change so that it does not happen again. */
  remedy: string;
  /** A setting to copy, where there is one. */
  setting?: string;
  /** Where it is, ascending; empty where the run does not say. */
  spans: number[];
}

/** Spans with a flag. */
function flagged(run: Skeleton, flag: number): number[] {
  const found: number[] = [];
  for (let span = 0; span < run.count; span++) if (has(run, span, flag)) found.push(span);
  return found;
}

/** Counted calls that say tokens and have no cost. */
function unpriced(run: Skeleton): number[] {
  const found: number[] = [];
  for (let span = 0; span < run.count; span++) {
    const tokens = sum(run.input[span]!, run.output[span]!);
    if (has(run, span, FLAG.counted) && tokens > 0 && Number.isNaN(run.cost[span]!)) found.push(span);
  }
  return found;
}

/** Everything that the receipt says, what is missing first. */
export function gaps(run: Skeleton, growing: boolean): Gap[] {
  const { receipt } = run;
  const found: Gap[] = [];
  const add = (count: number | boolean, gap: Omit<Gap, "spans">, spans: () => number[] = () => []) => {
    if (Number(count) > 0) found.push({ ...gap, spans: spans() });
  };
  add(receipt.missing_root && !(growing && receipt.orphans === 0), {
    key: "missing_root",
    missing: true,
    title: "The root never came",
    meaning: "Spans at top level stand in for it: name, state and outcome are read from them.",
    remedy: "The process that starts the run has to export its span, and to flush before it ends.",
  });
  add(
    receipt.orphans,
    {
      key: "orphans",
      missing: true,
      title: `${plural(receipt.orphans, "span")} without ${receipt.orphans === 1 ? "its" : "their"} parent`,
      meaning: "The parent that is named never came, so this stands at top level.",
      remedy:
        "Look for sampling on one side only, for a service that does not export here, or for a process that ended before it flushed.",
    },
    () => flagged(run, FLAG.orphan),
  );
  add(
    receipt.placeholders,
    {
      key: "placeholders",
      missing: true,
      title: `${plural(receipt.placeholders, "span")} known only from a log record or an event`,
      meaning:
        "Something names them; they themselves did not come. Times and tokens are what that record says.",
      remedy: "Send traces beside logs to the same address.",
    },
    () => flagged(run, FLAG.placeholder),
  );
  add(receipt.dropped_by_sender, {
    key: "dropped",
    missing: true,
    title: `${plural(receipt.dropped_by_sender, "attribute, event or link", "attributes, events or links")} dropped by the sender`,
    meaning: "OpenTelemetry SDKs keep 128 of each for a span and count the rest.",
    remedy: "Raise the limit where the sender starts:",
    setting: "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT=512",
  });
  add(receipt.truncated, {
    key: "truncated",
    missing: true,
    title: `${plural(receipt.truncated, "payload")} cut by the sender`,
    meaning: "The text was shorter on arrival than what the step had. Clew did not cut it.",
    remedy: "Raise the tracer's limit on values, or take it away:",
    setting: "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT=1048576",
  });
  return found.concat(oddities(run, growing));
}

function oddities(run: Skeleton, growing: boolean): Gap[] {
  const { receipt } = run;
  const found: Gap[] = [];
  const add = (count: number, gap: Omit<Gap, "spans" | "missing">, spans: () => number[] = () => []) => {
    if (count > 0) found.push({ ...gap, missing: false, spans: spans() });
  };
  add(
    growing ? 0 : receipt.open_spans,
    {
      key: "open",
      title: `${plural(receipt.open_spans, "span")} never ended`,
      meaning: "The step was begun and its end was not told. Its duration is not known.",
      remedy: "Ended by a crash or a kill? Else end the span in every way out of the step.",
    },
    () => flagged(run, FLAG.open),
  );
  add(
    receipt.odd_clocks + receipt.skewed,
    {
      key: "clocks",
      title: `${plural(receipt.odd_clocks + receipt.skewed, "span")} with odd times`,
      meaning: clockWords(receipt.odd_clocks, receipt.skewed),
      remedy: "Set the clocks of the hosts by NTP; use one clock for start and end.",
    },
    () => flagged(run, FLAG.oddClock),
  );
  add(
    receipt.cycles,
    {
      key: "cycles",
      title: plural(receipt.cycles, "circle of parents", "circles of parents"),
      meaning: "Spans name each other as parents. The earliest of them is drawn at top level.",
      remedy: "The sender gives out span ids twice, or sets the parent by hand.",
    },
    () => flagged(run, FLAG.cycle),
  );
  add(
    receipt.unpriced,
    {
      key: "unpriced",
      title: `${plural(receipt.unpriced, "model call")} without a price`,
      meaning: "Their tokens are in the total and their cost is not, so the cost is too low.",
      remedy: "Set a price for the model under Settings, Prices; runs are then worked out anew.",
    },
    () => unpriced(run),
  );
  add(receipt.rejected_numbers, {
    key: "numbers",
    title: `${plural(receipt.rejected_numbers, "number")} left out`,
    meaning:
      "Negative, fractional or not a number where tokens or money were meant. The rest of the span stays.",
    remedy: "Look at the usage attributes of the tracer.",
  });
  add(receipt.suspect_cumulative, {
    key: "cumulative",
    title: `${plural(receipt.suspect_cumulative, "sum")} that may go on over a whole session`,
    meaning:
      "This tracer reports tokens since the session began, so a later run may repeat those of an earlier one.",
    remedy: "Record the model calls themselves; then they count, and the sum does not.",
  });
  return found;
}

function clockWords(odd: number, skewed: number): string {
  const words: string[] = [];
  const ends = odd === 1 ? "1 ends before it starts, or lies" : `${count(odd)} end before they start, or lie`;
  if (odd > 0) words.push(`${ends} before 2000 or after 2099`);
  if (skewed > 0)
    words.push(`${plural(skewed, "lies", "lie")} outside the parent's time by more than a second`);
  return `${words.join("; ")}. They are drawn where they say.`;
}

/** What stands on the chip. */
export function receiptWord(found: readonly Gap[], growing: boolean): { text: string; tone: "" | "warn" } {
  const missing = found.filter((gap) => gap.missing).length;
  if (missing > 0) return { text: plural(missing, "gap"), tone: "warn" };
  if (found.length > 0) return { text: plural(found.length, "oddity", "oddities"), tone: "warn" };
  return { text: growing ? "Complete so far" : "Complete", tone: "" };
}
