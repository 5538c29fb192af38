/** A run that is being opened: loading, deleted, too large, away; and once it is there, its store around its page. */

import { Link } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { ApiError } from "@/api/client";
import { EmptyState, Failure, LoadingRows, useLater } from "@/ui/feedback";
import { IconButton } from "@/ui/button";
import { BackIcon, CloseIcon, WarnIcon } from "@/ui/icons";
import { useAddress } from "@/app/address";
import { useKeys } from "@/app/keys";
import { cause } from "./cause";
import { GoneRun } from "./GoneRun";
import { type Loaded, useRunLoad } from "./load";
import { RunView } from "./RunView";
import { loadView } from "./ViewPane";
import { offerRun } from "@/palette/state";
import { createRunStore, RunContext, type RunStore } from "./store";
import { readBrush, viewOf } from "./address";

export type Mode = "page" | "peek";

export interface OpenRunProps {
  traceId: string;
  mode: Mode;
  onClose: () => void;
  onStep: (step: 1 | -1) => void;
}

export function OpenRun(props: OpenRunProps) {
  const [paused, setPaused] = useState(false);
  const { loaded, gone, error, loading, reload } = useRunLoad(props.traceId, paused);
  const { search } = useAddress();
  const view = viewOf(search.view);
  useEffect(() => loadView(view), [view]);
  useKeys([
    {
      keys: "Escape",
      label: "Back one level",
      group: "Anywhere",
      // A run that is there has levels of its own.
      when: () => !loaded,
      run: props.onClose,
    },
  ]);
  if (loaded) {
    return <Stored {...props} loaded={loaded} reload={reload} paused={paused} setPaused={setPaused} />;
  }
  return (
    <div className="run">
      <div className="bar runbar">
        <Leave {...props} />
        {loading && <TitleShimmer />}
      </div>
      {gone ? (
        <GoneRun traceId={props.traceId} />
      ) : loading ? (
        <Waiting />
      ) : error instanceof ApiError && error.status === 413 ? (
        <TooLarge error={error} traceId={props.traceId} />
      ) : (
        <Failure error={error} retry={reload} />
      )}
    </div>
  );
}

/** The way back: an arrow on a page, a cross beside the list. */
export function Leave({ mode, onClose }: Pick<OpenRunProps, "mode" | "onClose">) {
  return mode === "page" ? (
    <IconButton icon={BackIcon} label="Back to runs" keys="Esc" onClick={onClose} />
  ) : (
    <IconButton icon={CloseIcon} label="Close" keys="Esc" onClick={onClose} />
  );
}

function TitleShimmer() {
  return useLater(120) && <span className="shimmer loading-title" />;
}

function Waiting() {
  return (
    <>
      <div className="facts" />
      <div className="strip" />
      <div className="viewbar" />
      <LoadingRows rows={14} height={40} />
    </>
  );
}

function TooLarge({ error, traceId }: { error: ApiError; traceId: string }) {
  return (
    <EmptyState
      icon={WarnIcon}
      title="This run is larger than the page may load"
      actions={
        <>
          <a className="btn" href={`/api/v1/traces/${encodeURIComponent(traceId)}/export`} download>
            Export it as OTLP JSON
          </a>
          <Link className="btn" to="/spans" search={{ q: `trace:${traceId}` } as never}>
            Its spans as a list
          </Link>
        </>
      }
    >
      {error.message}
    </EmptyState>
  );
}

/** The store is made once for a run, and grows with it. */
function Stored({
  loaded,
  ...rest
}: OpenRunProps & {
  loaded: Loaded;
  reload: () => void;
  paused: boolean;
  setPaused: (paused: boolean) => void;
}) {
  const { search } = useAddress();
  const made = useRef<RunStore | null>(null);
  made.current ??= open(loaded, search, rest.mode);
  const store = made.current;
  useEffect(() => store.getState().grow(loaded.run), [store, loaded.run]);
  useEffect(() => offerRun(store), [store]);
  return (
    <RunContext value={store}>
      <RunView {...rest} loaded={loaded} />
    </RunContext>
  );
}

/** What the address says; else a page opens to what failed. */
function open({ run }: Loaded, search: ReturnType<typeof useAddress>["search"], mode: Mode): RunStore {
  const store = createRunStore(run, search.span);
  const state = store.getState();
  state.set({
    graphMode: search.graph === "spans" ? "spans" : "steps",
    heat: search.heat === "tokens" || search.heat === "cost" ? search.heat : "none",
    criticalPath: search.path === "1",
    showInfrastructure: search.infra === "1",
  });
  state.setBrush(readBrush(search.brush));
  // Before anything is drawn: the field of the search begins with it.
  state.setFind(search.find ?? "", []);
  if (state.selected < 0 && mode === "page") {
    const failing = cause(run);
    if (failing >= 0) {
      state.goTo(failing);
      state.set({ panelOpen: matchMedia("(min-width: 1180px)").matches });
    }
  }
  return store;
}
