import { expect, test } from "vitest";
import type { SpanText } from "@/run/texts";
import { testRun } from "@/trace/testing";
import type { TranscriptRow } from "@/trace/transcript";
import { askedHere, toldAt } from "./asked";

const NONE: SpanText = {
  span_id: "",
  user: null,
  system: null,
  thinking: null,
  text: null,
  calls: [],
  arguments: null,
  result: null,
  media: [],
};
const QUESTION = "Compare heat pumps.";
const words = (text: string) => ({ text, chars: text.length });
const asks = (text: string): SpanText => ({ ...NONE, user: words(text) });

const base = { level: 0, card: -1, inFold: "" } as const;
const message = (span: number): TranscriptRow => ({
  ...base,
  kind: "message",
  key: `m${span}`,
  span,
  hasTools: false,
  asks: true,
  final: false,
});
const fresh = () =>
  testRun([
    { name: "planner", category: "agent", start: 0, duration: 30 },
    { name: "chat", category: "llm", parent: 0, start: 1, duration: 1 },
    { name: "chat", category: "llm", parent: 0, start: 23, duration: 1 },
  ]);

test("what the run was asked is not said again, however late the call", () => {
  const told: SpanText = { ...NONE, arguments: words(`${QUESTION}\n`) };
  expect(askedHere(fresh(), message(2), asks(QUESTION), told)).toBe(null);
  expect(askedHere(fresh(), message(2), asks("And noise?"), told)).toEqual({ text: "And noise?", chars: 10 });
});

test("nothing is said while it is not known what the run was asked", () => {
  expect(askedHere(fresh(), message(2), asks(QUESTION), undefined)).toBe(null);
});

test("where nothing stands at the top, a question stands at its first call only", () => {
  const run = fresh();
  expect(askedHere(run, message(1), asks(QUESTION), null)).toEqual({ text: QUESTION, chars: 19 });
  expect(askedHere(run, message(2), asks(QUESTION), null)).toBe(null);
});

test("the words at the top are the first row's, if it is words", () => {
  expect(toldAt([{ ...base, kind: "words", key: "w", span: 3 }, message(4)])).toBe(3);
  expect(toldAt([message(4)])).toBe(-1);
  expect(toldAt([])).toBe(-1);
});
