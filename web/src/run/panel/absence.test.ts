import { expect, test } from "vitest";
import { hasPayload, whyNoPayload } from "./absence";
import type { Detail } from "./detail";

const nothing = {
  input_messages: [],
  output_messages: [],
  system_instructions: [],
  input: null,
  output: null,
  tool: null,
  retrieval: null,
};

const detail = (part: object, content: object = {}) =>
  ({
    span: { category: "llm", open: false, conventions: [], ...part },
    content: { ...nothing, ...content },
    attributes: { "gen_ai.response.id": "resp_1" },
    scope: { name: "openinference.instrumentation.openai_agents" },
    resource: { attributes: {} },
  }) as unknown as Detail;

test("a tool with neither arguments nor result has no payload", () => {
  expect(hasPayload(detail({}, { tool: { arguments: null, result: null } }))).toBe(false);
  expect(hasPayload(detail({}, { tool: { arguments: {}, result: null } }))).toBe(true);
  expect(hasPayload(detail({}, { output: "" }))).toBe(true);
});

test("what is known of a sender is told", () => {
  expect(whyNoPayload(detail({}))).toContain("only the id of the response");
  expect(whyNoPayload(detail({ open: true }))).toContain("has not ended");
  expect(whyNoPayload({ ...detail({ category: "tool" }), attributes: {} } as Detail)).toContain(
    "neither arguments nor result",
  );
});
