/** The open run: header, facts, strip, the views at the left and the selected span at the right. */

import { type MouseEvent, type RefObject, Suspense, useCallback, useEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import type { Search } from "@/app/address";
import { useRunAddress, viewOf } from "./address";
import * as format from "@/format";
import { LoadingRows } from "@/ui/feedback";
import { Boundary } from "@/ui/Boundary";
import { lazyPart } from "@/ui/part";
import { clickOpensPanel } from "./clicks";
import { Divider } from "./Divider";
import { EventList, EventsOnly, useEventCount } from "./EventList";
import { FailureBand } from "./FailureBand";
import { FollowPill } from "./FollowPill";
import { LiveStatus } from "./LiveStatus";
import { NARROW, PHONE, useMedia } from "./media";
import type { Loaded } from "./load";
import type { Mode } from "./OpenRun";
import { DeleteDialog } from "./DeleteDialog";
import { RunFacts } from "./RunFacts";
import { RunHeader, titleOf } from "./RunHeader";
import { Strip } from "./strip/Strip";
import { useRun, useRunStore, type View } from "./store";
import { useRunKeys } from "./runKeys";
import { ViewBar } from "./ViewBar";
import { ViewPane } from "./ViewPane";

/** Not needed for the first paint: it brings Markdown and the code editor along. */
const SpanPanel = lazyPart<{ onClose: () => void }>(() =>
  import("./panel/SpanPanel").then((module) => ({ default: module.SpanPanel })),
);

const STRIP_PX = 86;
const STRIP_PHONE_PX = 48;

export interface RunViewProps {
  mode: Mode;
  loaded: Loaded;
  reload: () => void;
  /** Updates of a live run are held back. */
  paused: boolean;
  setPaused: (paused: boolean) => void;
  onClose: () => void;
  onStep: (step: 1 | -1) => void;
}

/** What the parts of the shell share: the address and how to change it. */
export interface Shell {
  search: Search;
  change: (part: Partial<Search>, how?: "push" | "replace") => void;
  view: View;
  goTo: (view: View) => void;
  /** Puts the cursor into find in run. */
  find: RefObject<(() => void) | null>;
}

export function RunView(props: RunViewProps) {
  const { mode, loaded, onClose } = props;
  const store = useRunStore();
  const { search, change } = useRunAddress(store);
  const phone = useMedia(PHONE);
  const narrow = useMedia(NARROW) || mode === "peek";
  const view = viewOf(search.view);
  const [deleting, setDeleting] = useState(false);
  const empty = useRun((state) => state.run.count === 0);
  const panel = useRun((state) => state.panelOpen && state.selected >= 0);
  const goTo = useCallback(
    (next: View) =>
      change({
        view: next === "transcript" ? undefined : next,
        beside: search.beside === next ? undefined : search.beside,
      }),
    [change, search.beside],
  );
  const find = useRef<(() => void) | null>(null);
  const shell: Shell = { search, change, view, goTo, find };
  useRunKeys({ ...props, shell });
  usePrinting();
  useTitle(mode);
  const open = useOpenOnClick(narrow);
  const events = useEventCount(loaded.run.trace.trace_id);
  const closePanel = useCallback(() => store.getState().set({ panelOpen: false }), [store]);
  return (
    <div className={`run ${narrow ? "narrow" : ""} ${panel ? "with-panel" : ""}`} {...open}>
      <RunHeader {...props} shell={shell} onDelete={() => setDeleting(true)} />
      <RunFacts {...props} shell={shell} events={events} />
      <FailureBand />
      {empty ? (
        <EventsOnly traceId={loaded.run.trace.trace_id} />
      ) : (
        <>
          <Boundary what="strip">
            <Strip height={phone ? STRIP_PHONE_PX : STRIP_PX} />
          </Boundary>
          <div className="body">
            <section className="left" aria-label={view}>
              <ViewBar shell={shell} events={events} />
              <Views shell={shell} traceId={loaded.run.trace.trace_id} phone={phone} />
              <FollowPill />
            </section>
            {panel && (
              <div className="panelzone">
                {!narrow && <Divider />}
                <Boundary what="span">
                  <Suspense fallback={<LoadingRows rows={8} height={40} />}>
                    <SpanPanel onClose={closePanel} />
                  </Suspense>
                </Boundary>
              </div>
            )}
          </div>
        </>
      )}
      <LiveStatus />
      <DeleteDialog open={deleting} onOpenChange={setDeleting} onDeleted={onClose} events={events} />
    </div>
  );
}

/** One view, or two side by side; the run's events in their place. */
function Views({ shell, traceId, phone }: { shell: Shell; traceId: string; phone: boolean }) {
  const { search, view, change } = shell;
  if (search.view === "events") {
    return (
      <div className="pane" id="run-view" role="tabpanel">
        <EventList traceId={traceId} />
      </div>
    );
  }
  const beside = search.beside && !phone ? viewOf(search.beside) : null;
  if (!beside || beside === view) return <ViewPane view={view} />;
  return (
    <div className="two">
      <ViewPane view={view} />
      <ViewPane view={beside} titled onClose={() => change({ beside: undefined })} />
    </div>
  );
}

/** Names the window after the run while it has the page to itself. */
function useTitle(mode: Mode) {
  const title = useRun(({ run }) => titleOf(run.trace));
  useEffect(() => {
    if (mode !== "page") return;
    const before = document.title;
    document.title = `${format.cut(title, 80)} · Clew`;
    return () => {
      document.title = before;
    };
  }, [mode, title]);
}

/** Where a click on a span opens its panel: where the panel covers the views, only in the views themselves. */
const OPENING = ".pane, .strip, .viewbar";
const OPENING_NARROW = ".pane";

/** A click on a span opens its panel; moving with the keys does not. */
function useOpenOnClick(narrow: boolean) {
  const store = useRunStore();
  const before = useRef(-1);
  return {
    onPointerDownCapture: () => {
      before.current = store.getState().selected;
    },
    onClick: (event: MouseEvent) => {
      const { selected, panelOpen, set } = store.getState();
      if (panelOpen || !(event.target instanceof Element)) return;
      if (!event.target.closest(narrow ? OPENING_NARROW : OPENING)) return;
      if (clickOpensPanel(event.target, before.current, selected)) set({ panelOpen: true });
    },
  };
}

/** While the page is printed everything is open, nothing is folded, and the paper is white. */
function usePrinting() {
  const store = useRunStore();
  useEffect(() => {
    const root = document.documentElement;
    let kept: (() => void) | null = null;
    const before = () => {
      if (kept) return;
      const { expanded, fold, expandAll, set } = store.getState();
      const theme = root.dataset.theme;
      kept = () => {
        store.setState({ expanded, fold, printing: false });
        root.dataset.theme = theme;
      };
      root.dataset.theme = "light";
      flushSync(() => {
        expandAll();
        set({ printing: true, fold: false });
      });
    };
    const after = () => {
      kept?.();
      kept = null;
    };
    addEventListener("beforeprint", before);
    addEventListener("afterprint", after);
    return () => {
      after();
      removeEventListener("beforeprint", before);
      removeEventListener("afterprint", after);
    };
  }, [store]);
}
