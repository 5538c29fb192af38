/** Texts of a span that the detail gives only the beginning of: more of them comes in pieces, on request. */

import { createContext, useContext, useEffect, useState } from "react";
import { createStore, type StoreApi, useStore } from "zustand";
import { get } from "@/api/client";
import type { Clipped, Detail } from "./detail";
import { isInside } from "./detail";
import { TEXT_MAX_CHARS } from "./useDetail";

/** Characters of one piece. */
const PIECE_CHARS = 1_048_576;

/** What has come of a long text. */
export interface LongText {
  /** What is shown; grows at doublings, so that 50 MB are not laid out fifty times. */
  text: string;
  /** Characters that have come. */
  chars: number;
  loading: boolean;
  error: string | null;
}

export interface LongTexts {
  traceId: string;
  spanId: string;
  detail: Detail;
  clipped: ReadonlyMap<string, Clipped>;
  texts: StoreApi<Record<string, LongText>>;
  stop: Map<string, AbortController>;
}

export const LongTextsContext = createContext<LongTexts | null>(null);

/** The long texts of a span; what was loaded goes when the reader goes to another. */
export function useLongTextsOf(traceId: string, spanId: string, detail: Detail): LongTexts {
  const make = (): LongTexts => ({
    traceId,
    spanId,
    detail,
    clipped: new Map((detail.clipped ?? []).map((one) => [one.pointer, one])),
    texts: createStore<Record<string, LongText>>(() => ({})),
    stop: new Map(),
  });
  const [current, setCurrent] = useState(make);
  let value = current;
  if (value.detail !== detail || value.spanId !== spanId) {
    value = make();
    setCurrent(value);
  }
  useEffect(
    () => () => {
      for (const loading of value.stop.values()) loading.abort();
    },
    [value],
  );
  return value;
}

export function useLongTexts(): LongTexts {
  const texts = useContext(LongTextsContext);
  if (!texts) throw new Error("no span around this text");
  return texts;
}

/** A text with what is known of it; `load` fetches the rest. */
export function useWholeText(
  pointer: string,
  text: string,
): {
  text: string;
  clipped: Clipped | null;
  /** All of it is there. */
  whole: boolean;
  state: LongText | null;
  load: () => Promise<string>;
  stop: () => void;
} {
  const texts = useLongTexts();
  const clipped = texts.clipped.get(pointer) ?? null;
  const state = useStore(texts.texts, (all) => all[pointer] ?? null);
  return {
    text: state?.text ?? text,
    clipped,
    whole: !clipped || (state !== null && state.chars >= clipped.chars),
    state,
    load: () => load(texts, pointer, text),
    stop: () => texts.stop.get(pointer)?.abort(),
  };
}

/** Characters of what stands at a pointer beyond those that came with the detail. */
export function clippedChars(texts: ReadonlyMap<string, Clipped>, pointer: string): number {
  let sum = 0;
  for (const one of texts.values()) if (isInside(one.pointer, pointer)) sum += one.chars - TEXT_MAX_CHARS;
  return sum;
}

/** Fetches what is missing, piece after piece. Gives the whole text. */
async function load(texts: LongTexts, pointer: string, beginning: string): Promise<string> {
  const before = texts.texts.getState()[pointer];
  if (!texts.clipped.has(pointer) || before?.loading) return before?.text ?? beginning;
  const abort = new AbortController();
  texts.stop.set(pointer, abort);
  const pieces = [before?.text ?? beginning];
  const set = (part: Partial<LongText>) =>
    texts.texts.setState((all) => ({ [pointer]: { ...fresh(pieces[0]!), ...all[pointer], ...part } }));
  const path = `/traces/${encodeURIComponent(texts.traceId)}/spans/${texts.spanId}/text`;
  let next: number | null = before?.chars ?? TEXT_MAX_CHARS;
  let shown = next;
  set({ loading: true, error: null, chars: next });
  try {
    while (next !== null) {
      const from: number = next;
      const piece: { text: string; chars: number; next: number | null } = await get(
        path,
        { pointer, from, max: PIECE_CHARS },
        abort.signal,
      );
      pieces.push(piece.text);
      next = piece.next;
      const chars = next ?? piece.chars;
      const show = next === null || chars >= shown * 2;
      if (show) shown = chars;
      set(show ? { chars, text: pieces.join("") } : { chars });
    }
    set({ loading: false });
  } catch (error) {
    const stopped = abort.signal.aborted;
    set({
      loading: false,
      text: pieces.join(""),
      error: stopped ? null : error instanceof Error ? error.message : String(error),
    });
  }
  return texts.texts.getState()[pointer]?.text ?? beginning;
}

function fresh(text: string): LongText {
  return { text, chars: TEXT_MAX_CHARS, loading: false, error: null };
}
