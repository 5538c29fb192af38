/** How a term reads on its chip: `label` `is not` `smoke-test`. */

import { unquoted } from "./edit";
import type { TermPiece } from "./scan";

export interface ChipWords {
  field: string;
  op: string;
  /** "" where the operator says it all. */
  value: string;
}

const PLAIN: Record<string, string> = {
  ":": "is",
  "=": "is exactly",
  "!=": "is other than",
  "~": "matches",
  "!~": "does not match",
  "<": "<",
  "<=": "≤",
  ">": ">",
  ">=": "≥",
};
const NEGATED: Record<string, string> = {
  ":": "is not",
  "=": "is not exactly",
  "!=": "is only",
  "~": "matches nowhere",
  "!~": "matches",
  "<": "not <",
  "<=": "not ≤",
  ">": "not >",
  ">=": "not ≥",
};

/** The words of a term. A range is `in`, a list `is one of`, a star says only that there is a value. */
export function chipWords(piece: TermPiece): ChipWords {
  const { field, op, value, negated } = piece;
  if (field === "is" && /^[a-z]+$/.test(value) && (op === ":" || op === "="))
    return { field, op: negated ? "not" : "", value };
  if (value === "*" && (op === ":" || op === "="))
    return { field, op: negated ? "is absent" : "is there", value: "" };
  if (/^\(.*\)$/su.test(value)) {
    const items = value.slice(1, -1).split(/\s*,\s*|\s+or\s+/i);
    const other = negated || op === "!=";
    return {
      field,
      op: other ? "is none of" : "is one of",
      value: items.map((item) => unquoted(item.trim())).join(", "),
    };
  }
  if (op === ":" && !value.startsWith('"') && value.includes(".."))
    return { field, op: negated ? "is not in" : "in", value };
  return { field, op: (negated ? NEGATED : PLAIN)[op] ?? op, value: unquoted(value) };
}

/** What an operator does, for the list of operators. */
export const OPERATOR_WORDS: Record<string, string> = {
  ":": "is, whatever the case; * for anything",
  "=": "is exactly",
  "!=": "is there and is another",
  "~": "matches a regular expression",
  "!~": "is there and does not match",
  "<": "less than",
  "<=": "at most",
  ">": "more than",
  ">=": "at least",
};
