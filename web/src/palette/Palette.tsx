/** ⌘K: every command, page, agent and step of the open run, by words. And `?`: the keys. */

import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo, useRef, useState } from "react";
import { get } from "@/api/client";
import type { AgentList, SavedViewList } from "@/api/schema";
import { declaredKeys, printed, useKeys } from "@/app/keys";
import { setTheme } from "@/app/theme";
import { cut, place, plural } from "@/format";
import { search } from "@/trace/search";
import { category, displayName, failed } from "@/trace/skeleton";
import { Kbd } from "@/ui/button";
import { Dialog } from "@/ui/floating";
import {
  AgentIcon,
  OverviewIcon,
  RunsIcon,
  SearchIcon,
  SessionIcon,
  SettingsIcon,
  StarIcon,
  UserIcon,
  KIND_ICONS,
} from "@/ui/icons";
import { type Command, narrow } from "./commands";
import { KeyHelp } from "./KeyHelp";
import { closePalette, openCommands, openKeyHelp, usePalette } from "./state";

/** Steps of the open run that are offered for the words typed. */
const SPANS_OFFERED_MAX = 50;
const SETTINGS_SECTIONS = [
  "Keys",
  "Audit",
  "Agents",
  "Prices",
  "Retention",
  "Data",
  "Requests",
  "Workspaces",
];

export function Palette() {
  const open = usePalette((state) => state.open);
  useKeys([
    { keys: "Mod+k", label: "Commands", group: "Anywhere", run: openCommands, inFields: true },
    { keys: "?", label: "These keys", group: "Anywhere", run: openKeyHelp },
  ]);
  return (
    <>
      <Dialog
        open={open === "commands"}
        onOpenChange={(next) => !next && closePalette()}
        title="Commands"
        className="pal"
        hideTitle
      >
        <Commands />
      </Dialog>
      <Dialog
        open={open === "keys"}
        onOpenChange={(next) => !next && closePalette()}
        title="Keys"
        className="keys"
        hideTitle
      >
        <KeyHelp />
      </Dialog>
    </>
  );
}

function Commands() {
  const [text, setText] = useState("");
  const [only, setOnly] = useState<string | null>(null);
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const steps = useSteps(text);
  const others = useCommands();
  const commands = useMemo(() => [...steps, ...others], [steps, others]);
  const { shown, total } = narrow(commands, text, only);
  const current = Math.min(at, shown.length - 1);

  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [current, text]);

  const choose = (command: Command | undefined) => {
    if (!command) return;
    closePalette();
    command.run();
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      setAt((current + step + shown.length) % Math.max(1, shown.length));
    } else if (event.key === "Enter") {
      event.preventDefault();
      choose(shown[current]);
    } else if (event.key === "Tab") {
      event.preventDefault();
      setOnly(only === null ? (shown[current]?.group ?? null) : null);
      setAt(0);
    }
  };
  const id = (index: number) => `palette-${index}`;
  return (
    <>
      <div className="q">
        <SearchIcon size={16} strokeWidth={1.5} className="i" aria-hidden />
        <input
          autoFocus
          className="grow bare"
          placeholder="A command, a page, an agent, a step of this run"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
          role="combobox"
          aria-label="Commands"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={current >= 0 ? id(current) : undefined}
        />
        <Kbd keys={["Esc"]} />
      </div>
      <div className="pal-list" id="palette-list" role="listbox" aria-label="Commands" ref={list}>
        {shown.length === 0 && (
          <p className="pal-none">Nothing is called that. Enter words of a command, an agent or a step.</p>
        )}
        {shown.map((command, index) => (
          <div key={`${command.group} ${command.label} ${index}`} role="presentation">
            {command.group !== shown[index - 1]?.group && <h4 role="presentation">{command.group}</h4>}
            <div
              className="pal-item"
              id={id(index)}
              role="option"
              aria-selected={index === current}
              onPointerMove={() => setAt(index)}
              onClick={() => choose(command)}
            >
              {command.icon && <command.icon size={15} strokeWidth={1.5} className="i" aria-hidden />}
              <bdi className="cut">{cut(command.label)}</bdi>
              <span className="dim cut grow">{command.about}</span>
              {index === current ? (
                <Kbd keys={["Enter"]} />
              ) : (
                command.keys && <Kbd keys={printed(command.keys)} />
              )}
            </div>
          </div>
        ))}
      </div>
      <div className="pf">
        <span className="row">
          <Kbd keys={["↑", "↓"]} /> move
        </span>
        <span className="row">
          <Kbd keys={["Enter"]} /> open
        </span>
        <span className="row no-phone">
          <Kbd keys={["Tab"]} /> {only === null ? "only this kind" : "all kinds"}
        </span>
        <span className="grow" />
        <span>
          {shown.length} of {total}
        </span>
      </div>
    </>
  );
}

