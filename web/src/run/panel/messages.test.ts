import { expect, test } from "vitest";
import type { Message } from "./detail";
import { answerBlocks, charsOf, promptBlocks } from "./messages";

const call = (id: string | undefined, name: string): Message => ({
  role: "assistant",
  parts: [{ type: "tool_call", id, name, arguments: { q: 1 } }],
});
const result = (id: string | undefined, response: string): Message => ({
  role: "tool",
  parts: [{ type: "tool_call_response", id, response }],
});

test("a result moves to its call, and its own message goes", () => {
  const { earlier, fresh } = promptBlocks(
    [{ role: "user", parts: [{ type: "text", content: "hi" }] }, call("c1", "search"), result("c1", "found")],
    1,
  );
  expect(earlier.map((block) => block.role)).toEqual(["user"]);
  expect(fresh).toEqual([
    {
      role: "assistant",
      name: null,
      finishReason: null,
      index: 1,
      pieces: [
        {
          kind: "pair",
          name: "search",
          id: "c1",
          call: { arguments: { q: 1 }, pointer: "/content/input_messages/1/parts/0/arguments" },
          result: { value: "found", pointer: "/content/input_messages/2/parts/0/response" },
        },
      ],
    },
  ]);
});

test("a result whose call the call before already had stands with it among what is new", () => {
  const { fresh } = promptBlocks([call("c1", "search"), result("c1", "found")], 1);
  expect(fresh.map((block) => [block.role, block.index])).toEqual([["tool", 1]]);
  expect(fresh[0]!.pieces[0]).toMatchObject({ kind: "pair", name: "search", result: { value: "found" } });
});

test("without ids results go to calls in order", () => {
  const { fresh } = promptBlocks(
    [call(undefined, "a"), call(undefined, "b"), result(undefined, "1"), result(undefined, "2")],
    0,
  );
  const pairs = fresh.flatMap((block) => block.pieces);
  expect(pairs.map((piece) => (piece.kind === "pair" ? [piece.name, piece.result?.value] : null))).toEqual([
    ["a", "1"],
    ["b", "2"],
  ]);
});

test("a result without a call stays, named by nobody", () => {
  const { fresh } = promptBlocks([result("gone", "x")], 0);
  expect(fresh[0]!.pieces[0]).toMatchObject({ kind: "pair", name: "", call: null, result: { value: "x" } });
});

test("calls of the answer have no result here", () => {
  expect(answerBlocks([call("c9", "refund")])[0]!.pieces[0]).toMatchObject({ name: "refund", result: null });
});

test("characters of JSON", () => {
  expect(charsOf("abc")).toBe(3);
  expect(charsOf({ a: "bc" })).toBe(2 + 1 + 2 + 4);
  expect(charsOf([1, null])).toBe(2 + 2 + 1);
});
