/**
 * What may be written next: from the text before the caret to fields, operators or values. Pure; the names come from
 * the server's filter schema, the values from whoever asks it for them.
 */

import { quoted } from "./edit";

/** A field as `/filter-schema` tells it. */
export interface FieldInfo {
  name: string;
  aliases: string[];
  type: string;
  operators: string[];
  owners: string[];
  summary: string;
  example: string;
  values: string[];
}

/** `attr.`, `label.` and so on: any name may follow. */
export interface NamespaceInfo extends Omit<FieldInfo, "aliases" | "values"> {
  namespace: string;
}

export interface FilterSchema {
  subject: string;
  fields: FieldInfo[];
  namespaces: NamespaceInfo[];
}

/** What is being written at the caret. */
export type Context =
  | { stage: "field"; from: number; prefix: string; subject: string }
  | { stage: "operator"; from: number; field: FieldInfo; prefix: string }
  | { stage: "value"; from: number; field: FieldInfo | null; name: string; op: string; prefix: string };

/** One thing that may be written. */
export interface Completion {
  /** What the list shows first. */
  label: string;
  /** The one line beside it. */
  about: string;
  /** An example, in mono. */
  example?: string;
  /** How often it occurs; null where it is not known. */
  count?: number | null;
  /** What takes the place from `context.from` to the caret. */
  insert: string;
  /** The term is complete with it. */
  done: boolean;
}

const NAME = String.raw`[@\p{L}][\p{L}\p{N}_.$@-]*`;
const VALUE = new RegExp(
  String.raw`(?:^|[\s(,-])(${NAME}|\p{L}+\["[^"]*"\])(:|\s*(?:!=|!~|<=|>=|=|~|<|>)\s*)(\((?:[^()]*,)?\s*)?("[^"]*|[^\s"(),]*)$`,
  "u",
);
const OPERATOR = new RegExp(String.raw`(?:^|[\s(,-])(${NAME})(\s+)([!<>=~]*)$`, "u");
const FIELD = new RegExp(String.raw`(?:^|[\s(,-])(${NAME})?$`, "u");