/** Steps of the open run that the words hit. */
function useSteps(text: string): Command[] {
  const store = usePalette((state) => state.run);
  return useMemo(() => {
    if (!store || text.trim().length < 2) return [];
    const { run, goTo } = store.getState();
    return search(run, text.trim())
      .slice(0, SPANS_OFFERED_MAX)
      .map((span) => ({
        group: "In this run",
        label: displayName(run, span),
        about: `${failed(run, span) ? "failed, " : ""}at ${place(run.start[span]!)}`,
        icon: KIND_ICONS[category(run, span)],
        run: () => goTo(span),
      }));
  }, [store, text]);
}

/** Everything but the steps of a run. */
function useCommands(): Command[] {
  const navigate = useNavigate();
  const agents = useQuery({
    queryKey: ["agents", "palette"],
    queryFn: ({ signal }) => get<AgentList>("/agents", { limit: 200 }, signal),
  });
  const views = useQuery({
    queryKey: ["views"],
    queryFn: ({ signal }) => get<SavedViewList>("/views", {}, signal),
  });
  return useMemo(() => {
    const go = (to: string, search: object = {}) => void navigate({ to, search } as never);
    const pages: Command[] = [
      { label: "Overview", icon: OverviewIcon, to: "/overview" },
      { label: "Runs", icon: RunsIcon, to: "/runs" },
      { label: "Spans", icon: RunsIcon, to: "/spans" },
      { label: "Sessions", icon: SessionIcon, to: "/sessions" },
      { label: "Agents", icon: AgentIcon, to: "/agents" },
      { label: "Users", icon: UserIcon, to: "/users" },
      { label: "Send your first trace", icon: StarIcon, to: "/start" },
      ...SETTINGS_SECTIONS.map((label) => ({
        label,
        icon: SettingsIcon,
        to: `/settings/${label.toLowerCase()}`,
        about: "settings",
      })),
    ].map(({ to, ...page }) => ({ ...page, group: "Go to", run: () => go(to) }));
    const actions: Command[] = declaredKeys()
      .filter((key) => !key.hidden && key.keys !== "Mod+k")
      .map((key) => ({
        group: "Actions",
        label: key.label,
        about: key.group === "Anywhere" ? undefined : key.group.toLowerCase(),
        keys: key.keys,
        run: () => key.run(new KeyboardEvent("keydown")),
      }));
    actions.push({
      group: "Actions",
      label: "Colours as the system has them",
      run: () => setTheme("system"),
    });
    const named: Command[] = (agents.data?.agents ?? []).map((agent) => ({
      group: "Agents",
      label: agent.name,
      about: `agent, ${plural(agent.trace_count, "run")}`,
      icon: AgentIcon,
      run: () => go(`/agents/${encodeURIComponent(agent.name)}`),
    }));
    const saved: Command[] = (views.data?.views ?? []).map((view) => ({
      group: "Saved views",
      label: view.name,
      icon: StarIcon,
      run: () =>
        go(
          `/${view.page === "spans" || view.page === "sessions" ? view.page : "runs"}`,
          view.definition as object,
        ),
    }));
    return [...actions, ...pages, ...saved, ...named];
  }, [agents.data, views.data, navigate]);
}
