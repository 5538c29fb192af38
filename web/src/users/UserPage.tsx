/** One user: totals, runs over time, sessions, agents used. */

import { useParams } from "@tanstack/react-router";
import { CostPanel, LatencyPanel, RunsPanel } from "@/overview/charts";
import { DearPanel, FailsPanel } from "@/overview/panels";
import { AgentsPanel, GroupPanel, NewestPanel, SessionsPanel } from "@/overview/people";
import { baseOf, ProfilePage } from "@/overview/ProfilePage";
import { useRuns, useScope, useSpan } from "@/overview/useScope";
import { useTimeline } from "@/overview/useSums";
import { UserIcon } from "@/ui/icons";

export function UserPage() {
  const { userId } = useParams({ strict: false }) as { userId: string };
  const scope = useScope(baseOf("user", userId));
  const runs = useRuns(scope);
  const span = useSpan(scope, runs);
  const time = useTimeline(scope.filter, span);
  return (
    <ProfilePage
      key={userId}
      scope={scope}
      icon={<UserIcon size={16} strokeWidth={1.5} className="i" aria-hidden />}
      name={userId}
      back={{ to: "/users", label: "All users" }}
    >
      <RunsPanel scope={scope} runs={runs} size={6} />
      <LatencyPanel scope={scope} time={time} span={span} size={3} />
      <CostPanel scope={scope} time={time} span={span} size={3} />
      <SessionsPanel scope={scope} size={6} />
      <AgentsPanel scope={scope} size={6} />
      <NewestPanel scope={scope} size={6} />
      <DearPanel scope={scope} size={6} />
      <FailsPanel scope={scope} span={span} size={6} />
      <GroupPanel scope={scope} by="model" size={6} />
    </ProfilePage>
  );
}
