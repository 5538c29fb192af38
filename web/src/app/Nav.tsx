/** The menu at the left, and the tab bar of phones. */

import { useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "@tanstack/react-router";
import type { LucideIcon } from "lucide-react";
import { get } from "@/api/client";
import type { AgentList, SavedView, SavedViewList } from "@/api/schema";
import { cut } from "@/format";
import {
  AgentIcon,
  HelpIcon,
  OverviewIcon,
  RunsIcon,
  SessionIcon,
  SettingsIcon,
  StarIcon,
  UserIcon,
} from "@/ui/icons";
import { openKeyHelp } from "@/palette/state";
import type { Search } from "./address";
import { Logo } from "./Logo";
import { useSession } from "./session";

interface Section {
  to: string;
  /** Another address that belongs to it. */
  also?: string;
  label: string;
  icon: LucideIcon;
}

const SECTIONS: Section[] = [
  { to: "/overview", label: "Overview", icon: OverviewIcon },
  { to: "/runs", also: "/spans", label: "Runs", icon: RunsIcon },
  { to: "/sessions", label: "Sessions", icon: SessionIcon },
  { to: "/agents", label: "Agents", icon: AgentIcon },
  { to: "/users", label: "Users", icon: UserIcon },
];
const SETTINGS: Section = { to: "/settings", label: "Settings", icon: SettingsIcon };
/** Agents in the menu; the rest are a click away. */
const AGENTS_SHOWN = 8;

function Item({ to, also, label, icon: Icon }: Section) {
  const belongs = useLocation({ select: ({ pathname }) => also !== undefined && pathname.startsWith(also) });
  const current = { "aria-current": "page" as const };
  return (
    <Link
      to={to}
      activeProps={current}
      activeOptions={{ includeSearch: false }}
      title={label}
      {...(belongs ? current : {})}
    >
      <Icon size={16} strokeWidth={1.5} className="i" aria-hidden />
      <span>{label}</span>
    </Link>
  );
}

export function Nav() {
  const session = useSession();
  const signedIn = session.data?.workspace != null;
  const views = useQuery({
    queryKey: ["views"],
    queryFn: ({ signal }) => get<SavedViewList>("/views", {}, signal),
    enabled: signedIn,
    staleTime: 60_000,
  });
  const agents = useQuery({
    queryKey: ["agents", "menu"],
    queryFn: ({ signal }) => get<AgentList>("/agents", { limit: AGENTS_SHOWN }, signal),
    enabled: signedIn,
    staleTime: 30_000,
  });
  return (
    <nav className="nav" aria-label="Main">
      <div className="ws">
        <Logo />
        <span>Clew</span>
        <span className="dim cut font-normal">{cut(session.data?.workspace ?? "", 24)}</span>
      </div>
      {SECTIONS.map((section) => (
        <Item key={section.to} {...section} />
      ))}
      <div className="views">
        {views.data && views.data.views.length > 0 && (
          <>
            <h3>Saved views</h3>
            {views.data.views.slice(0, 12).map((view) => (
              <ViewLink key={view.id} view={view} />
            ))}
          </>
        )}
        {agents.data && agents.data.agents.length > 0 && (
          <>
            <h3>Agents</h3>
            {agents.data.agents.slice(0, AGENTS_SHOWN).map((agent) => (
              <Link
                key={agent.id}
                to="/agents/$agent"
                params={{ agent: agent.name }}
                title={cut(agent.name)}
                activeProps={{ "aria-current": "page" }}
              >
                <AgentIcon size={14} strokeWidth={1.5} className="i" aria-hidden />
                <span className="cut">
                  <bdi>{cut(agent.name, 60)}</bdi>
                </span>
              </Link>
            ))}
          </>
        )}
      </div>
      <div className="navfoot">
        <Item {...SETTINGS} />
        <button type="button" className="navbtn" onClick={openKeyHelp} title="Keys (?)">
          <HelpIcon size={16} strokeWidth={1.5} className="i" aria-hidden />
          <span>Keys</span>
        </button>
      </div>
    </nav>
  );
}

/** A saved view leads to its page with its filter, columns and range. */
function ViewLink({ view }: { view: SavedView }) {
  const definition = (view.definition ?? {}) as Search;
  const page = view.page === "spans" || view.page === "sessions" ? view.page : "runs";
  return (
    <Link to={`/${page}`} search={definition as never} title={cut(view.name)}>
      <StarIcon size={14} strokeWidth={1.5} className="i" aria-hidden />
      <span className="cut">
        <bdi>{cut(view.name, 60)}</bdi>
      </span>
    </Link>
  );
}

export function TabBar() {
  return (
    <nav className="tabbar only-phone" aria-label="Main">
      {[SECTIONS[0]!, SECTIONS[1]!, SECTIONS[2]!, SETTINGS].map(({ to, label, icon: Icon }) => (
        <Link
          key={to}
          to={to}
          activeProps={{ "aria-current": "page" }}
          activeOptions={{ includeSearch: false }}
        >
          <Icon size={18} strokeWidth={1.5} aria-hidden />
          {label}
        </Link>
      ))}
    </nav>
  );
}
