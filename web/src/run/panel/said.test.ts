import { expect, test } from "vitest";
import type { Content, Message } from "./detail";
import { contextOf, saidOf, toolNames } from "./said";

const call: Message = {
  role: "assistant",
  parts: [{ type: "tool_call", id: "c1", name: "search", arguments: { q: "x" } }],
};
const result: Message = {
  role: "tool",
  parts: [{ type: "tool_call_response", id: "c1", response: "found" }],
};

test("messages are named by what they do", () => {
  const names = toolNames([call, result]);
  expect(saidOf(call, names)).toEqual({
    role: "assistant",
    what: "assistant, calls search",
    text: 'search({"q":"x"})',
    id: "c1",
  });
  expect(saidOf(result, names)).toEqual({
    role: "tool",
    what: "tool result, search",
    text: "found",
    id: "c1",
  });
  expect(saidOf(result, new Map()).what).toBe("tool result");
});

test("the context by role, with what was cut", () => {
  const content = {
    system_instructions: [{ type: "text", content: "12345" }],
    tool_definitions: [],
    input_messages: [
      { role: "system", parts: [{ type: "text", content: "123" }] },
      { role: "user", parts: [{ type: "blob", modality: "image", content: "xxxx" }] },
      call,
      result,
    ],
  } as unknown as Content;
  const clipped = new Map([
    [
      "/content/input_messages/3/parts/0/response",
      { pointer: "/content/input_messages/3/parts/0/response", chars: 65_636, bytes: 65_636 },
    ],
  ]);
  expect(contextOf(content, clipped).map(({ name, chars }) => [name, chars])).toEqual([
    ["System", 8],
    ["Tool results", 105],
    // The name, then {"q": "x"} as key, value and four signs.
    ["Assistant", 6 + 2 + 1 + 1 + 4],
  ]);
});

test("long arguments stand one below the other, texts with their own lines", () => {
  const long: Message = {
    role: "assistant",
    parts: [
      {
        type: "tool_call",
        id: "c2",
        name: "query",
        arguments: { sql: "select maker\nfrom orders\nwhere year = 2026 and region = 'EU'", rows: 500 },
      },
    ],
  };
  expect(saidOf(long, new Map()).text).toBe(
    "query(\n  sql: select maker\nfrom orders\nwhere year = 2026 and region = 'EU'\n  rows: 500\n)",
  );
});
