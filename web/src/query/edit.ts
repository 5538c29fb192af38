/**
 * Changes of filter text by chip: each touches one stretch and leaves spacing and quoting elsewhere as it was typed.
 * Adding a term and taking it out again gives the same text.
 */

import { hasTopLevelOr, isBalanced, type Piece, scan, type TermPiece } from "./scan";

/** A value as it must be written: in quotes when it would else be read as something more than itself. */
export function quoted(value: string): string {
  const plain =
    value !== "" &&
    !/[\s(),"*\\]/u.test(value) &&
    !/^[-'!=<>~:]/.test(value) &&
    !value.includes("..") &&
    !/^(and|or|not)$/i.test(value);
  if (plain) return value;
  const escaped = value
    .replace(/["\\*]/g, "\\$&")
    .replaceAll("\n", "\\n")
    .replaceAll("\t", "\\t");
  return `"${escaped}"`;
}

/** A written value as people read it. */
export function unquoted(value: string): string {
  if (!/^".*"$/su.test(value)) return value;
  return value
    .slice(1, -1)
    .replace(/\\(.)/gsu, (_, character: string) =>
      character === "n" ? "\n" : character === "t" ? "\t" : character,
    );
}

/** `field:value` with quotes where they are needed; comparisons stand in spaces. */
export function term(field: string, op: string, value: string, negated = false): string {
  const spaced = op === ":" || op === "=" || op === "!=" ? op : ` ${op} `;
  return `${negated ? "-" : ""}${field}${spaced}${quoted(value)}`;
}

/** The filter and one more condition. */
export function add(text: string, more: string): string {
  const base = text.trim();
  const added = more.trim();
  if (base === "") return added;
  if (added === "") return base;
  const left = hasTopLevelOr(base) ? `(${base})` : base;
  return `${left} ${hasTopLevelOr(added) ? `(${added})` : added}`;
}

/** The filter without a piece. */
export function remove(text: string, piece: Pick<Piece, "from" | "to">): string {
  let before = text.slice(0, piece.from).trimEnd();
  let after = text.slice(piece.to).trimStart();
  // An `and` that joined it to its neighbour goes along.
  if (/(^|[\s)"])and$/i.test(before)) before = before.slice(0, -3).trimEnd();
  else if (before === "" && /^and[\s(]/i.test(after)) after = after.slice(3).trimStart();
  return before && after ? `${before} ${after}` : before || after;
}

/** The filter with a piece written anew; nothing written takes it out. */
export function replace(text: string, piece: Pick<Piece, "from" | "to">, written: string): string {
  const next = written.trim();
  if (next === "") return remove(text, piece);
  const alone = text.slice(0, piece.from).trim() === "" && text.slice(piece.to).trim() === "";
  const safe = !alone && hasTopLevelOr(next) ? `(${next})` : next;
  return text.slice(0, piece.from) + safe + text.slice(piece.to);
}

/** Takes a term out if it is there, else adds it. */
export function toggle(text: string, written: string): string {
  const same = scan(text).find((piece) => text.slice(piece.from, piece.to) === written);
  return same ? remove(text, same) : add(text, written);
}

/** Puts a term in the place of those of the same field; a click on a value means that one now. */
export function setField(text: string, field: string, written: string): string {
  let next = text;
  for (;;) {
    const old = scan(next).find((piece) => piece.kind === "term" && piece.field === field);
    if (!old) return add(next, written);
    next = remove(next, old);
  }
}

/** Is there a term with one of these fields at the top? */
export function mentions(text: string, fields: readonly string[]): boolean {
  return scan(text).some((piece) => piece.kind === "term" && fields.includes(piece.field));
}

/** The terms of a field. */
export function termsOf(text: string, field: string): TermPiece[] {
  return scan(text).filter((piece): piece is TermPiece => piece.kind === "term" && piece.field === field);
}

/** A filter to send, and how far its places are from those of the text in the field. */
export interface Composed {
  filter: string;
  /** Characters that stand before the reader's own text. */
  offset: number;
  /** Characters of the reader's own text: places beyond are not about it. */
  length: number;
}

/**
 * The reader's text and the page's own conditions (time range, hidden kinds). Text with a bracket too many would
 * swallow them, so it goes alone and comes back with its error.
 */
export function compose(text: string, conditions: readonly string[]): Composed {
  const own = text.trim();
  const lead = Array.from(text.slice(0, text.length - text.trimStart().length)).length;
  const length = Array.from(own).length;
  const rest = conditions.filter(Boolean).join(" ");
  if (own === "") return { filter: rest, offset: 0, length: 0 };
  const plain = scan(own).every((piece) => piece.kind !== "text");
  if (rest === "" || !isBalanced(own)) return { filter: own, offset: 0 - lead, length };
  return plain
    ? { filter: `${own} ${rest}`, offset: 0 - lead, length }
    : { filter: `(${own}) ${rest}`, offset: 1 - lead, length };
}

/** A place in characters (Unicode code points), as the server counts, in units of JavaScript's strings. */
export function unitOf(text: string, character: number): number {
  let unit = 0;
  for (let passed = 0; passed < character && unit < text.length; passed++) {
    unit += text.codePointAt(unit)! > 0xffff ? 2 : 1;
  }
  return unit;
}

/** The place of an error or a hint of a composed filter in the reader's text; null where it is about our conditions. */
export function placeIn(
  text: string,
  composed: Composed,
  from: number,
  to: number,
): { from: number; to: number } | null {
  const lead = text.length - text.trimStart().length;
  const end = lead + composed.length;
  const start = Math.max(0, from - composed.offset);
  if (start > end) return null;
  return {
    from: unitOf(text, start),
    to: unitOf(text, Math.max(start, Math.min(end, to - composed.offset))),
  };
}
