// @vitest-environment jsdom
import { cleanup, renderHook, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Skeleton, spanId } from "@/trace/skeleton";
import { testRun } from "@/trace/testing";
import { useTexts } from "./texts";

/** Span ids of each request that was made. */
let asked: string[][] = [];
let aborted = 0;
/** Answers wait until this is called. */
let answer: () => void;
let held: Promise<void> | null = null;

beforeEach(() => {
  asked = [];
  aborted = 0;
  held = null;
  vi.stubGlobal("fetch", async (_: string, options: { body: string; signal: AbortSignal }) => {
    const ids = (JSON.parse(options.body) as { span_ids: string[] }).span_ids;
    asked.push(ids);
    options.signal.addEventListener("abort", () => aborted++);
    if (held) await held;
    const text = { text: `said ${asked.length}`, chars: 6 };
    return new Response(
      JSON.stringify({ texts: ids.map((span_id) => ({ span_id, text, calls: [], media: [] })) }),
    );
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

/** A run of closed spans, the last one open; each test has its own, since texts are kept. */
function run(id: string, count: number, commitSeq = 1): Skeleton {
  const spans = Array.from({ length: count }, (_, at) => ({
    name: "s",
    category: "llm" as const,
    start: at,
    duration: at === count - 1 ? undefined : 1,
  }));
  return { ...testRun(spans, { trace_id: id }), commitSeq };
}

test("asks once for what is shown, and not again for what has ended", async () => {
  const skeleton = run("a", 3);
  const { result, rerender } = renderHook(({ spans }) => useTexts(skeleton, spans), {
    initialProps: { spans: [0] },
  });
  expect(result.current.size).toBe(0);
  await waitFor(() => expect(result.current.get(0)?.text?.text).toBe("said 1"));
  rerender({ spans: [0, 1] });
  await waitFor(() => expect(result.current.size).toBe(2));
  expect(asked).toEqual([[spanId(skeleton, 0)], [spanId(skeleton, 1)]]);
});

test("asks again for an open span when the run has grown, and shows the old text meanwhile", async () => {
  const { result, rerender } = renderHook(({ skeleton }) => useTexts(skeleton, [0, 2]), {
    initialProps: { skeleton: run("b", 3, 1) },
  });
  await waitFor(() => expect(result.current.size).toBe(2));
  const grown = run("b", 3, 2);
  rerender({ skeleton: grown });
  expect(result.current.get(2)?.text?.text).toBe("said 1");
  await waitFor(() => expect(result.current.get(2)?.text?.text).toBe("said 2"));
  expect(asked[1]).toEqual([spanId(grown, 2)]);
});

test("asks for 200 at once at most", async () => {
  const skeleton = run("c", 301);
  const all = Array.from({ length: 300 }, (_, span) => span);
  const { result } = renderHook(() => useTexts(skeleton, all));
  await waitFor(() => expect(result.current.size).toBe(300));
  expect(asked.map((ids) => ids.length)).toEqual([200, 100]);
});

test("gives up what has scrolled away, and goes on with what is still in sight", async () => {
  held = new Promise((resolve) => (answer = resolve));
  const skeleton = run("d", 9);
  const { rerender } = renderHook(({ spans }) => useTexts(skeleton, spans), {
    initialProps: { spans: [0, 1] },
  });
  await waitFor(() => expect(asked).toHaveLength(1));
  rerender({ spans: [1, 2] });
  expect(aborted).toBe(0);
  rerender({ spans: [5, 6] });
  expect(aborted).toBe(1);
  answer();
  held = null;
  await waitFor(() => expect(asked).toHaveLength(2));
});
