/** The title band of a page of sums: what it is of, the reader's filter as chips, and the range. */

import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { get } from "@/api/client";
import type { AgentList } from "@/api/schema";
import { cut } from "@/format";
import { remove, setField, term, termsOf, unquoted } from "@/query/edit";
import { scan } from "@/query/scan";
import { RangeButton } from "@/runs/RangeButton";
import { Chip } from "@/runs/search/Chip";
import { Button } from "@/ui/button";
import { Menu, type MenuItem } from "@/ui/floating";
import { AgentIcon } from "@/ui/icons";
import type { Scope } from "./useScope";

export function ScopeBar({
  scope,
  children,
  actions,
}: {
  scope: Scope;
  children: ReactNode;
  actions?: ReactNode;
}) {
  const { q, setQ } = scope;
  const pieces = scan(q).filter(
    (piece) => scope.base !== "" || piece.kind !== "term" || piece.field !== "agent",
  );
  return (
    <div className="bar">
      {children}
      {pieces.map((piece) => (
        <Chip
          key={piece.from}
          text={q.slice(piece.from, piece.to)}
          piece={piece}
          tone=""
          marked={false}
          onEdit={() => setQ(remove(q, piece))}
          onRemove={() => setQ(remove(q, piece))}
          onKey={() => undefined}
        />
      ))}
      <span className="grow" />
      {actions}
      <RangeButton range={scope.range} onChange={scope.setRange} />
    </div>
  );
}

/** One agent, or all of them. */
export function AgentChoice({ scope }: { scope: Scope }) {
  const { q, setQ } = scope;
  const agents = useQuery({
    queryKey: ["agents", "choice"],
    queryFn: ({ signal }) => get<AgentList>("/agents", { limit: 50 }, signal),
    staleTime: 60_000,
  });
  const chosen = termsOf(q, "agent");
  const only =
    chosen.length === 1 ? unquoted(q.slice(chosen[0]!.from, chosen[0]!.to).replace(/^agent[:=]/, "")) : null;
  const names = agents.data?.agents.map((agent) => agent.name) ?? [];
  const without = () => setQ(termsOf(q, "agent").reduceRight((text, piece) => remove(text, piece), q));
  const items: (MenuItem | null)[] = [
    { label: "All agents", checked: only === null, onSelect: without },
    null,
    ...names.map((name) => ({
      label: <bdi>{cut(name, 60)}</bdi>,
      icon: AgentIcon,
      checked: name === only,
      onSelect: () => setQ(setField(q, "agent", term("agent", "=", name))),
    })),
  ];
  return (
    <Menu
      trigger={
        <Button icon={AgentIcon} className="no-phone" on={only !== null}>
          {only === null ? "All agents" : cut(only, 24)}
        </Button>
      }
      items={items}
    />
  );
}
