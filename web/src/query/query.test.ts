import { describe, expect, test } from "vitest";
import { contextAt, fieldCompletions, type FilterSchema } from "./complete";
import {
  add,
  compose,
  placeIn,
  quoted,
  remove,
  replace,
  setField,
  term,
  toggle,
  unitOf,
  unquoted,
} from "./edit";
import { begin, redo, step, undo } from "./history";
import { isBalanced, type Piece, scan, type TermPiece } from "./scan";
import { chipWords } from "./words";

const shown = (text: string) =>
  scan(text).map((piece) => `${piece.kind} ${text.slice(piece.from, piece.to)}`);
const only = (text: string) => scan(text)[0] as TermPiece;

describe("text to pieces", () => {
  test.each<[string, string[]]>([
    ["", []],
    ["   ", []],
    ["refund policy", ["words refund policy"]],
    ['refund "two words" tail*', ['words refund "two words" tail*']],
    ["-refund", ["text -refund"]],
    [
      "status:error agent:billing duration > 2s",
      ["term status:error", "term agent:billing", "term duration > 2s"],
    ],
    ["status:error and agent:billing", ["term status:error", "term agent:billing"]],
    ["status:error or cost > 1 and agent:billing", ["text status:error or cost > 1 and agent:billing"]],
    ["(status:error or cost > 1) agent:billing", ["text (status:error or cost > 1)", "term agent:billing"]],
    ["-tool:search not tool:fetch", ["term -tool:search", "text not tool:fetch"]],
    ["tool:(search, fetch) tool:delete*", ["term tool:(search, fetch)", "term tool:delete*"]],
    [
      'tool=Search tool!=search tool ~ "^get_"',
      ["term tool=Search", "term tool!=search", 'term tool ~ "^get_"'],
    ],
    ["duration:>=1h30m", ["term duration:>=1h30m"]],
    [
      "has span(tool:search duration > 2s) refund",
      ["text has span(tool:search duration > 2s)", "words refund"],
    ],
    ["count(tool:search) > 5 cost > 1", ["text count(tool:search) > 5", "term cost > 1"]],
    ["sequence(a, b) within 3 steps cost>1", ["text sequence(a, b) within 3 steps", "term cost>1"]],
    ["sequence(a, b) within 10m x", ["text sequence(a, b) within 10m", "words x"]],
    ['attr["my key"]:* @retries >= 3', ['term attr["my key"]:*', "term @retries >= 3"]],
    ["attr.gen_ai.request-x:gpt-*", ["term attr.gen_ai.request-x:gpt-*"]],
    [
      "label.outcome:resolved score.quality < 0.5",
      ["term label.outcome:resolved", "term score.quality < 0.5"],
    ],
    ['"and" orange', ['words "and" orange']],
    ['name:"abc', ['term name:"abc']],
    ["tool: search", ["text tool:", "words search"]],
    ["status:error or", ["text status:error or"]],
    ["status:error and", ["term status:error", "words and"]],
    ["a == b", ["text a == b"]],
    ["https://x.y/z", ["term https://x.y/z"]],
    ["検索 エラー", ["words 検索 エラー"]],
    ["status:error) x", ["term status:error)", "words x"]],
  ])("%s", (text, pieces) => expect(shown(text)).toEqual(pieces));

  test("a term in its parts", () => {
    expect(only('-label:"smoke test"')).toMatchObject({
      negated: true,
      field: "label",
      op: ":",
      value: '"smoke test"',
    });
    expect(only("duration:>2s")).toMatchObject({ field: "duration", op: ">", value: "2s" });
    expect(only("duration   >=  2s")).toMatchObject({ field: "duration", op: ">=", value: "2s" });
  });

  test("never stops, and its pieces neither overlap nor leave the text, whatever comes", () => {
    let seed = 7;
    const random = (below: number) => ((seed = (seed * 1103515245 + 12345) & 0x7fffffff) >> 8) % below;
    const parts = [
      '"',
      "(",
      ")",
      ",",
      " ",
      "-",
      "not ",
      "or ",
      " and ",
      "a",
      "tool:x",
      ">",
      ":",
      "!=",
      "has span(",
      "\\",
      "@",
      "[",
      "é😀",
    ];
    for (let round = 0; round < 3000; round++) {
      const text = Array.from({ length: random(9) }, () => parts[random(parts.length)]).join("");
      let last = 0;
      for (const piece of scan(text)) {
        expect(piece.from).toBeGreaterThanOrEqual(last);
        expect(piece.to).toBeGreaterThan(piece.from);
        last = piece.to;
      }
      expect(last).toBeLessThanOrEqual(text.length);
    }
  });

  test("brackets and quotes in pairs", () => {
    expect(isBalanced('a (b "(" c)')).toBe(true);
    expect(isBalanced('a "')).toBe(false);
    expect(isBalanced('"a\\"')).toBe(false);
    expect(isBalanced(") (")).toBe(false);
    expect(isBalanced("(a")).toBe(false);
  });
});

