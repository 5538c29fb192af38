/** The sums of somebody's runs: of an agent, of a user. Which panels there are is the page's own matter. */

import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useKeys } from "@/app/keys";
import * as format from "@/format";
import { term } from "@/query/edit";
import { filterDuration } from "@/runs/filterDuration";
import { type Metric, Metrics, runMetrics } from "@/runs/Metrics";
import { useFigures } from "@/runs/useFigures";
import { IconButton } from "@/ui/button";
import { EmptyState } from "@/ui/feedback";
import { BackIcon, RunsIcon } from "@/ui/icons";
import { atLeast } from "./slow";
import { ScopeBar } from "./ScopeBar";
import type { Scope } from "./useScope";
import { useLiveSums } from "./useSums";

export function ProfilePage({
  scope,
  icon,
  name,
  back,
  note,
  actions,
  children,
}: {
  scope: Scope;
  icon: ReactNode;
  name: string;
  back: { to: string; label: string };
  /** Said below the title: what the agent says of itself. */
  note?: string | null;
  actions?: ReactNode;
  children: ReactNode;
}) {
  const navigate = useNavigate();
  const figures = useFigures(scope.filter);
  useLiveSums(scope.filter, scope.range.to !== null);
  const leave = () => void navigate({ to: back.to });
  useKeys([{ keys: "Escape", label: "Back one level", group: "Anywhere", run: leave }]);
  const sums = figures.data?.figures;
  const show = (more: string, sort?: string) =>
    void navigate({ to: "/runs", search: scope.list(more, { sort }) as never });
  const metrics: Metric[] = [
    {
      label: "Runs",
      value: sums ? `${figures.data?.scanned ? "≥ " : ""}${format.count(sums.count)}` : "– –",
      action: { text: "These runs as a list", run: () => show("") },
    },
    ...(sums && (sums.live_count ?? 0) > 0
      ? [
          {
            label: "Live",
            value: format.count(sums.live_count),
            tone: "live-t" as const,
            action: { text: "Only what is live", run: () => show("is:live") },
          },
        ]
      : []),
    ...runMetrics(sums, {
      spans: () => show("", "-spans"),
      failed: () => show("is:failed"),
      failedOn: false,
      tokens: () => show("", "-tokens"),
      cost: () => show("", "-cost"),
      slowerThan: (nanos) => show(`duration >= ${filterDuration(atLeast(nanos))}`, "-duration"),
    }),
  ];
  const isUnknown =
    sums?.count === 0 && scope.range.around === "all" && scope.q === "" && scope.range.from === null;
  return (
    <>
      <ScopeBar scope={scope} actions={actions}>
        <IconButton icon={BackIcon} label={back.label} keys="Esc" onClick={leave} />
        {icon}
        <h1 className="cut">
          <bdi title={format.cut(name)}>{format.cut(name, 80)}</bdi>
        </h1>
        {note && <span className="dim cut no-phone">{format.cut(note, 160)}</span>}
      </ScopeBar>
      <div className="ov" data-scroll-restoration-id="profile">
        <Metrics metrics={metrics} scanned={figures.data?.scanned ?? null} stale={figures.stale} />
        {isUnknown ? (
          <EmptyState icon={RunsIcon} title="No run is here">
            No run says that it is of <bdi>{format.cut(name, 80)}</bdi>. Perhaps its runs were deleted, or
            none came yet.
          </EmptyState>
        ) : (
          <div className="ovgrid">{children}</div>
        )}
      </div>
    </>
  );
}

/** The condition that holds of all runs of it. */
export function baseOf(field: "agent" | "user", name: string): string {
  return term(field, "=", name);
}
