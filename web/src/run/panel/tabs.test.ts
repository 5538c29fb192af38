import { expect, test } from "vitest";
import type { Detail } from "./detail";
import { tabsOf } from "./tabs";

const detail = (part: object) =>
  ({
    content: { input_messages: [1, 2], output_messages: [3], tool_definitions: [], retrieval: null },
    attributes: { a: 1, b: 2 },
    events: [1],
    links: [1],
    difference: null,
    ...part,
  }) as unknown as Detail;

const names = (category: Parameters<typeof tabsOf>[0], of: Detail | null) =>
  tabsOf(category, of).map(({ label, count }) => `${label} ${count}`.trim());

test("model calls have messages, changes and tools, counted", () => {
  expect(names("llm", detail({ difference: { added: [1, 2, 3], removed: 0 } }))).toEqual([
    "Messages 3",
    "Changes +3",
    "Tools",
    "Attributes 2",
    "Events 2",
    "Raw",
  ]);
  expect(names("llm", detail({ difference: { added: [1, 2], removed: 4 } }))[1]).toBe("Changes ±4");
});

test("other kinds have their own first tab, and tools only where some were defined", () => {
  expect(names("tool", null)).toEqual(["Call and result", "Attributes", "Events", "Raw"]);
  expect(names("agent", detail({}))[0]).toBe("Input and output");
  expect(names("retrieval", detail({}))[0]).toBe("Query and documents");
});
