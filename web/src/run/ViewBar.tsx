/** Which view, a second one at its side, what is folded or hidden, where it is odd, and find in run. */

import { useMemo } from "react";
import * as format from "@/format";
import { Button, IconButton } from "@/ui/button";
import { Menu } from "@/ui/floating";
import {
  BesideIcon,
  ErrorIcon,
  EventsIcon,
  FoldIcon,
  HeatIcon,
  InfrastructureIcon,
  LoopIcon,
  PathIcon,
} from "@/ui/icons";
import { INFRASTRUCTURE_MIN, loops } from "@/trace/children";
import { hiddenCount } from "@/trace/remarkable";
import { failures } from "./cause";
import { FindInRun } from "./FindInRun";
import type { Shell } from "./RunView";
import { Segments } from "./Segments";
import { type Heat, nextOf, useRun, useRunStore, type View, VIEWS } from "./store";
import { VIEW_WORDS } from "./views";

const HEATS: readonly Heat[] = ["none", "tokens", "cost"];
const HEAT_WORDS: Record<Heat, string> = { none: "Heat", tokens: "Tokens", cost: "Cost" };

export function ViewBar({ shell, events }: { shell: Shell; events: number }) {
  const { search, view, change, goTo } = shell;
  const shown = search.view === "events" ? "events" : view;
  const hidden = useRun((state) => hiddenCount(state.run)) >= INFRASTRUCTURE_MIN;
  const crowded = hidden || events > 0 || [view, search.beside].includes("timeline");
  const tabs = [
    ...VIEWS.map((each) => ({
      value: each as View | "events",
      label: VIEW_WORDS[each].label,
      icon: VIEW_WORDS[each].icon,
      hint: VIEW_WORDS[each].key.toUpperCase(),
    })),
    ...(events > 0
      ? [{ value: "events" as const, label: `Events ${format.count(events)}`, icon: EventsIcon }]
      : []),
  ];
  return (
    <div className={`viewbar ${crowded ? "crowded" : ""}`} role="toolbar" aria-label="View">
      <Segments
        label="View"
        className="views"
        options={tabs}
        value={shown}
        controls="run-view"
        onChange={(next) => (next === "events" ? change({ view: "events" }) : goTo(next))}
      />
      <Beside shell={shell} />
      <span className="grow" />
      {shown !== "events" && <Options view={view} beside={search.beside} />}
      <Hidden />
      <Errors />
      <Loops />
      <FindInRun handle={shell.find} />
    </div>
  );
}

/** Any two views can stand side by side. */
function Beside({ shell }: { shell: Shell }) {
  const { search, view, change } = shell;
  const items = VIEWS.filter((each) => each !== view).map((each) => ({
    label: search.beside === each ? `${VIEW_WORDS[each].label}, shown` : VIEW_WORDS[each].label,
    icon: VIEW_WORDS[each].icon,
    onSelect: () => change({ beside: search.beside === each ? undefined : each }),
  }));
  return (
    <span className="no-phone">
      <Menu
        align="start"
        trigger={
          <IconButton
            icon={BesideIcon}
            label="A second view at its side"
            tone={search.beside ? "on" : "ghost"}
          />
        }
        items={
          search.beside
            ? [...items, null, { label: "One view only", onSelect: () => change({ beside: undefined }) }]
            : items
        }
      />
    </span>
  );
}

/** What is only about some views. */
function Options({ view, beside }: { view: View; beside?: string }) {
  const shows = (...views: View[]) => views.some((each) => each === view || each === beside);
  return (
    <>
      {shows("timeline") && <TimelineOptions />}
      {shows("graph") && <GraphOptions />}
      {shows("transcript", "tree", "timeline") && <Folded />}
    </>
  );
}

