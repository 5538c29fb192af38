/**
 * Colours for short pieces of code, without a parser: strings, numbers, comments and the keywords of the languages
 * that agents pass around. Anything longer is read in a CodeView.
 */

import type { ReactNode } from "react";

/** Longer code stays uncoloured. */
const MAX_CHARS = 20_000;

const SQL =
  "select|from|where|group|by|order|having|limit|offset|join|left|right|inner|outer|on|and|or|not|in|is|null|as|with|insert|into|values|update|set|delete|create|table|union|all|distinct|case|when|then|else|end|between|like|desc|asc";
const PROGRAM =
  "def|class|return|import|from|for|while|if|elif|else|try|except|raise|with|as|lambda|async|await|yield|in|not|and|or|is|None|True|False|function|const|let|var|new|throw|catch|export|default|interface|type|fn|pub|struct|impl|match|use|mut|package|func|public|private|static|void|int|float|string|boolean|true|false|null|undefined|self|this|echo|then|fi|done|do";
const STRING = `"(?:[^"\\\\\\n]|\\\\.)*"|'(?:[^'\\\\\\n]|\\\\.)*'|\`(?:[^\`\\\\]|\\\\.)*\``;
const NUMBER = "\\b\\d[\\d_]*(?:\\.\\d+)?(?:[eE][+-]?\\d+)?\\b";

const GRAMMARS = {
  json: new RegExp(
    `(?<k>"(?:[^"\\\\\\n]|\\\\.)*"(?=\\s*:))|(?<s>"(?:[^"\\\\\\n]|\\\\.)*")|(?<n>-?${NUMBER}|\\b(?:true|false|null)\\b)`,
    "g",
  ),
  sql: new RegExp(
    `(?<c>--[^\\n]*|/\\*[\\s\\S]*?\\*/)|(?<s>${STRING})|(?<k>\\b(?:${SQL})\\b)|(?<n>${NUMBER})`,
    "gi",
  ),
  program: new RegExp(
    `(?<c>//[^\\n]*|/\\*[\\s\\S]*?\\*/|(?<=^|\\s)#[^\\n]*)|(?<s>${STRING})|(?<k>\\b(?:${PROGRAM})\\b)|(?<n>${NUMBER})`,
    "g",
  ),
};
type Grammar = keyof typeof GRAMMARS;

/** The code with its parts in spans of class k (keyword), s (string), n (number), c (comment). */
export function highlight(code: string, language?: string): ReactNode {
  const grammar = grammarOf(code, language);
  if (!grammar || code.length > MAX_CHARS) return code;
  const found: ReactNode[] = [];
  let end = 0;
  for (const match of code.matchAll(GRAMMARS[grammar])) {
    if (match.index > end) found.push(code.slice(end, match.index));
    const kind = Object.entries(match.groups ?? {}).find(([, text]) => text !== undefined)?.[0];
    found.push(
      <span key={match.index} className={kind}>
        {match[0]}
      </span>,
    );
    end = match.index + match[0].length;
  }
  found.push(code.slice(end));
  return found;
}

/** Which of the three it is, by name or by look; none for prose. */
export function grammarOf(code: string, language?: string): Grammar | null {
  if (language) {
    if (/^json/i.test(language)) return "json";
    if (/sql/i.test(language)) return "sql";
    return /^(?:text|txt|plain|markdown|md|csv|log|console)$/i.test(language) ? null : "program";
  }
  if (/^\s*(?:select|with|insert|update|delete|create)\b[\s\S]*\b(?:from|into|set|table|as)\b/i.test(code))
    return "sql";
  const looksLikeCode =
    /^\s*(?:def |class |import |from \w+ import|function |const |let |fn |#!\/|async )/m.test(code);
  return looksLikeCode ? "program" : null;
}