describe("changes", () => {
  test("a value is quoted where it must be", () => {
    expect(["ada", "two words", "a*b", "-x", "or", "1..2", 'say "hi"', "", "a:b"].map(quoted)).toEqual([
      "ada",
      '"two words"',
      '"a\\*b"',
      '"-x"',
      '"or"',
      '"1..2"',
      '"say \\"hi\\""',
      '""',
      "a:b",
    ]);
    expect(unquoted('"say \\"hi\\"\\n"')).toBe('say "hi"\n');
    expect(term("duration", ">", "2s")).toBe("duration > 2s");
    expect(term("label", ":", "smoke test", true)).toBe('-label:"smoke test"');
  });

  test.each(["", "a b", "status:error and cost > 1", "x or y", '  "odd   spacing"  tool:x'])(
    "adding and taking out again: %s",
    (text) => {
      const more = add(text, "agent:billing");
      const last = scan(more).at(-1) as Piece;
      const back = remove(more, last);
      expect(back.replace(/^\((.*)\)$/, "$1")).toBe(text.trim());
    },
  );

  test("an and goes with its term", () => {
    const text = "a:1 and b:2 and c:3";
    const pieces = scan(text);
    expect(remove(text, pieces[0]!)).toBe("b:2 and c:3");
    expect(remove(text, pieces[1]!)).toBe("a:1 and c:3");
    expect(remove(text, pieces[2]!)).toBe("a:1 and b:2");
  });

  test("an or is kept in brackets beside other terms", () => {
    expect(add("a:1 or b:2", "c:3")).toBe("(a:1 or b:2) c:3");
    expect(replace("a:1 c:3", scan("a:1 c:3")[0]!, "a:1 or b:2")).toBe("(a:1 or b:2) c:3");
    expect(replace("a:1", scan("a:1")[0]!, "a:1 or b:2")).toBe("a:1 or b:2");
    expect(replace("a:1 c:3", scan("a:1 c:3")[1]!, " ")).toBe("a:1");
  });

  test("on and off, and one value a field", () => {
    expect(toggle("is:failed cost > 1", "is:failed")).toBe("cost > 1");
    expect(toggle("cost > 1", "is:failed")).toBe("cost > 1 is:failed");
    expect(setField("agent:a cost > 1 agent:b", "agent", "agent:c")).toBe("cost > 1 agent:c");
  });

  test("undo and redo", () => {
    let history = step(step(begin("a"), "b"), "c");
    history = undo(history);
    expect(history.now).toBe("b");
    expect(redo(history).now).toBe("c");
    expect(undo(undo(undo(history))).now).toBe("a");
    expect(step(history, "b")).toBe(history);
  });
});

describe("what is sent", () => {
  test("the page's conditions come after, with brackets where the text needs them", () => {
    expect(compose("", ["start > -24h"]).filter).toBe("start > -24h");
    expect(compose("is:failed", ["start > -24h"])).toEqual({
      filter: "is:failed start > -24h",
      offset: 0,
      length: 9,
    });
    expect(compose("a or b", ["start > -24h"])).toEqual({
      filter: "(a or b) start > -24h",
      offset: 1,
      length: 6,
    });
    expect(compose("a) or (b", ["start > -24h"]).filter).toBe("a) or (b");
    expect(compose("is:failed", []).filter).toBe("is:failed");
  });

  test("places of errors come back to the text, in characters beyond the first plane too", () => {
    const text = " 😀 or modle:x";
    const sent = compose(text, ["start > -24h"]);
    expect(sent.filter).toBe("(😀 or modle:x) start > -24h");
    const place = placeIn(text, sent, 6, 11)!;
    expect(text.slice(place.from, place.to)).toBe("modle");
    expect(placeIn(text, sent, 18, 20)).toBeNull();
    expect(unitOf("a😀b", 2)).toBe(3);
  });
});

describe("words of chips", () => {
  test.each<[string, string]>([
    ["agent:billing", "agent|is|billing"],
    ['-label:"smoke test"', "label|is not|smoke test"],
    ["tool:(search, fetch)", "tool|is one of|search, fetch"],
    ["duration:1s..5s", "duration|in|1s..5s"],
    ["is:failed", "is||failed"],
    ["-is:failed", "is|not|failed"],
    ["model:*", "model|is there|"],
    ["-model:*", "model|is absent|"],
    ["cost >= 1", "cost|≥|1"],
  ])("%s", (text, words) => expect(Object.values(chipWords(only(text))).join("|")).toBe(words));
});

describe("completion", () => {
  const field = (name: string, type: string, operators: string, owners = "span", values: string[] = []) => ({
    name,
    type,
    operators: operators.split(" "),
    owners: owners.split(","),
    values,
    aliases: [],
    summary: `the ${name}`,
    example: "",
  });
  const schema: FilterSchema = {
    subject: "trace",
    fields: [
      field("model", "text", ": = != ~ !~"),
      field("duration", "duration", ": = != < <= > >=", "session,trace,span"),
      field("traces", "count", ": = <", "session"),
      field("state", "set", ": = !=", "session,trace", ["live", "done"]),
    ],
    namespaces: [{ namespace: "attr", ...field("attr", "open", ": = < >") }],
  };
  const stage = (text: string) => {
    const context = contextAt(text, schema);
    return context && `${context.stage} ${context.prefix} @${context.from}`;
  };

  test.each<[string, string | null]>([
    ["", "field  @0"],
    ["mo", "field mo @0"],
    ["is:failed mo", "field mo @10"],
    ["-mo", "field mo @1"],
    ["has span(mo", "field mo @9"],
    ["model:", "value  @6"],
    ["model:gp", "value gp @6"],
    ['model:"gp 5', "value gp 5 @6"],
    ["model:(gpt-5, cl", "value cl @14"],
    ["duration ", "operator  @9"],
    ["duration >", "value  @10"],
    ["duration > 2", "value 2 @11"],
    ["refund ", "field  @7"],
    ['"in a phra', null],
  ])("%s", (text, expected) => expect(stage(text)).toBe(expected));

  test("only fields that the rows have, those that begin so first", () => {
    const names = (text: string) => {
      const context = contextAt(text, schema);
      return context?.stage === "field" ? fieldCompletions(context, schema).map((one) => one.insert) : [];
    };
    expect(names("")).toEqual(["state:", "model:", "duration ", "attr."]);
    expect(names("mo")).toEqual(["model:"]);
    expect(names("has span(s")).toEqual([]);
  });
});
