/** Find in span: where the hits are, which one is shown, and marking them in what is drawn. */

import { createContext, useContext, useEffect, useState } from "react";
import { get } from "@/api/client";
import { isInside } from "./detail";

/** A place where the text stands. */
export interface Hit {
  pointer: string;
  /** In characters (not UTF-16 units) of the text at the pointer. */
  at: number;
  snippet: string;
}

interface Answer {
  matches: Hit[];
  total: number;
  total_is: string;
}

export interface Found {
  hits: Hit[];
  total: number;
  exact: boolean;
  loading: boolean;
  error: string | null;
}

/** What the parts of the panel know of the search. */
export interface Finding {
  /** What is looked for; "" while nothing is. */
  text: string;
  /** The hit that is shown. */
  hit: Hit | null;
  /** How many hits stand before it in the same text. */
  ordinal: number;
}

export const NOT_FINDING: Finding = { text: "", hit: null, ordinal: 0 };

export const FindContext = createContext<Finding>(NOT_FINDING);

/** Typing settles before anything is asked. */
const SETTLE_MS = 180;
const NOTHING: Found = { hits: [], total: 0, exact: true, loading: false, error: null };

/** All hits of a text in a span, over everything the sender sent, also what the page has not loaded. */
export function useFound(traceId: string, spanId: string, text: string): Found {
  const [found, setFound] = useState(NOTHING);
  useEffect(() => {
    if (text === "") {
      setFound(NOTHING);
      return;
    }
    const abort = new AbortController();
    setFound((before) => ({ ...before, loading: true, error: null }));
    const timer = setTimeout(() => {
      const path = `/traces/${encodeURIComponent(traceId)}/spans/${spanId}/find`;
      get<Answer>(path, { q: text }, abort.signal).then(
        (answer) => {
          const hits = withoutRepeats(answer.matches);
          const total = answer.total - (answer.matches.length - hits.length);
          setFound({ hits, total, exact: answer.total_is === "exact", loading: false, error: null });
        },
        (error: unknown) => {
          if (abort.signal.aborted) return;
          setFound({ ...NOTHING, error: error instanceof Error ? error.message : String(error) });
        },
      );
    }, SETTLE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [traceId, spanId, text]);
  return found;
}

/** A tool's arguments and result also stand as the span's input and output: one of the two is enough. */
export function withoutRepeats(hits: readonly Hit[]): Hit[] {
  const asTool = hits.some((hit) => isInside(hit.pointer, "/content/tool"));
  return hits.filter(
    (hit) =>
      !asTool || !(isInside(hit.pointer, "/content/input") || isInside(hit.pointer, "/content/output")),
  );
}

/** How many hits stand before one in the same text. */
export function ordinalOf(hits: readonly Hit[], at: number): number {
  const pointer = hits[at]?.pointer;
  return hits.slice(0, at).filter((hit) => hit.pointer === pointer).length;
}

/** The tab that shows what stands at a pointer; `main` is the first one. */
export function tabOf(pointer: string): "main" | "tools" | "attributes" | "events" {
  if (isInside(pointer, "/content/tool_definitions")) return "tools";
  if (isInside(pointer, "/attributes")) return "attributes";
  return isInside(pointer, "/events") ? "events" : "main";
}

/** The hit that is shown stands at this pointer or inside it: a fold that holds it opens. */
export function useHitInside(pointer: string): Hit | null {
  const { hit } = useContext(FindContext);
  return hit && isInside(hit.pointer, pointer) ? hit : null;
}

/** Characters as UTF-16 units, which is how the browser counts. */
export function unitsOf(text: string, characters: number): number {
  let units = 0;
  for (let seen = 0; seen < characters && units < text.length; seen++) {
    units += text.codePointAt(units)! > 0xffff ? 2 : 1;
  }
  return units;
}

const ALL = "clew-find";
const CURRENT = "clew-find-current";

/** Marks all hits that are drawn below `root`, and scrolls to the one that is shown. Gives whether it was drawn. */
export function markHits(root: HTMLElement, { text, hit, ordinal }: Finding, scroll: boolean): boolean {
  clearMarks();
  if (text === "") return true;
  const ranges = rangesOf(root, text);
  if (typeof Highlight !== "undefined") CSS.highlights.set(ALL, new Highlight(...ranges));
  if (!hit) return true;
  const place = nearest(root, hit.pointer);
  const inside = place ? ranges.filter((range) => place.contains(range.startContainer)) : [];
  const current = inside[Math.min(place?.dataset.pointer === hit.pointer ? ordinal : 0, inside.length - 1)];
  if (!current) {
    if (place && scroll) place.scrollIntoView({ block: "center" });
    return place !== null && place.querySelector(".plainlines") !== null;
  }
  if (typeof Highlight !== "undefined") CSS.highlights.set(CURRENT, new Highlight(current));
  if (scroll) scrollTo(root, current);
  return true;
}

/** Brings a range into the upper third of what scrolls; what is skipped while off screen is drawn first. */
function scrollTo(root: HTMLElement, range: Range): void {
  if (range.getBoundingClientRect().height === 0)
    range.startContainer.parentElement?.scrollIntoView({ block: "center" });
  const place = range.getBoundingClientRect();
  const frame = root.getBoundingClientRect();
  if (place.top < frame.top + 40 || place.bottom > frame.bottom - 20)
    root.scrollTop += place.top - frame.top - frame.height / 3;
}

export function clearMarks(): void {
  if (typeof Highlight === "undefined") return;
  CSS.highlights.delete(ALL);
  CSS.highlights.delete(CURRENT);
}

/** The element that shows what stands at a pointer, or the closest around it. */
function nearest(root: HTMLElement, pointer: string): HTMLElement | null {
  let best: HTMLElement | null = null;
  for (const element of root.querySelectorAll<HTMLElement>("[data-pointer]")) {
    const own = element.dataset.pointer!;
    if (isInside(pointer, own) && own.length >= (best?.dataset.pointer?.length ?? 0)) best = element;
  }
  return best;
}

/** Hits that are drawn are marked up to this many. */
const MARKED_MAX = 2_000;

function rangesOf(root: HTMLElement, text: string): Range[] {
  const wanted = text.toLowerCase();
  const ranges: Range[] = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node && ranges.length < MARKED_MAX; node = walker.nextNode()) {
    if (!node.parentElement?.closest("[data-pointer]")) continue;
    const lower = node.nodeValue!.toLowerCase();
    for (
      let at = lower.indexOf(wanted);
      at >= 0 && ranges.length < MARKED_MAX;
      at = lower.indexOf(wanted, at + 1)
    ) {
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, Math.min(at + wanted.length, node.nodeValue!.length));
      ranges.push(range);
    }
  }
  return ranges;
}
