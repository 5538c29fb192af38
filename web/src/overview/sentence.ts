/** What happened, in a sentence or three. Pure: the parts are words, some of them strong, some of them ways to lists. */

import type { Figures } from "@/api/schema";
import * as format from "@/format";
import type { ErrorGroup } from "./errors";

/** A piece of the sentence. */
export interface Part {
  text: string;
  /** strong: a number that counts; code: a name out of a program. */
  as?: "strong" | "code";
  /** The condition of the runs that it speaks of; "" is all of them. */
  where?: string;
}

const SMALL = [
  "no",
  "one",
  "two",
  "three",
  "four",
  "five",
  "six",
  "seven",
  "eight",
  "nine",
  "ten",
  "eleven",
  "twelve",
];

/** Up to twelve in letters, as prose has it. */
export function inWords(amount: number): string {
  return SMALL[amount] ?? format.count(amount);
}

/** What the sentence is made of. */
export interface Said {
  figures: Figures & { live_count?: number };
  /** The sums are of part of the runs only. */
  partial: boolean;
  /** What fails most, if anything does and all failures are known. */
  worst: ErrorGroup | null;
  /** When the first of it was, in the reader's time; null where it was there from the beginning. */
  since: string | null;
}

export function sentence({ figures, partial, worst, since }: Said): Part[] {
  const { count, failed_count: failed, error_count: withErrors, live_count: live = 0, cost } = figures;
  if (count === 0) return [{ text: "No run in this range." }];
  const parts: Part[] = [
    { text: `${partial ? "At least " : ""}${format.plural(count, "run")}`, as: "strong", where: "" },
  ];
  if (live > 0) parts.push({ text: ", " }, { text: `${format.count(live)} live`, where: "is:live" });
  parts.push({ text: ". " });
  if (failed > 0) parts.push({ text: `${format.count(failed)} failed`, as: "strong", where: "is:failed" });
  else parts.push({ text: count === 1 ? "It did not fail" : "None failed" });
  const recovered = withErrors - failed;
  if (recovered > 0) {
    parts.push(
      { text: failed > 0 ? ", " : ", but " },
      {
        text: `${inWords(recovered)} ${failed > 0 ? "more " : ""}${recovered === 1 ? "has" : "have"} failed steps`,
        where: "status:error -is:failed",
      },
    );
  }
  parts.push({ text: ". " });
  if (worst && withErrors > 1) {
    parts.push(
      { text: `${capital(inWords(worst.runs))} of them on ` },
      { text: format.cut(worst.name, 40), as: "code", where: `has span(${worst.condition})` },
      { text: since ? `, which began at ${since}. ` : ". " },
    );
  }
  if (cost !== null) {
    parts.push({ text: format.cost(cost.total), as: "strong", where: "cost > 0" }, { text: " spent." });
  }
  return parts;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
