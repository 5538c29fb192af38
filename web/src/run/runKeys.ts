/** The keys of an open run: views, panel, popovers, copying, the next run. */

import { useNavigate } from "@tanstack/react-router";
import { announce } from "@/app/announce";
import { type Key, useKeys } from "@/app/keys";
import { OF_A_RUN, written } from "./address";
import { copyLink, copySpanId, copyTraceId, exportRun } from "./actions";
import { useMovingKeys } from "./moving";
import { isGrowing, useRunStore, VIEWS } from "./store";
import type { RunViewProps, Shell } from "./RunView";
import { VIEW_WORDS } from "./views";

export function useRunKeys({
  mode,
  onClose,
  onStep,
  paused,
  setPaused,
  shell,
}: RunViewProps & { shell: Shell }): void {
  const store = useRunStore();
  useMovingKeys();
  const asPage = useAsPage(shell);
  const { search, change, goTo } = shell;
  const popover = (name: string) => change({ open: search.open === name ? undefined : name }, "replace");
  const traceId = store.getState().run.trace.trace_id;

  const back = () => {
    const state = store.getState();
    if (state.panelOpen && state.selected >= 0) state.set({ panelOpen: false });
    else if (state.selected >= 0) state.select(-1);
    else if (state.brush) state.setBrush(null);
    else onClose();
  };
  const panel = () => {
    const state = store.getState();
    if (state.selected < 0) announce("No span is selected");
    state.set({ panelOpen: !state.panelOpen });
  };
  const live = () => {
    if (!isGrowing(store.getState().run)) return announce("This run is not live");
    setPaused(!paused);
    announce(paused ? "Updates go on" : "Updates are paused");
  };
  const infrastructure = () =>
    store.getState().set({ showInfrastructure: !store.getState().showInfrastructure });

  const run = (keys: string, label: string, go: () => void): Key => ({ keys, label, group: "Run", run: go });
  const copy = (keys: string, label: string, go: () => void): Key => ({
    keys,
    label,
    group: "Copy",
    run: go,
  });
  useKeys([
    ...VIEWS.map((view) => run(VIEW_WORDS[view].key, VIEW_WORDS[view].label, () => goTo(view))),
    run("d", "Detail panel", panel),
    run("i", "Receipt", () => popover("receipt")),
    run("$", "Token ledger", () => popover("ledger")),
    run("/", "Find in run", () => shell.find.current?.()),
    run("j", "Next run", () => onStep(1)),
    run("k", "Previous run", () => onStep(-1)),
    run(".", "Live on or off", live),
    ...(mode === "peek" ? [run("f", "Open as page", asPage)] : []),
    { keys: "Enter", label: "Open the selected span", group: "Run", run: openPanel(store) },
    { keys: "Escape", label: "Back one level", group: "Anywhere", run: back },
    { keys: "o", label: "Infrastructure", group: "Timeline and graph", run: infrastructure },
    copy("y", "Link to this view", () => copyLink(store, search)),
    copy("Shift+y", "Span id", () => copySpanId(store)),
    copy("Alt+y", "Trace id", () => copyTraceId(store)),
    copy("Shift+x", "Export", () => exportRun(traceId)),
  ]);
}

/** Makes the run beside the list a page, at the same place. The list's filter goes along for the way back. */
export function useAsPage({ search }: Pick<Shell, "search">): () => void {
  const store = useRunStore();
  const navigate = useNavigate();
  return () => {
    const { run: _, ...rest } = search;
    for (const name of OF_A_RUN) if (!rest[name]) delete rest[name];
    const state = store.getState();
    void navigate({
      to: "/runs/$traceId",
      params: { traceId: state.run.trace.trace_id },
      search: { ...rest, ...written(state) } as never,
    });
  };
}

function openPanel(store: ReturnType<typeof useRunStore>) {
  return () => {
    if (store.getState().selected >= 0) store.getState().set({ panelOpen: true });
  };
}