/** The place of the caret in the grammar. `rows`: what a row is (trace, span, session). */
export function contextAt(before: string, schema: FilterSchema): Context | null {
  const value = VALUE.exec(before);
  if (value) {
    const [, name = "", op = "", , prefix = ""] = value;
    return {
      stage: "value",
      from: before.length - prefix.length,
      field: fieldOf(name, schema),
      name,
      op: op.trim(),
      prefix: prefix.replace(/^"/, ""),
    };
  }
  if ((before.match(/"/g)?.length ?? 0) % 2 === 1) return null;
  const operator = OPERATOR.exec(before);
  const field = operator ? fieldOf(operator[1]!, schema) : null;
  if (operator && field && field.type !== "open") {
    const [, , , prefix = ""] = operator;
    return { stage: "operator", from: before.length - prefix.length, field, prefix };
  }
  const name = FIELD.exec(before);
  if (!name) return null;
  const prefix = name[1] ?? "";
  return {
    stage: "field",
    from: before.length - prefix.length,
    prefix,
    subject: subjectAt(before, schema.subject),
  };
}

/** Inside `has span(…)` and `count(…)` the fields are the spans'. */
function subjectAt(before: string, rows: string): string {
  const opened =
    /(?:has\s+(span|child|parent|ancestor|descendant|sibling)|count|sum|min|max|avg|sequence|every)\s*\([^()]*(?:\([^()]*\)[^()]*)*$/i;
  return opened.test(before) ? "span" : rows;
}

/** The field of a name or an alias; open namespaces make one up. */
export function fieldOf(name: string, schema: FilterSchema): FieldInfo | null {
  const plain = name.startsWith("@") ? "attr." : name;
  const known = schema.fields.find((field) => field.name === plain || field.aliases.includes(plain));
  if (known) return known;
  const space = schema.namespaces.find(
    (one) => plain.startsWith(`${one.namespace}.`) || plain.startsWith(`${one.namespace}[`),
  );
  return space ? { ...space, name, aliases: [], values: [] } : null;
}

/** Fields that people use most come first while nothing is typed. */
const FIRST = [
  "agent",
  "is",
  "status",
  "state",
  "model",
  "tool",
  "session",
  "user",
  "duration",
  "cost",
  "tokens",
  "label",
  "error",
  "name",
  "env",
  "tag",
  "category",
  "receipt.gaps",
];

/** Fields for what was typed: those that begin so, then those that contain it or say it. */
export function fieldCompletions(
  context: Extract<Context, { stage: "field" }>,
  schema: FilterSchema,
): Completion[] {
  const typed = context.prefix.toLowerCase();
  const rank = (field: FieldInfo): number => {
    const names = [field.name, ...field.aliases];
    if (names.includes(typed)) return 0;
    if (names.some((name) => name.startsWith(typed))) return 1;
    if (names.some((name) => name.includes(typed))) return 2;
    return typed.length > 2 && field.summary.toLowerCase().includes(typed) ? 3 : 9;
  };
  const order = (name: string) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  const fields = [
    ...schema.fields.filter((field) => usable(field.owners, context.subject)),
    ...schema.namespaces
      .filter((space) => usable(space.owners, context.subject))
      .map((space): FieldInfo => ({ ...space, name: `${space.namespace}.`, aliases: [], values: [] })),
  ];
  return fields
    .map((field) => ({ field, rank: rank(field) }))
    .filter((one) => one.rank < 9)
    .sort((a, b) => a.rank - b.rank || order(a.field.name) - order(b.field.name))
    .map(({ field }) => ({
      label: field.name,
      about: field.summary,
      example: field.example,
      insert: field.name.endsWith(".") ? field.name : isOrdered(field) ? `${field.name} ` : `${field.name}:`,
      done: false,
    }));
}

/** A row has its own fields and those of what is below it. */
function usable(owners: string[], subject: string): boolean {
  const LEVELS = ["span", "trace", "session"];
  const most = LEVELS.indexOf(subject);
  return owners.some((owner) => LEVELS.indexOf(owner) <= most);
}

/** Compared by size rather than by name. */
export function isOrdered(field: FieldInfo): boolean {
  return field.operators.includes("<") && field.type !== "open";
}

/** Operators that the field has, comparisons first where it has them. */
export function operatorCompletions(
  context: Extract<Context, { stage: "operator" }>,
  words: Record<string, string>,
): Completion[] {
  const first = isOrdered(context.field) ? [">", ">=", "<", "<=", "=", "!="] : ["=", "!=", "~", "!~"];
  return first
    .filter((op) => context.field.operators.includes(op) && op.startsWith(context.prefix))
    .map((op) => ({ label: op, about: words[op] ?? "", insert: `${op} `, done: false }));
}

/** Values that the language itself knows; others are asked of the server. */
export function closedValues(context: Extract<Context, { stage: "value" }>): Completion[] {
  const values = context.field?.values.length
    ? context.field.values
    : (EXAMPLES[context.field?.type ?? ""] ?? []);
  return values
    .filter((value) => value.toLowerCase().startsWith(context.prefix.toLowerCase()))
    .map((value) => valueCompletion(value, null));
}

/** A value with the quotes that it needs. */
export function valueCompletion(value: string, count: number | null): Completion {
  return { label: value, about: "", count, insert: quoted(value), done: true };
}

/** Starting points where any value may stand. */
const EXAMPLES: Record<string, string[]> = {
  duration: ["500ms", "2s", "10s", "1m", "5m", "1h"],
  money: ["0.01", "0.1", "1", "5"],
  share: ["10%", "35%", "50%", "90%"],
  time: ["-1h", "-24h", "-7d", "today", "yesterday", "this-week", "last-week"],
  size: ["100KB", "1MB", "10MB"],
  count: ["0", "10", "100", "1k", "10k", "100k"],
};
