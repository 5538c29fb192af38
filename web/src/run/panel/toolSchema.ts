/** The parameters of a tool's definition (JSON Schema) as rows that can be read. */

import type { Json, JsonObject } from "./detail";

/** One parameter; `depth` counts the objects around it. */
export interface Parameter {
  name: string;
  /** "string", "array of number", "string or null". */
  type: string;
  required: boolean;
  description: string;
  /** Allowed values, default and bounds in words. */
  limits: string;
  depth: number;
}

/** A tool as the model was told of it. */
export interface Definition {
  name: string;
  description: string;
  kind: string | null;
  parameters: Parameter[];
  /** Left where the parameters are no schema that could be read. */
  raw: Json;
}

const DEPTH_MAX = 6;
const ROWS_MAX = 300;

/** Reads one definition, in our shape or as the provider has it (`function`, `input_schema`). */
export function readDefinition(definition: Json): Definition {
  const object = isObject(definition) ? definition : {};
  const inner = isObject(object.function) ? object.function : object;
  const schema = inner.parameters ?? inner.input_schema ?? inner.inputSchema ?? null;
  const rows: Parameter[] = [];
  if (isObject(schema)) addProperties(schema, 0, rows);
  return {
    name: text(inner.name) || text(object.name) || "unnamed",
    description: text(inner.description),
    kind: text(object.type) || null,
    parameters: rows,
    raw: definition,
  };
}

function addProperties(schema: JsonObject, depth: number, rows: Parameter[]): void {
  if (!isObject(schema.properties) || depth > DEPTH_MAX) return;
  const required = Array.isArray(schema.required) ? schema.required : [];
  for (const [name, value] of Object.entries(schema.properties)) {
    if (rows.length >= ROWS_MAX) return;
    const property = isObject(value) ? value : {};
    rows.push({
      name,
      type: typeName(property),
      required: required.includes(name),
      description: text(property.description),
      limits: limitsOf(property),
      depth,
    });
    addProperties(property, depth + 1, rows);
    if (isObject(property.items)) addProperties(property.items, depth + 1, rows);
  }
}

function typeName(schema: JsonObject): string {
  if (Array.isArray(schema.type)) return schema.type.map(String).join(" or ");
  for (const word of ["anyOf", "oneOf"]) {
    const options = schema[word];
    if (Array.isArray(options))
      return options.map((one) => (isObject(one) ? typeName(one) : "any")).join(" or ");
  }
  const reference = text(schema.$ref);
  if (reference) return reference.slice(reference.lastIndexOf("/") + 1);
  if (schema.type === "array") return `array of ${isObject(schema.items) ? typeName(schema.items) : "any"}`;
  return text(schema.type) || (Array.isArray(schema.enum) ? "one of" : "any");
}

function limitsOf(schema: JsonObject): string {
  const words: string[] = [];
  if (Array.isArray(schema.enum)) words.push(schema.enum.map((one) => JSON.stringify(one)).join(" | "));
  for (const [name, word] of [
    ["minimum", "at least"],
    ["maximum", "at most"],
    ["minLength", "characters at least"],
    ["maxLength", "characters at most"],
    ["pattern", "like"],
    ["format", "format"],
  ] as const) {
    if (schema[name] !== undefined) words.push(`${word} ${String(schema[name])}`);
  }
  if (schema.default !== undefined) words.push(`default ${JSON.stringify(schema.default)}`);
  return words.join(", ");
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
