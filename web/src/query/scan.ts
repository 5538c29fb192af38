/**
 * Filter text cut into the pieces that the search field shows as chips: the terms that stand side by side at the top.
 * This is a scanner, not a parser: it never fails, and whether a piece is right is for the server to say. What it does
 * not know (groups, `or`, `not`, functions) stays a piece of text.
 *
 * Places are those of JavaScript's strings (UTF-16), half open.
 */

/** A stretch of the text. */
interface Place {
  from: number;
  to: number;
}

/** `field op value`, or `-field op value`. */
export interface TermPiece extends Place {
  kind: "term";
  negated: boolean;
  field: string;
  /** `: = != ~ !~ < <= > >=`; `:>` and its kin are written without the colon. */
  op: string;
  /** As written, with its quotes. */
  value: string;
}

/** Words and phrases side by side that are searched as text. */
export interface WordsPiece extends Place {
  kind: "words";
}

/** Anything else. */
export interface TextPiece extends Place {
  kind: "text";
}

export type Piece = TermPiece | WordsPiece | TextPiece;

const OPERATORS = ["!=", "!~", "<=", ">=", "<", ">", "=", "~", ":"];
/** Written wrongly on purpose of another language; the server says what to write instead. */
const RESERVED = ["!==", "==", "=~", "=>", "=<", "<>", ">>", "<<", ":!", ":~"];

const isSpace = (character: string | undefined) => character !== undefined && /\s/u.test(character);
const isDelimiter = (character: string | undefined) => character === undefined || /[\s(),"]/u.test(character);

/** The pieces of a filter, in their order. */
export function scan(text: string): Piece[] {
  const whole = trimmed(text);
  if (whole.from === whole.to) return [];
  if (hasTopLevelOr(text)) return [{ kind: "text", ...whole }];
  const pieces: Piece[] = [];
  let at = whole.from;
  while (at < whole.to) {
    at = afterSpace(text, at);
    if (at >= whole.to) break;
    const joined = keyword(text, at, "and");
    if (joined > 0 && pieces.length > 0 && afterSpace(text, joined) < whole.to) {
      at = joined;
      continue;
    }
    const piece = one(text, at);
    const last = pieces.at(-1);
    if (piece.kind === "words" && last?.kind === "words" && text.slice(last.to, piece.from).trim() === "")
      last.to = piece.to;
    else pieces.push(piece);
    at = Math.max(piece.to, at + 1);
  }
  return pieces;
}

/** Is there an `or` outside of brackets and quotes? It binds weaker than all else, so the text is one piece then. */
export function hasTopLevelOr(text: string): boolean {
  let at = 0;
  while (at < text.length) {
    const character = text[at]!;
    if (character === '"' || character === "(") at = closing(text, at);
    else if (keyword(text, at, "or") > 0 && (at === 0 || isDelimiter(text[at - 1]))) return true;
    else at++;
  }
  return false;
}

/** Does every bracket and every quote have its other half? */
export function isBalanced(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (character === '"') {
      const end = closing(text, at);
      if (text[end - 1] !== '"' || end - at < 2 || (end === text.length && !endsQuote(text, at)))
        return false;
      at = end - 1;
    } else if (character === "(") depth++;
    else if (character === ")" && --depth < 0) return false;
  }
  return depth === 0;
}

/** One unit that begins at `at`, where no space stands. */
function one(text: string, at: number): Piece {
  const not = keyword(text, at, "not");
  if (not > 0) {
    const inner = afterSpace(text, not);
    return { kind: "text", from: at, to: inner < text.length ? one(text, inner).to : not };
  }
  if (text[at] === "-" && !isDelimiter(text[at + 1]) && text[at + 1] !== "-") {
    const inner = one(text, at + 1);
    return inner.kind === "term"
      ? { ...inner, negated: !inner.negated, from: at }
      : { kind: "text", from: at, to: inner.to };
  }
  if (text[at] === '"') {
    const end = glued(text, at);
    return { kind: closing(text, at) === end ? "words" : "text", from: at, to: end };
  }
  return named(text, at) ?? { kind: plain(text, at), from: at, to: glued(text, at) };
}

