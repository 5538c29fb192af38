import { expect, test } from "vitest";
import { compose } from "@/query/edit";
import { ApiError } from "@/api/client";
import { remarksOn } from "./search/Remarks";
import { asSearch, definitionOf, sameView } from "./views";

test("a view keeps filter, range and order, and nothing of an open run", () => {
  const search = { q: "is:failed", range: "24h", run: "abc", view: "tree" };
  expect(definitionOf(search)).toEqual({ q: "is:failed", range: "24h" });
  expect(sameView(definitionOf(search), { q: "is:failed", range: "24h" })).toBe(true);
  expect(sameView(definitionOf(search), { q: "is:failed" })).toBe(false);
  expect(asSearch({ q: 3, sort: "-cost" })).toEqual({
    q: undefined,
    range: undefined,
    from: undefined,
    to: undefined,
    sort: "-cost",
    kinds: undefined,
  });
  expect(asSearch(null).q).toBeUndefined();
});

test("an error of the filter stands at its place in what was typed", () => {
  const q = "x or modle:a";
  const sent = compose(q, ["start > -24h"]);
  const body = {
    code: "bad_filter" as const,
    message: "unknown field",
    from: 6,
    to: 11,
    suggestions: ["model"],
  };
  expect(remarksOn(q, sent, new ApiError(400, body), [])).toEqual([
    { tone: "bad", message: "unknown field", place: { from: 5, to: 10 }, suggestions: ["model"] },
  ]);
  expect(remarksOn(q, sent, new ApiError(0, { message: "gone" }), [])).toEqual([]);
});
