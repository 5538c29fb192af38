// Writes src/api/schema.ts from the OpenAPI document of a Clew: `node scripts/types.mjs URL-or-file`.
// The document's shapes are plain objects, lists, unions with null and references; nothing else is needed.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const source = process.argv[2] ?? "http://127.0.0.1:2539/api/v1/openapi.json";
const text = source.startsWith("http") ? await (await fetch(source)).text() : readFileSync(source, "utf8");
const schemas = JSON.parse(text).components.schemas;

const lines = [
  "// Made by scripts/types.mjs from the OpenAPI document; not edited by hand.",
  "",
  "/** Nanoseconds since 1970 as a decimal string. */",
  "export type Nanos = string;",
  "/** US dollars as decimal text. */",
  "export type Usd = string;",
  "",
];
for (const name of Object.keys(schemas).sort()) lines.push(...shape(name, schemas[name]), "");
const target = fileURLToPath(new URL("../src/api/schema.ts", import.meta.url));
writeFileSync(target, lines.join("\n"));

function shape(name, schema) {
  if (schema.type !== "object" || !schema.properties) return [`export type ${name} = ${type(schema)};`];
  const required = new Set(schema.required ?? Object.keys(schema.properties));
  const fields = Object.entries(schema.properties).map(
    ([field, inner]) =>
      `  ${/^\w+$/.test(field) ? field : JSON.stringify(field)}${required.has(field) ? "" : "?"}: ${type(inner)};`,
  );
  return [`export interface ${name} {`, ...fields, "}"];
}

function type(schema) {
  if (schema.$ref) return schema.$ref.split("/").pop();
  if (schema.enum) return schema.enum.map((word) => JSON.stringify(word)).join(" | ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  const several = schema.anyOf ?? schema.oneOf;
  if (several) return several.map(type).join(" | ");
  switch (schema.type) {
    case "array": {
      const inner = type(schema.items ?? {});
      return /[ |]/.test(inner) ? `(${inner})[]` : `${inner}[]`;
    }
    case "integer":
    case "number":
      return "number";
    case "boolean":
      return "boolean";
    case "null":
      return "null";
    case "string":
      if (schema.pattern === "^-?[0-9]+$") return "Nanos";
      return schema.pattern?.startsWith("^-?[0-9]+(") ? "Usd" : "string";
    case "object": {
      if (schema.properties) {
        const required = new Set(schema.required ?? Object.keys(schema.properties));
        const fields = Object.entries(schema.properties);
        return `{ ${fields.map(([field, inner]) => `${field}${required.has(field) ? "" : "?"}: ${type(inner)}`).join("; ")} }`;
      }
      const values = schema.additionalProperties;
      return `Record<string, ${values && values !== true ? type(values) : "unknown"}>`;
    }
    default:
      return "unknown";
  }
}
