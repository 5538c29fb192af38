/**
 * The selected span: header, tabs by kind, payload. The header is drawn from the skeleton at once, the rest when the
 * detail has come. Everything that came from a sender is text.
 */

import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useKeys } from "@/app/keys";
import { prefer, usePreferences } from "@/app/preferences";
import { category, displayName, spanId } from "@/trace/skeleton";
import { IconButton } from "@/ui/button";
import { Failure, LoadingRows } from "@/ui/feedback";
import { JsonIcon } from "@/ui/icons";
import { JsonView } from "@/ui/JsonView";
import { useRun } from "../store";
import { Attributes } from "./Attributes";
import { Changes } from "./Changes";
import type { Detail } from "./detail";
import { Events } from "./Events";
import { clearMarks, FindContext, markHits, NOT_FINDING, ordinalOf, tabOf, useFound } from "./find";
import { FindBar } from "./FindBar";
import { LongTextsContext, useLongTextsOf } from "./longTexts";
import { PanelHeader } from "./PanelHeader";
import { Payload } from "./Payload";
import { type Tab, type TabName, tabsOf } from "./tabs";
import { Tools } from "./Tools";
import { useDetail } from "./useDetail";
import { useTab } from "./useTab";

export function SpanPanel({ onClose }: { onClose: () => void }) {
  const run = useRun((state) => state.run);
  const span = useRun((state) => state.selected);
  const { detail, error, retry } = useDetail(run, span);
  const kind = span < 0 ? "other" : category(run, span);
  const tabs = useMemo(() => tabsOf(kind, detail), [kind, detail]);
  const [tab, setTab, showTab] = useTab(kind, tabs);
  const raw = usePreferences((state) => state.raw);
  const [finding, setFinding] = useState(0);
  const [text, setText] = useState("");
  const panel = useRef<HTMLElement>(null);
  const openFind = useCallback(() => setFinding((times) => times + 1), []);
  useKeys([
    {
      keys: "Mod+f",
      label: "Find in span",
      group: "Run",
      inFields: true,
      when: () => panel.current?.contains(document.activeElement) ?? false,
      run: openFind,
    },
  ]);
  if (span < 0) return null;
  const id = spanId(run, span);
  return (
    <aside ref={panel} className="panel" aria-label="Selected span" tabIndex={-1}>
      <div className="phead">
        <PanelHeader run={run} span={span} detail={detail} onClose={onClose} onFind={openFind} />
        <div className="tabrow">
          <TabList tabs={tabs} tab={tab} onTab={setTab} />
          {(tab === "main" || tab === "messages") && <FormSwitch raw={raw} />}
        </div>
      </div>
      {detail ? (
        <Found
          key={id}
          detail={detail}
          tab={tab}
          setTab={setTab}
          showTab={showTab}
          finding={finding}
          text={text}
          setText={setText}
          closeFind={() => {
            setFinding(0);
            panel.current?.focus();
          }}
        />
      ) : (
        <div className="pbody">
          {error ? <Failure error={error} retry={retry} /> : <LoadingRows rows={9} height={30} />}
        </div>
      )}
      <span className="vh" role="status">
        {displayName(run, span)}
      </span>
    </aside>
  );
}

function TabList({ tabs, tab, onTab }: { tabs: Tab[]; tab: TabName; onTab: (tab: TabName) => void }) {
  const list = useRef<HTMLDivElement>(null);
  const key = (event: KeyboardEvent) => {
    const at = tabs.findIndex(({ name }) => name === tab);
    const to =
      event.key === "ArrowRight"
        ? at + 1
        : event.key === "ArrowLeft"
          ? at - 1
          : event.key === "Home"
            ? 0
            : event.key === "End"
              ? tabs.length - 1
              : null;
    if (to === null) return;
    event.preventDefault();
    const next = tabs[(to + tabs.length) % tabs.length]!;
    onTab(next.name);
    list.current?.querySelector<HTMLElement>(`[data-tab=${next.name}]`)?.focus();
  };
  return (
    <div className="tabs" role="tablist" aria-label="Of the span" ref={list} onKeyDown={key}>
      {tabs.map(({ name, label, count }) => (
        <button
          key={name}
          type="button"
          role="tab"
          data-tab={name}
          id={`tab-${name}`}
          aria-selected={name === tab}
          aria-controls="span-pane"
          tabIndex={name === tab ? 0 : -1}
          onClick={() => onTab(name)}
        >
          {label}
          {count && <span className="n">{count}</span>}
        </button>
      ))}
    </div>
  );
}

