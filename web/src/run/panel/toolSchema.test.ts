import { expect, test } from "vitest";
import { readDefinition } from "./toolSchema";

test("parameters become rows, nested ones deeper", () => {
  const definition = readDefinition({
    name: "search",
    description: "Finds pages",
    type: "function",
    parameters: {
      type: "object",
      required: ["query"],
      properties: {
        query: { type: "string", description: "Words" },
        sort: { enum: ["new", "old"], default: "new" },
        where: { type: "object", properties: { year: { type: ["integer", "null"], minimum: 1900 } } },
        tags: { type: "array", items: { type: "string" } },
      },
    },
  });
  expect(definition.parameters).toEqual([
    { name: "query", type: "string", required: true, description: "Words", limits: "", depth: 0 },
    {
      name: "sort",
      type: "one of",
      required: false,
      description: "",
      limits: '"new" | "old", default "new"',
      depth: 0,
    },
    { name: "where", type: "object", required: false, description: "", limits: "", depth: 0 },
    {
      name: "year",
      type: "integer or null",
      required: false,
      description: "",
      limits: "at least 1900",
      depth: 1,
    },
    { name: "tags", type: "array of string", required: false, description: "", limits: "", depth: 0 },
  ]);
});

test("a provider's own shape is read too, and what is no schema stays raw", () => {
  expect(readDefinition({ function: { name: "f", parameters: {} } })).toMatchObject({
    name: "f",
    parameters: [],
  });
  expect(readDefinition("just text")).toEqual({
    name: "unnamed",
    description: "",
    kind: null,
    parameters: [],
    raw: "just text",
  });
});
