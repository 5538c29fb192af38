/** What a row of the timeline is called, and what it comes to. */

import { type Fold, type Item, totals } from "@/trace/children";
import { stepOf } from "@/trace/remarkable";
import * as format from "@/format";
import {
  type Category,
  category,
  displayName,
  endOf,
  failed,
  FLAG,
  has,
  type Skeleton,
  subtreeTokens,
} from "@/trace/skeleton";

/** A row in words and numbers. */
export interface RowWords {
  name: string;
  tone: "" | "error" | "warn";
  /** Tools and unknown kinds are named in a program. */
  mono: boolean;
  /** Agents and whatever holds others. */
  strong: boolean;
  tile: { category: Category; kind: string } | "loop" | "fold";
  /** Nanoseconds from the run's start. */
  start: number;
  end: number;
  /** NaN while it is open. */
  duration: number;
  tokens: number;
  /** Pico-dollars. */
  cost: number;
  status: "failed" | "open" | "odd clock" | "";
  /** What is odd about it, in words; empty for most. */
  odd: string;
}

const WORDS = new WeakMap<Item, RowWords>();

/** The words of a row; worked out once. */
export function wordsOf(run: Skeleton, item: Item): RowWords {
  let known = WORDS.get(item);
  if (!known) WORDS.set(item, (known = item.kind === "span" ? ofSpan(run, item.span) : ofFold(run, item)));
  return known;
}

function ofSpan(run: Skeleton, span: number): RowWords {
  const kind = category(run, span);
  const isFailed = failed(run, span) && !has(run, span, FLAG.errorDerived);
  return {
    name: format.cut(displayName(run, span)),
    tone: isFailed ? "error" : "",
    mono: kind === "tool" || kind === "other",
    strong: kind === "agent",
    tile: { category: kind, kind: run.strings[run.kind[span]!]! },
    start: run.start[span]!,
    end: endOf(run, span),
    duration: run.duration[span]!,
    tokens: subtreeTokens(run, span),
    cost: run.subtreeCost[span]!,
    status: isFailed
      ? "failed"
      : has(run, span, FLAG.open)
        ? "open"
        : has(run, span, FLAG.oddClock)
          ? "odd clock"
          : "",
    odd: oddOf(run, span),
  };
}

function ofFold(run: Skeleton, item: Fold): RowWords {
  const { start, end, tokens, cost } = totals(run, item.covered);
  const name = foldName(run, item);
  const wrong = item.covered.some((span) => failed(run, span));
  return {
    name,
    tone: wrong && item.kind !== "loop" ? "error" : item.kind === "loop" ? "warn" : "",
    mono: item.kind === "loop" || item.kind === "repeat",
    strong: false,
    tile:
      item.kind === "loop"
        ? "loop"
        : item.kind === "repeat"
          ? { category: category(run, stepOf(run, item.spans[0]!).span), kind: "" }
          : "fold",
    start,
    end,
    duration: end - start,
    tokens,
    cost,
    status: wrong ? "failed" : "",
    odd: "",
  };
}

function oddOf(run: Skeleton, span: number): string {
  if (has(run, span, FLAG.oddClock)) return "odd clock";
  if (has(run, span, FLAG.orphan)) return "its parent never came";
  return has(run, span, FLAG.cycle) ? "part of a circle of parents" : "";
}

function foldName(run: Skeleton, item: Fold): string {
  switch (item.kind) {
    case "loop":
    case "repeat":
      return `${format.cut(displayName(run, stepOf(run, item.spans[0]!).span), 60)} ×${format.exact(item.spans.length)}`;
    case "fine":
      return `${format.exact(item.covered.length)} steps, all fine`;
    case "hundred":
      return `${format.exact(item.from)} to ${format.exact(item.to)}`;
    case "infrastructure":
      return format.plural(item.covered.length, "infrastructure span");
  }
}

/** A span in one line, for tooltips and for those who do not see the canvas. */
export function describe(run: Skeleton, span: number, origin: number): string {
  const words = ofSpan(run, span);
  const parts = [
    words.name,
    words.status,
    `at ${format.place(words.start - origin)}`,
    Number.isNaN(words.duration) ? "still open" : format.duration(words.duration),
    Number.isNaN(words.tokens) ? "" : `${format.tokens(words.tokens)} tokens`,
    Number.isNaN(words.cost) ? "" : format.cost(format.picoToUsd(words.cost)),
  ];
  return parts.filter((part) => part !== "").join(", ");
}
