import { expect, test } from "vitest";
import { attributesOf, filterOf, grouped, searched } from "./attributes";

test("filters are written in the filter language", () => {
  expect(filterOf("attr", "gen_ai.request.model", "gpt-5")).toBe('attr.gen_ai.request.model="gpt-5"');
  expect(filterOf("attr", "my key", 'say "hi"*')).toBe('attr["my key"]="say \\"hi\\"\\*"');
  expect(filterOf("resource", "retries", 3)).toBe("resource.retries=3");
  expect(filterOf("attr", "success", true)).toBe("attr.success=true");
  expect(filterOf("attr", "list", [1])).toBeNull();
  expect(filterOf("attr", "long", "x".repeat(201))).toBeNull();
});

test("namespaces in order, keys without one last", () => {
  const attributes = attributesOf(
    { speed: 1, "llm.b": 2, "gen_ai.a": "x", "llm.a": 3 },
    "/attributes",
    "attr",
  );
  expect(grouped(attributes).map(({ name, attributes: all }) => [name, all.map(({ key }) => key)])).toEqual([
    ["gen_ai", ["gen_ai.a"]],
    ["llm", ["llm.b", "llm.a"]],
    ["", ["speed"]],
  ]);
});

test("search looks at keys and values", () => {
  const attributes = attributesOf(
    { "llm.model": "GPT-5", "a/b": { deep: "gpt-5" }, other: 1 },
    "/attributes",
    null,
  );
  expect(searched(attributes, "gpt").map(({ pointer }) => pointer)).toEqual([
    "/attributes/llm.model",
    "/attributes/a~1b",
  ]);
});