/** The tab's content with the search over it. */
function Found({
  detail,
  tab,
  setTab,
  showTab,
  finding,
  text,
  setText,
  closeFind,
}: {
  detail: Detail;
  tab: TabName;
  setTab: (tab: TabName) => void;
  /** As setTab, but for once: not remembered. */
  showTab: (tab: TabName) => void;
  /** Grows each time the search is asked for; 0 while it is closed. */
  finding: number;
  text: string;
  setText: (text: string) => void;
  closeFind: () => void;
}) {
  const run = useRun((state) => state.run);
  const texts = useLongTextsOf(run.trace.trace_id, detail.span.span_id, detail);
  const [at, setAt] = useState(0);
  const open = finding > 0;
  const found = useFound(run.trace.trace_id, detail.span.span_id, open ? text.trim() : "");
  const hit = open ? (found.hits[at] ?? null) : null;
  const value = useMemo(
    () => (open ? { text: text.trim(), hit, ordinal: ordinalOf(found.hits, at) } : NOT_FINDING),
    [open, text, hit, found.hits, at],
  );
  const body = useRef<HTMLDivElement>(null);
  const llm = detail.span.category === "llm";
  useEffect(() => setAt(0), [found.hits]);
  useEffect(() => {
    if (!hit || tab === "raw") return;
    const wanted = tabOf(hit.pointer);
    showTab(wanted === "main" ? (llm ? "messages" : "main") : wanted);
    // Only a new hit leads to its tab; the reader may then leave it.
  }, [hit]);
  useEffect(() => {
    if (value.text === "") return clearMarks();
    // What holds the hit unfolds first, and texts are read as Markdown a moment later.
    const timers = [30, 160, 500].map((ms, round) =>
      setTimeout(() => body.current && markHits(body.current, value, round < 2), ms),
    );
    return () => {
      for (const timer of timers) clearTimeout(timer);
    };
  }, [value, tab]);
  useEffect(() => clearMarks, []);
  const step = (by: 1 | -1) =>
    setAt((before) => (found.hits.length === 0 ? 0 : (before + by + found.hits.length) % found.hits.length));
  return (
    <LongTextsContext value={texts}>
      <FindContext value={value}>
        {open && (
          <FindBar
            text={text}
            onText={setText}
            found={found}
            at={at}
            onStep={step}
            onClose={closeFind}
            focus={finding}
          />
        )}
        <div
          className={tab === "raw" ? "pbody fill" : "pbody"}
          ref={body}
          id="span-pane"
          role="tabpanel"
          aria-labelledby={`tab-${tab}`}
          tabIndex={0}
          onKeyDown={scrollsItself}
        >
          <Pane detail={detail} tab={tab} setTab={setTab} />
        </div>
      </FindContext>
    </LongTextsContext>
  );
}

/** Arrows scroll what has the focus; outside the panel they move in the run. */
function scrollsItself(event: KeyboardEvent): void {
  if (event.key === "ArrowUp" || event.key === "ArrowDown") event.stopPropagation();
}

function Pane({ detail, tab, setTab }: { detail: Detail; tab: TabName; setTab: (tab: TabName) => void }) {
  const run = useRun((state) => state.run);
  const span = useRun((state) => state.selected);
  const raw = usePreferences((state) => state.raw);
  switch (tab) {
    case "changes":
      return <Changes detail={detail} />;
    case "tools":
      return <Tools detail={detail} />;
    case "attributes":
      return <Attributes detail={detail} />;
    case "events":
      return <Events detail={detail} />;
    case "raw":
      return <JsonView value={detail} label="The span as JSON" tall />;
    default:
      return raw ? (
        <div className="rawpayload">
          <JsonView value={detail.content} label="The payload as JSON" tall />
        </div>
      ) : (
        <Payload run={run} span={span} detail={detail} onTab={setTab} />
      );
  }
}

/** Formatted or JSON, remembered for all spans. */
function FormSwitch({ raw }: { raw: boolean }) {
  return (
    <IconButton
      icon={JsonIcon}
      label={raw ? "Show formatted" : "Show as JSON"}
      aria-pressed={raw}
      tone={raw ? "on" : "ghost"}
      className="sm formswitch"
      onClick={() => prefer({ raw: !raw })}
    />
  );
}
