/** Find in run: names, tools, errors and ids at once, the texts of messages a moment later from the server. */

import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from "react";
import { get } from "@/api/client";
import type { SpanList } from "@/api/schema";
import * as format from "@/format";
import { indexOf, type Skeleton } from "@/trace/skeleton";
import { search } from "@/trace/search";
import { IconButton } from "@/ui/button";
import { CloseIcon, DownIcon, SearchIcon, UpIcon } from "@/ui/icons";
import { quoted } from "./filter";
import { place, union } from "./places";
import { nextOf, useRun, useRunStore } from "./store";

const LOCAL_MS = 80;
const TEXTS_MS = 250;
/** Hits in texts that are asked for. */
const TEXTS_MAX = 1_000;

export function FindInRun({ handle }: { handle: RefObject<(() => void) | null> }) {
  const store = useRunStore();
  const find = useRun((state) => state.find);
  const [text, setText] = useState(find);
  const [open, setOpen] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const partial = useMatches(text);
  useEffect(() => setText((now) => (now.trim() === find ? now : find)), [find]);
  useEffect(() => {
    handle.current = () => {
      setOpen(true);
      const take = () => {
        field.current?.focus();
        field.current?.select();
      };
      // At once, so that no letter typed after the key goes astray; on a phone the field shows only a frame later.
      take();
      requestAnimationFrame(() => document.activeElement === field.current || take());
    };
    return () => {
      handle.current = null;
    };
  }, [handle]);
  const go = (step: 1 | -1) => {
    const { matches, selected, goTo } = store.getState();
    const next = nextOf(matches, selected, step);
    if (next >= 0) goTo(next);
  };
  const key = (event: KeyboardEvent) => {
    if (event.key === "Enter") go(event.shiftKey ? -1 : 1);
    else if (event.key === "Escape") {
      setText("");
      setOpen(false);
      field.current?.blur();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <>
      <IconButton
        icon={SearchIcon}
        label="Find in run"
        keys="/"
        className={`findopen ${open || text ? "open" : ""}`}
        onClick={() => handle.current?.()}
      />
      <div className={`find ${open || text ? "open" : ""}`} role="search">
        <SearchIcon size={13} strokeWidth={1.5} className="i" aria-hidden />
        <input
          ref={field}
          value={text}
          placeholder="Find in run"
          aria-label="Find in run"
          spellCheck={false}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={key}
          onFocus={() => setOpen(true)}
          onBlur={() => setOpen(false)}
        />
        {text.trim() ? (
          <Hits partial={partial} go={go} clear={() => setText("")} />
        ) : (
          <kbd className="no-phone">/</kbd>
        )}
      </div>
    </>
  );
}

/** `3 of 12`, and the way from one to the next. */
function Hits({ partial, go, clear }: { partial: string; go: (step: 1 | -1) => void; clear: () => void }) {
  const matches = useRun((state) => state.matches);
  const selected = useRun((state) => state.selected);
  const at = place(matches, selected);
  return (
    <>
      <span className="hits" role="status" title={partial || undefined}>
        {matches.length === 0
          ? "none"
          : `${at >= 0 ? format.count(at + 1) : "–"} of ${format.count(matches.length)}${partial ? "+" : ""}`}
      </span>
      <button type="button" aria-label="Previous match" title="Previous match (⇧N)" onClick={() => go(-1)}>
        <UpIcon size={13} strokeWidth={1.5} aria-hidden />
      </button>
      <button type="button" aria-label="Next match" title="Next match (N)" onClick={() => go(1)}>
        <DownIcon size={13} strokeWidth={1.5} aria-hidden />
      </button>
      <button type="button" aria-label="Find nothing" title="Find nothing (Esc)" onClick={clear}>
        <CloseIcon size={13} strokeWidth={1.5} aria-hidden />
      </button>
    </>
  );
}

/** Keeps the store's matches with the text. Gives why there may be more, or "". */
function useMatches(typed: string): string {
  const store = useRunStore();
  const run = useRun((state) => state.run);
  const [partial, setPartial] = useState("");
  const [inTexts, setInTexts] = useState<{ text: string; ids: readonly string[] }>({ text: "", ids: [] });
  const text = typed.trim();
  useEffect(() => {
    setPartial("");
    if (!text) return;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      textHits(run, text, stop.signal).then(
        ({ ids, more }) => {
          setInTexts({ text, ids });
          setPartial(more);
        },
        (error: unknown) => {
          if (!stop.signal.aborted) setPartial(`Texts were not searched: ${String(error)}`);
        },
      );
    }, TEXTS_MS);
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
    // A grown run is not searched in its texts again by itself.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [text]);
  useEffect(() => {
    const timer = setTimeout(
      () => {
        const here = text ? search(run, text) : [];
        const there = inTexts.text === text ? inTexts.ids.map((id) => indexOf(run, id)) : [];
        store.getState().setFind(text, union(here, there));
      },
      text ? LOCAL_MS : 0,
    );
    return () => clearTimeout(timer);
  }, [text, run, inTexts, store]);
  return partial;
}

async function textHits(run: Skeleton, text: string, signal: AbortSignal) {
  const answer = await get<SpanList>(
    "/spans",
    { filter: `trace:${run.trace.trace_id} text:${quoted(text)}`, limit: TEXTS_MAX },
    signal,
  );
  const more = answer.next_cursor ? `The first ${format.count(answer.spans.length)} hits in texts` : "";
  return { ids: answer.spans.map((span) => span.span_id), more };
}
