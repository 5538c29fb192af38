/** Labels in a few words. */

import type { Label } from "@/api/schema";

/** `outcome: resolved`, `quality 0.8`, `looping`. */
export function short(label: Pick<Label, "name" | "value" | "score">): string {
  if (label.value !== null) return `${label.name}: ${label.value}`;
  return label.score === null ? label.name : `${label.name} ${label.score}`;
}

/** `looping` is odd, `error` is one; the rest is said quietly. */
export function toneOf(name: string): string {
  if (/loop|repeat/i.test(name)) return "w";
  return /error|fail/i.test(name) ? "e" : "";
}
