/** The title band: whose run, what was asked, how it ended, and what can be done with it. */

import { Link, useNavigate } from "@tanstack/react-router";
import * as format from "@/format";
import { Button, IconButton } from "@/ui/button";
import { Menu, type MenuItem } from "@/ui/floating";
import {
  AgentIcon,
  CopyIcon,
  DeleteIcon,
  DownIcon,
  ExportIcon,
  LinkIcon,
  MoreIcon,
  PageIcon,
  PauseIcon,
  PlayIcon,
  PrintIcon,
  SessionIcon,
  TerminalIcon,
  UpIcon,
} from "@/ui/icons";
import { KindTile } from "@/ui/kind";
import { StateMark } from "@/ui/state";
import { may, useSession } from "@/app/session";
import { printed } from "@/app/keys";
import { copyText } from "@/ui/copy";
import type { TraceRow } from "@/api/schema";
import { copyLink, copySpanId, copyTraceId, curlOf, exportRun } from "./actions";
import { cause } from "./cause";
import { quoted } from "./filter";
import { withoutMentions } from "@/ui/mentions";
import { Leave } from "./OpenRun";
import { useAsPage } from "./runKeys";
import type { RunViewProps, Shell } from "./RunView";
import { isGrowing, type RunStore, useRun, useRunStore } from "./store";

export function RunHeader({
  mode,
  onClose,
  onStep,
  paused,
  setPaused,
  shell,
  onDelete,
}: RunViewProps & { shell: Shell; onDelete: () => void }) {
  const store = useRunStore();
  const trace = useRun((state) => state.run.trace);
  const growing = useRun((state) => isGrowing(state.run));
  const asPage = useAsPage(shell);
  return (
    <div className="bar runbar">
      <Leave mode={mode} onClose={onClose} />
      <KindTile category={trace.span_count > 0 ? "agent" : "other"} />
      <AgentName trace={trace} />
      <h1 className="cut runtitle grow">
        <bdi title={format.cut(titleOf(trace))}>{format.cut(titleOf(trace))}</bdi>
      </h1>
      <span className="row no-phone">
        <Outcome />
      </span>
      {growing && (
        <Button
          small
          icon={paused ? PlayIcon : PauseIcon}
          className="no-phone"
          title={paused ? "Take in what came meanwhile (.)" : "Hold the page still (.)"}
          onClick={() => setPaused(!paused)}
        >
          {paused ? "Resume updates" : "Pause updates"}
        </Button>
      )}
      <span className="row steps no-phone">
        <IconButton icon={UpIcon} label="Previous run" keys="K" onClick={() => onStep(-1)} />
        <IconButton icon={DownIcon} label="Next run" keys="J" onClick={() => onStep(1)} />
      </span>
      {mode === "peek" ? (
        <IconButton icon={PageIcon} label="As page" keys="F" className="no-phone" onClick={asPage} />
      ) : (
        <>
          <Button
            small
            icon={LinkIcon}
            className="roomy"
            title="Copy a link to this view (Y)"
            onClick={() => copyLink(store, shell.search)}
          >
            Copy link
          </Button>
          <Button
            small
            icon={ExportIcon}
            className="roomy"
            title="Save as OTLP JSON (⇧X)"
            onClick={() => exportRun(trace.trace_id)}
          >
            Export
          </Button>
        </>
      )}
      <More store={store} trace={trace} shell={shell} onDelete={onDelete} asPage={asPage} mode={mode} />
    </div>
  );
}

/** What was asked of the run; its name where it says no input. */
export function titleOf(trace: TraceRow): string {
  return withoutMentions(trace.input_preview ?? "").trim() || trace.name || trace.trace_id;
}

function AgentName({ trace }: { trace: TraceRow }) {
  if (!trace.agent) return null;
  const name = format.cut(trace.agent.name, 40);
  return (
    <Link
      to="/agents/$agent"
      params={{ agent: trace.agent.name }}
      className="strong nowrap no-phone agentname"
      title={`Agent ${name}`}
    >
      <bdi>{name}</bdi>
    </Link>
  );
}

/** The outcome; where something failed, the way to it. */
export function Outcome() {
  const store = useRunStore();
  const run = useRun((state) => state.run);
  const span = cause(run);
  if (span < 0) {
    return (
      <span className="outcome">
        <StateMark run={run.trace} pill />
      </span>
    );
  }
  return (
    <button
      type="button"
      className="outcome"
      title="Go to what failed"
      onClick={() => {
        store.getState().goTo(span);
        store.getState().set({ panelOpen: true });
      }}
    >
      <StateMark run={run.trace} pill />
    </button>
  );
}

function More({
  store,
  trace,
  shell,
  onDelete,
  asPage,
  mode,
}: {
  store: RunStore;
  trace: TraceRow;
  shell: Shell;
  onDelete: () => void;
  asPage: () => void;
  mode: RunViewProps["mode"];
}) {
  const session = useSession().data;
  const navigate = useNavigate();
  const curl = () => curlOf(trace.trace_id, location.origin, !session?.open);
  const items: (MenuItem | null)[] = [
    ...(mode === "peek"
      ? [{ label: "Open as page", icon: PageIcon, keys: ["F"], onSelect: asPage }, null]
      : []),
    { label: "Copy trace id", icon: CopyIcon, keys: printed("Alt+y"), onSelect: () => copyTraceId(store) },
    { label: "Copy span id", icon: CopyIcon, keys: printed("Shift+y"), onSelect: () => copySpanId(store) },
    { label: "Copy link", icon: LinkIcon, keys: ["Y"], onSelect: () => copyLink(store, shell.search) },
    { label: "Copy as curl", icon: TerminalIcon, onSelect: () => void copyText(curl(), "command") },
    null,
    ...(trace.session_id
      ? [
          {
            label: "Open the session",
            icon: SessionIcon,
            onSelect: () =>
              void navigate({ to: "/sessions/$sessionId", params: { sessionId: trace.session_id! } }),
          },
        ]
      : []),
    ...(trace.agent
      ? [
          {
            label: "Runs of the same agent",
            icon: AgentIcon,
            onSelect: () =>
              void navigate({ to: "/runs", search: { q: `agent=${quoted(trace.agent!.name)}` } as never }),
          },
        ]
      : []),
    {
      label: "Export as OTLP JSON",
      icon: ExportIcon,
      keys: printed("Shift+x"),
      onSelect: () => exportRun(trace.trace_id),
    },
    { label: "Print", icon: PrintIcon, onSelect: () => setTimeout(() => print(), 200) },
  ];
  if (may(session, "admin")) {
    items.push(null, { label: "Delete this run", icon: DeleteIcon, danger: true, onSelect: onDelete });
  }
  return <Menu trigger={<IconButton icon={MoreIcon} label="More" />} items={items} />;
}
