/** The words of the transcript's rows that are worked out from the run's numbers. */

import * as format from "@/format";
import type { Fold } from "@/trace/children";
import { category, displayName, endOf, failed, FLAG, has, type Skeleton } from "@/trace/skeleton";
import { below, isLarge, STEP, stepOf, steps } from "@/trace/remarkable";
import type { TranscriptRow } from "@/trace/transcript";

/**
 * The span whose failure stands in the row, -1 for none: its own, or that of a step below a call which has no row
 * (the execution of a tool).
 */
export function failureOf(run: Skeleton, row: TranscriptRow): number {
  const { span } = row;
  if (!failed(run, span)) return -1;
  if (!has(run, span, FLAG.errorDerived)) return span;
  if (row.kind !== "call" || below(run, span, "content") > 0) return -1;
  const end = run.endIndex[span]!;
  for (let step = span + 1; step < end; step++) {
    if (failed(run, step) && !has(run, step, FLAG.errorDerived)) return step;
  }
  return -1;
}

/** "12 steps, all fine: 6 calls, 5 fetch_page, query_registry". */
export function foldWords(run: Skeleton, item: Fold): { head: string; rest: string } {
  switch (item.kind) {
    case "fine":
      return {
        head: `${format.plural(item.covered.length, "step")}, all fine`,
        rest: kindsOf(run, item.covered),
      };
    case "hundred":
      return {
        head: `${format.exact(item.from)} to ${format.exact(item.to)}`,
        rest: kindsOf(run, item.covered),
      };
    case "infrastructure":
      return {
        head: `${format.plural(item.covered.length, "span")} hidden`,
        rest: kindsOf(run, item.covered),
      };
    case "loop":
    case "repeat":
      return { head: repeatName(run, item), rest: repeatWords(item) };
  }
}

/** `read_file ×14`. */
export function repeatName(run: Skeleton, item: Extract<Fold, { kind: "loop" | "repeat" }>): string {
  const name = displayName(run, stepOf(run, item.spans[0]!).span);
  return `${format.cut(name, 60)} ×${format.exact(item.spans.length)}`;
}

function repeatWords(item: Extract<Fold, { kind: "loop" | "repeat" }>): string {
  if (item.kind === "repeat") return "other arguments each time";
  return item.sameResults ? "same arguments, same answer" : "same arguments, other answers";
}

/** Names named in a fold at most. */
const NAMES_MAX = 4;

/** What is in a fold, most frequent first: `6 calls, 5 fetch_page, query_registry`. */
function kindsOf(run: Skeleton, covered: readonly number[]): string {
  const counts = new Map<string, number>();
  const { kind, span: call } = steps(run);
  for (const span of covered) {
    const name = kind[span] === STEP.llm ? "" : format.cut(displayName(run, call[span]!), 40);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const ordered = [...counts].sort(
    ([left, a], [right, b]) => Number(right === "") - Number(left === "") || b - a,
  );
  const named = ordered.slice(0, NAMES_MAX).map(([name, times]) => {
    if (name === "") return format.plural(times, "model call");
    return times === 1 ? name : `${format.count(times)} ${name}`;
  });
  const more = ordered.length - named.length;
  return named.join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/** Arguments as people read them: one value alone, several as `key=value`; what is no JSON object as it came. */
export function argumentWords(json: string): string {
  if (!json.startsWith("{")) return json;
  try {
    const entries = Object.entries(JSON.parse(json) as Record<string, unknown>);
    const words = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
    if (entries.length === 1) return words(entries[0]![1]);
    return entries.map(([name, value]) => `${name}=${words(value)}`).join("  ");
  } catch {
    // Cut by the server, or no JSON: as it is.
    return json;
  }
}

/** "103 spans · 8 calls · 25 tools". */
export function cardWords(run: Skeleton, span: number): string {
  const tools = below(run, span, "tool");
  const calls = below(run, span, "llm");
  const parts = [format.plural(run.subtreeSpans[span]!, "span")];
  if (calls > 0) parts.push(format.plural(calls, "call"));
  if (tools > 0) parts.push(format.plural(tools, "tool"));
  return parts.join(" · ");
}

/** Why a result that is far larger than usual matters: its size, and what the next prompt grew by. */
export function largeWords(run: Skeleton, span: number): string | null {
  if (!isLarge(run, span)) return null;
  const size = format.bytes(run.outputBytes[span]!);
  const growth = promptGrowth(run, span);
  return growth > 0 ? `${size}, prompt +${format.tokens(growth)}` : size;
}

/** Siblings looked at on either side for the model calls around a tool. */
const AROUND_MAX = 40;

/** Tokens that the prompt after a step has more than the one before it; 0 where that is not known. */
export function promptGrowth(run: Skeleton, span: number): number {
  const parent = run.parent[span]!;
  const end = parent < 0 ? run.count : run.endIndex[parent]!;
  let after = -1;
  let looked = 0;
  for (
    let next = run.endIndex[span]!;
    next < end && looked < AROUND_MAX;
    next = Math.max(next + 1, run.endIndex[next]!)
  ) {
    looked++;
    if (category(run, next) === "llm") {
      after = next;
      break;
    }
  }
  let before = -1;
  for (let last = span - 1; last > parent && span - last < AROUND_MAX * 4; last--) {
    if (run.parent[last] === parent && category(run, last) === "llm") {
      before = last;
      break;
    }
  }
  if (after < 0 || before < 0) return 0;
  const growth = run.input[after]! - run.input[before]!;
  return growth > 0 ? growth : 0;
}

/** What is odd about a span, for people; empty where nothing is. */
export function oddWords(run: Skeleton, span: number): string[] {
  const words: string[] = [];
  if (has(run, span, FLAG.cycle)) words.push("its parents form a circle: it was put at the top");
  if (has(run, span, FLAG.placeholder)) words.push("this span never came; others name it as their parent");
  else if (has(run, span, FLAG.orphan))
    words.push(`its parent ${run.orphans.get(span) ?? ""} never came`.replace("  ", " "));
  if (has(run, span, FLAG.oddClock)) {
    words.push(endsEarly(run, span) ? "it ends before it starts" : "its clock does not fit its parent's");
  }
  return words;
}

/** An odd clock inside its parent's time can only be an end before the start, which counts as no time at all. */
function endsEarly(run: Skeleton, span: number): boolean {
  const duration = run.duration[span]!;
  const parent = run.parent[span]!;
  if (duration !== 0 || parent < 0) return duration < 0;
  const start = run.start[span]!;
  return start >= run.start[parent]! && start <= endOf(run, parent);
}

/** Heights in pixels for the growth of a loop's prompts, at most `max` of them. */
export function growthTicks(run: Skeleton, covered: readonly number[], max = 24): number[] {
  const sizes: number[] = [];
  const { kind, span: call } = steps(run);
  for (const span of covered) {
    const prompt = run.input[call[span]!]!;
    if (kind[span] === STEP.llm && prompt > 0) sizes.push(prompt);
  }
  if (sizes.length < 3) return [];
  const shown = Array.from(
    { length: Math.min(max, sizes.length) },
    (_, at) => sizes[Math.floor((at * sizes.length) / Math.min(max, sizes.length))]!,
  );
  const least = Math.min(...shown);
  const range = Math.max(...shown) - least;
  return shown.map((size) => (range === 0 ? 6 : 4 + (8 * (size - least)) / range));
}
