import { expect, test } from "vitest";
import { abridged, hunks, lines, type Said, wholeLines } from "./difference";

const said = (role: string, text: string, id = ""): Said => ({ role, what: role, text, id });

test("a prompt that only grew has only new messages, numbered in this prompt", () => {
  expect(hunks([], [said("assistant", "I look."), said("tool", "nothing")], 11)).toEqual([
    { kind: "added", number: 12, said: said("assistant", "I look.") },
    { kind: "added", number: 13, said: said("tool", "nothing") },
  ]);
});

test("a shortened message is one changed hunk, what stands after it is the same", () => {
  const before = [said("tool", "page 2\n184,210", "call_1"), said("assistant", "Next.")];
  const after = [said("tool", "[shortened]", "call_1"), said("assistant", "Next."), said("user", "Go on")];
  expect(hunks(before, after, 3)).toEqual([
    { kind: "changed", number: 4, before: before[0], after: after[0] },
    { kind: "same", count: 1, number: 5 },
    { kind: "added", number: 6, said: after[2] },
  ]);
});

test("messages of another role or call are not paired", () => {
  const gone = said("tool", "a", "call_1");
  const come = said("tool", "b", "call_2");
  expect(hunks([gone], [come], 0)).toEqual([
    { kind: "removed", number: 1, said: gone },
    { kind: "added", number: 1, said: come },
  ]);
});

test("only the changed words of a rewritten line are marked", () => {
  expect(lines("units 184,210 in q1", "units 98,040 in q1")).toEqual([
    {
      sign: "-",
      words: [
        { text: "units ", changed: false },
        { text: "184", changed: true },
        { text: ",", changed: false },
        { text: "210", changed: true },
        { text: " in q1", changed: false },
      ],
    },
    {
      sign: "+",
      words: [
        { text: "units ", changed: false },
        { text: "98", changed: true },
        { text: ",", changed: false },
        { text: "040", changed: true },
        { text: " in q1", changed: false },
      ],
    },
  ]);
});

test("same lines far from a change are left out and counted", () => {
  const text = ["1", "2", "3", "4", "5", "6", "7", "8"];
  const found = lines(text.join("\n"), [...text, "new"].join("\n"));
  expect(found).toEqual([
    { sign: "skip", count: 6, before: true },
    { sign: " ", words: [{ text: "7", changed: false }] },
    { sign: " ", words: [{ text: "8", changed: false }] },
    { sign: "+", words: [{ text: "new", changed: false }] },
  ]);
});

test("lines without anything in common are not marked word by word", () => {
  const found = lines("abc def", "uvw xyz");
  expect(found).toEqual([
    { sign: "-", words: [{ text: "abc def", changed: false }] },
    { sign: "+", words: [{ text: "uvw xyz", changed: false }] },
  ]);
});

test("of many new lines the middle is cut, of few nothing", () => {
  const many = wholeLines(Array.from({ length: 20 }, (_, at) => String(at + 1)).join("\n"), "+");
  expect(abridged(many).map((line) => ("words" in line ? line.words[0]!.text : line))).toEqual([
    ..."12345678",
    { sign: "cut", of: "+", count: 9 },
    "18",
    "19",
    "20",
  ]);
  const few = wholeLines("a\nb", "-");
  expect(abridged(few)).toEqual(few);
});
