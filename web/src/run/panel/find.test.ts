import { expect, test } from "vitest";
import { ordinalOf, tabOf, unitsOf, withoutRepeats } from "./find";

const hit = (pointer: string) => ({ pointer, at: 0, snippet: "" });

test("input and output of a tool are left out where its arguments and result are there", () => {
  const hits = ["/content/input/q", "/content/tool/arguments/q", "/attributes/a"].map(hit);
  expect(withoutRepeats(hits).map(({ pointer }) => pointer)).toEqual([
    "/content/tool/arguments/q",
    "/attributes/a",
  ]);
  expect(withoutRepeats([hit("/content/input")])).toHaveLength(1);
  expect(withoutRepeats([hit("/content/tool/name"), hit("/content/input_messages/0")])).toHaveLength(2);
});

test("every place has its tab", () => {
  expect(tabOf("/content/input_messages/3/parts/0/content")).toBe("main");
  expect(tabOf("/content/tool_definitions/2/description")).toBe("tools");
  expect(tabOf("/content/tool/result")).toBe("main");
  expect(tabOf("/attributes/llm.model")).toBe("attributes");
});

test("characters are not UTF-16 units", () => {
  expect(unitsOf("a😀b", 0)).toBe(0);
  expect(unitsOf("a😀b", 2)).toBe(3);
  expect(unitsOf("ab", 9)).toBe(2);
});

test("hits are counted within their text", () => {
  const hits = ["/a", "/b", "/b", "/a"].map(hit);
  expect([0, 1, 2, 3].map((at) => ordinalOf(hits, at))).toEqual([0, 0, 1, 1]);
});