function Folded() {
  const store = useRunStore();
  const fold = useRun((state) => state.fold);
  return (
    <Button
      small
      tone={fold ? "ghost" : ""}
      on={!fold}
      icon={FoldIcon}
      className="no-phone foldswitch"
      aria-pressed={fold}
      title={
        fold ? "Repeats and unremarkable steps are folded: show each" : "Each step is shown: fold repeats"
      }
      onClick={() => store.getState().set({ fold: !fold })}
    >
      <span className="word">{fold ? "Folded" : "Unfolded"}</span>
    </Button>
  );
}

function TimelineOptions() {
  const store = useRunStore();
  const heat = useRun((state) => state.heat);
  const path = useRun((state) => state.criticalPath);
  const next = HEATS[(HEATS.indexOf(heat) + 1) % HEATS.length]!;
  return (
    <>
      <Button
        small
        tone={heat === "none" ? "ghost" : ""}
        on={heat !== "none"}
        icon={HeatIcon}
        className="no-phone"
        title="Heat: tokens, cost, off (H)"
        onClick={() => store.getState().set({ heat: next })}
      >
        <span className="word">{HEAT_WORDS[heat]}</span>
      </Button>
      <Button
        small
        tone={path ? "" : "ghost"}
        on={path}
        icon={PathIcon}
        className="no-phone"
        aria-pressed={path}
        title="Critical path (X)"
        onClick={() => store.getState().set({ criticalPath: !path })}
      >
        <span className="word">Path</span>
      </Button>
    </>
  );
}

function GraphOptions() {
  const store = useRunStore();
  const mode = useRun((state) => state.graphMode);
  return (
    <Segments
      label="What the graph shows"
      className="no-phone"
      options={[
        { value: "steps", label: "Steps" },
        { value: "spans", label: "Spans" },
      ]}
      value={mode}
      onChange={(graphMode) => store.getState().set({ graphMode })}
    />
  );
}

/** Spans of infrastructure that are left out. */
function Hidden() {
  const store = useRunStore();
  const hidden = useRun((state) => hiddenCount(state.run));
  const shown = useRun((state) => state.showInfrastructure);
  if (hidden < INFRASTRUCTURE_MIN) return null;
  return (
    <Button
      small
      tone={shown ? "" : "ghost"}
      on={shown}
      icon={InfrastructureIcon}
      className="no-phone"
      aria-pressed={shown}
      title={`${format.plural(hidden, "span")} without any sign of AI, such as HTTP and databases (O)`}
      onClick={() => store.getState().set({ showInfrastructure: !shown })}
    >
      {format.count(hidden)} <span className="word">{shown ? "shown" : "hidden"}</span>
    </Button>
  );
}

function Errors() {
  const store = useRunStore();
  const run = useRun((state) => state.run);
  const found = failures(run);
  const all = run.trace.error_count;
  if (found.length === 0) return null;
  const go = () => {
    const state = store.getState();
    state.goTo(nextOf(found, state.selected, 1));
  };
  return (
    <button
      type="button"
      className="jump e"
      title={`Next error (E), the one before (⇧E)${all > found.length ? `; on their way up they failed ${format.plural(all, "span")}` : ""}`}
      onClick={go}
    >
      <ErrorIcon size={13} strokeWidth={1.5} aria-hidden />
      {format.count(found.length)}
      <span className="no-phone word">{found.length === 1 ? " error" : " errors"}</span>
      <span className="vh">, next</span>
    </button>
  );
}

function Loops() {
  const store = useRunStore();
  const run = useRun((state) => state.run);
  const found = useMemo(() => loops(run), [run]);
  if (found.length === 0) return null;
  const firsts = found.map((loop) => loop.calls[0]!).sort((left, right) => left - right);
  const worst = found.reduce((most, loop) => Math.max(most, loop.calls.length), 0);
  return (
    <button
      type="button"
      className="jump w no-phone"
      title={`The same call again and again, up to ×${worst}: go to the next`}
      onClick={() => store.getState().goTo(nextOf(firsts, store.getState().selected, 1))}
    >
      <LoopIcon size={13} strokeWidth={1.5} aria-hidden />
      {format.count(found.length)}
      <span className="word">{found.length === 1 ? " loop" : " loops"}</span>
    </button>
  );
}
