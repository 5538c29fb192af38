/** Settings, a section an address. What the reader may not do is not offered, and the server refuses it anyway. */

import { Link, useParams } from "@tanstack/react-router";
import { Fragment, type ComponentType } from "react";
import { may, useSession } from "@/app/session";
import type { SessionState } from "@/api/schema";
import { EmptyState } from "@/ui/feedback";
import { SettingsIcon } from "@/ui/icons";
import { AgentsSection } from "./AgentsSection";
import { AuditSection } from "./AuditSection";
import { DataSection } from "./DataSection";
import { DeletedSection } from "./DeletedSection";
import { GeneralSection } from "./GeneralSection";
import { KeysSection } from "./KeysSection";
import { PricesSection } from "./PricesSection";
import { RequestsSection } from "./RequestsSection";
import { RetentionSection } from "./RetentionSection";
import { WorkspacesSection } from "./WorkspacesSection";

interface Section {
  id: string;
  name: string;
  group: string;
  page: ComponentType;
  /** Who sees it: everybody who reads, an admin, or who runs the instance. */
  for: "read" | "admin" | "operator";
}

const SECTIONS: Section[] = [
  { id: "general", name: "General", group: "", page: GeneralSection, for: "read" },
  { id: "agents", name: "Agents", group: "", page: AgentsSection, for: "read" },
  { id: "prices", name: "Prices", group: "", page: PricesSection, for: "read" },
  { id: "retention", name: "Retention", group: "", page: RetentionSection, for: "admin" },
  { id: "data", name: "Data size", group: "", page: DataSection, for: "operator" },
  { id: "keys", name: "Keys", group: "Access", page: KeysSection, for: "admin" },
  { id: "workspaces", name: "Workspaces", group: "Access", page: WorkspacesSection, for: "operator" },
  { id: "audit", name: "Audit log", group: "Access", page: AuditSection, for: "admin" },
  { id: "requests", name: "Requests", group: "Receiving", page: RequestsSection, for: "admin" },
  { id: "deleted", name: "Deleted runs", group: "Receiving", page: DeletedSection, for: "read" },
];

export function SettingsPage() {
  const { section: asked = "general" } = useParams({ strict: false }) as { section?: string };
  const session = useSession();
  const shown = SECTIONS.filter((section) => allowed(section, session.data));
  const section = shown.find(({ id }) => id === asked);
  return (
    <>
      <div className="bar">
        <h1>Settings</h1>
      </div>
      <div className="set">
        <nav aria-label="Settings">
          {shown.map(({ id, name, group }, at) => (
            <Fragment key={id}>
              {group && group !== shown[at - 1]?.group && <h3>{group}</h3>}
              <Link
                to="/settings/$section"
                params={{ section: id }}
                aria-current={id === asked ? "page" : undefined}
              >
                {name}
              </Link>
            </Fragment>
          ))}
          <h3>Senders</h3>
          <Link to="/start">Set up a sender</Link>
        </nav>
        <div className="setc" tabIndex={0} role="region" aria-label="Section">
          <div className="in">
            {section ? (
              <section.page />
            ) : (
              <EmptyState icon={SettingsIcon} title="There is no such section for you">
                It does not exist, or the key that you signed in with may not see it.
              </EmptyState>
            )}
          </div>
        </div>
      </div>
    </>
  );
}

function allowed(section: Section, session: SessionState | undefined): boolean {
  if (!session) return false;
  return section.for === "operator" ? session.operator : may(session, section.for);
}
