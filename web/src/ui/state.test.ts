import { expect, test } from "vitest";
import { isTicking } from "./state";

const run = (state: string, open: number) => ({ state, receipt: { open_spans: open } });

test("the clock of a run goes on only while it is live and a step of it is open", () => {
  expect(isTicking(run("live", 1))).toBe(true);
  expect(isTicking(run("resumed", 2))).toBe(true);
  // All that came has ended: the root may never come.
  expect(isTicking(run("live", 0))).toBe(false);
  expect(isTicking(run("quiet", 1))).toBe(false);
  expect(isTicking(run("abandoned", 3))).toBe(false);
  expect(isTicking(run("done", 0))).toBe(false);
});
