/** Attributes as a list that can be searched: grouped by namespace, every value with the filter that finds it again. */

import type { Json, JsonObject } from "./detail";

/** One attribute. */
export interface Attribute {
  key: string;
  /** What is shown: text as it is, everything else as JSON. */
  text: string;
  type: "text" | "number" | "boolean" | "null" | "json";
  /** Pointer into the answer. */
  pointer: string;
  /** Filter of runs that have it; null where the language has no words for it. */
  filter: string | null;
}

/** Attributes whose keys begin alike. */
export interface Group {
  /** `gen_ai`, `llm`; "" for keys without a dot. */
  name: string;
  attributes: Attribute[];
}

/** Values longer than this are no filter. */
const FILTER_MAX_CHARS = 200;
const PLAIN_PATH = /^[A-Za-z_][\w.$-]*$/;

/** The attributes at `pointer`, which are `attr` or `resource` in the filter language. */
export function attributesOf(
  object: JsonObject,
  pointer: string,
  open: "attr" | "resource" | null,
): Attribute[] {
  return Object.entries(object).map(([key, value]) => ({
    key,
    text: textOf(value),
    type: typeOf(value),
    pointer: `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`,
    filter: open && filterOf(open, key, value),
  }));
}

/** Groups by the first word of the key; keys of one namespace keep the sender's order. */
export function grouped(attributes: readonly Attribute[]): Group[] {
  const groups = new Map<string, Attribute[]>();
  for (const attribute of attributes) {
    const dot = attribute.key.indexOf(".");
    const name = dot > 0 ? attribute.key.slice(0, dot) : "";
    const group = groups.get(name);
    if (group) group.push(attribute);
    else groups.set(name, [attribute]);
  }
  return [...groups]
    .map(([name, members]) => ({ name, attributes: members }))
    .sort(
      (left, right) =>
        Number(left.name === "") - Number(right.name === "") || (left.name < right.name ? -1 : 1),
    );
}

/** Those whose key or value has the text, whatever the case. */
export function searched(attributes: readonly Attribute[], text: string): Attribute[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return [...attributes];
  return attributes.filter(
    ({ key, text: value }) => key.toLowerCase().includes(wanted) || value.toLowerCase().includes(wanted),
  );
}

/** `attr.gen_ai.request.model="gpt-5"`. */
export function filterOf(open: "attr" | "resource", key: string, value: Json): string | null {
  const field = PLAIN_PATH.test(key) ? `${open}.${key}` : `${open}[${quoted(key)}]`;
  if (typeof value === "number" || typeof value === "boolean") return `${field}=${value}`;
  if (typeof value !== "string" || value.length > FILTER_MAX_CHARS) return null;
  return `${field}=${quoted(value)}`;
}

/** A value of the filter language in quotes. A star would stand for anything. */
export function quoted(text: string): string {
  const escaped = text
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll("\n", "\\n")
    .replaceAll("\t", "\\t")
    .replaceAll("*", "\\*");
  return `"${escaped}"`;
}

function typeOf(value: Json): Attribute["type"] {
  if (value === null) return "null";
  if (typeof value === "string") return "text";
  if (typeof value === "number") return "number";
  return typeof value === "boolean" ? "boolean" : "json";
}

function textOf(value: Json): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}
