/**
 * A text of any length as rows of a fixed number of characters, without keeping its rows: where every 64th begins is
 * remembered, those between are found again. 50 MB of text take a quarter of a second and one megabyte.
 */

/** Rows between two remembered ones. */
const STRIDE = 64;
/** A row ends after a space where one is so near its edge. */
const WORD_MAX_CHARS = 24;

/** Rows of a text; `columns` characters at most in each. */
export interface Rows {
  readonly text: string;
  readonly columns: number;
  /** How many rows there are, at least 1. */
  readonly count: number;
  /** Characters from the text's start at which every STRIDE-th row begins. */
  readonly marks: readonly number[];
}

/** Cuts a text into rows. */
export function rowsOf(text: string, columns: number): Rows {
  const marks: number[] = [];
  let count = 0;
  for (let at = 0; at >= 0; at = nextRow(text, columns, at)) {
    if (count % STRIDE === 0) marks.push(at);
    count++;
  }
  return { text, columns, count, marks };
}

/** The characters of rows `from` to `to` (left out), without their line breaks. */
export function readRows(rows: Rows, from: number, to: number): string[] {
  const found: string[] = [];
  let at = startOf(rows, from);
  for (let row = from; row < to && at >= 0; row++) {
    const next = nextRow(rows.text, rows.columns, at);
    const end = next < 0 ? rows.text.length : next;
    found.push(rows.text.slice(at, end).replace(/\r?\n$/, ""));
    at = next;
  }
  return found;
}

/** The row that a character stands in. */
export function rowAt(rows: Rows, character: number): number {
  let low = 0;
  let high = rows.marks.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (rows.marks[middle]! <= character) low = middle;
    else high = middle - 1;
  }
  let row = low * STRIDE;
  let at = rows.marks[low]!;
  for (let next = nextRow(rows.text, rows.columns, at); next >= 0 && next <= character; row++) {
    at = next;
    next = nextRow(rows.text, rows.columns, at);
  }
  return row;
}

function startOf(rows: Rows, row: number): number {
  let at = rows.marks[Math.floor(row / STRIDE)] ?? -1;
  for (let skip = row % STRIDE; skip > 0 && at >= 0; skip--) at = nextRow(rows.text, rows.columns, at);
  return at;
}

/** Where the row after the one at `at` begins; -1 when it is the last. Never inside a surrogate pair. */
function nextRow(text: string, columns: number, at: number): number {
  const line = text.slice(at, at + columns + 1);
  const broken = line.indexOf("\n");
  if (broken >= 0) return at + broken + 1;
  let next = at + columns;
  if (next >= text.length) return -1;
  const space = line.lastIndexOf(" ", columns - 1);
  if (space > columns / 2 && space >= columns - WORD_MAX_CHARS) return at + space + 1;
  if ((text.charCodeAt(next) & 0xfc00) === 0xdc00) next -= 1;
  return next > at ? next : next + 1;
}