/** A comparison or a function, which begin with a name. */
function named(text: string, at: number): Piece | undefined {
  const end = nameEnd(text, at);
  if (end === at) return undefined;
  const opening = functionOpening(text, at, end);
  if (opening >= 0) return { kind: "text", from: at, to: afterFunction(text, opening) };
  const gluedOp = operatorAt(text, end);
  const spaced = gluedOp ?? operatorAt(text, afterSpace(text, end));
  if (!spaced || (!gluedOp && spaced.op === ":")) return undefined;
  const { op, to } = spaced;
  if (RESERVED.includes(op)) return { kind: "text", from: at, to: glued(text, afterSpace(text, to)) };
  const second = op === ":" ? operatorAt(text, to) : undefined;
  const compared = second && /^(=|<=|>=|<|>)$/.test(second.op) ? second : undefined;
  const valueFrom = compared?.to ?? to;
  const isColon = op === ":" && !compared;
  const start = isColon ? valueFrom : afterSpace(text, valueFrom);
  const valueTo = isColon && isSpace(text[start]) ? start : glued(text, start);
  return {
    kind: valueTo > start ? "term" : "text",
    from: at,
    to: Math.max(valueTo, valueFrom),
    negated: false,
    field: text.slice(at, end),
    op: compared?.op ?? op,
    value: text.slice(start, valueTo),
  } as Piece;
}

/** Where a function's bracket opens: `count(`, `has span(`; -1 for none. */
function functionOpening(text: string, at: number, end: number): number {
  if (text[end] === "(") return end;
  if (text.slice(at, end).toLowerCase() !== "has" || !isSpace(text[end])) return -1;
  const relation = afterSpace(text, end);
  const relationEnd = nameEnd(text, relation);
  const opening = afterSpace(text, relationEnd);
  return relationEnd > relation && text[opening] === "(" ? opening : -1;
}

/** The end of a function with what it is compared to: `count(…) > 5`, `sequence(…) within 3 steps`. */
function afterFunction(text: string, opening: number): number {
  const end = closing(text, opening);
  const next = afterSpace(text, end);
  const compared = operatorAt(text, next);
  if (compared && compared.op !== ":") return glued(text, afterSpace(text, compared.to));
  const within = keyword(text, next, "within");
  if (within < 0) return Math.max(end, glued(text, end));
  const amountEnd = glued(text, afterSpace(text, within));
  const unit = afterSpace(text, amountEnd);
  const steps = Math.max(keyword(text, unit, "steps"), keyword(text, unit, "step"));
  return steps > 0 ? steps : amountEnd;
}

function plain(text: string, at: number): "words" | "text" {
  return /["(),:=<>~!&|]/.test(text.slice(at, glued(text, at))) ? "text" : "words";
}

/** `attr["my key"]`, `@gen_ai.model`, `label.outcome`, `duration`. */
function nameEnd(text: string, at: number): number {
  const found = /^(?:@[\p{L}\p{N}_.$-]+|\p{L}[\p{L}\p{N}_]*\[|\p{L}[\p{L}\p{N}_.]*)/u.exec(text.slice(at));
  if (!found) return at;
  let end = at + found[0].length;
  if (found[0].endsWith("[")) {
    if (text[end] !== '"') return at;
    end = closing(text, end);
    return text[end] === "]" ? end + 1 : at;
  }
  if (/^(attr|resource|meta|label|score|event)\./.test(found[0])) {
    while (/[\p{L}\p{N}_.$-]/u.test(text[end] ?? "")) end++;
  }
  return end;
}

function operatorAt(text: string, at: number): { op: string; to: number } | undefined {
  const op = [...RESERVED, ...OPERATORS].find((symbol) => text.startsWith(symbol, at));
  return op === undefined ? undefined : { op, to: at + op.length };
}

/** The end of what stands here without a space outside of brackets and quotes. */
function glued(text: string, at: number): number {
  while (at < text.length && !isSpace(text[at])) {
    at = text[at] === '"' || text[at] === "(" ? closing(text, at) : at + 1;
  }
  return at;
}

/** One past the other half of the quote or bracket at `at`; the end of the text if there is none. */
function closing(text: string, at: number): number {
  if (text[at] === '"') {
    for (let next = at + 1; next < text.length; next++) {
      if (text[next] === "\\") next++;
      else if (text[next] === '"') return next + 1;
    }
    return text.length;
  }
  let next = at + 1;
  while (next < text.length && text[next] !== ")") {
    next = text[next] === '"' || text[next] === "(" ? closing(text, next) : next + 1;
  }
  return Math.min(next + 1, text.length);
}

function endsQuote(text: string, at: number): boolean {
  for (let next = at + 1; next < text.length; next++) {
    if (text[next] === "\\") next++;
    else if (text[next] === '"') return true;
  }
  return false;
}

/** One past the word if it stands here alone, whatever its case; else -1. */
function keyword(text: string, at: number, word: string): number {
  const end = at + word.length;
  if (text.slice(at, end).toLowerCase() !== word) return -1;
  return isDelimiter(text[end]) && (at === 0 || isDelimiter(text[at - 1])) ? end : -1;
}

function afterSpace(text: string, at: number): number {
  while (at < text.length && isSpace(text[at])) at++;
  return at;
}

function trimmed(text: string): Place {
  const to = text.trimEnd().length;
  return { from: Math.min(afterSpace(text, 0), to), to };
}
