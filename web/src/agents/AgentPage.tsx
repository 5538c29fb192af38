/** One agent: runs, latency, cost and tokens over time, its models and tools, what fails, its runs and sessions. */

import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { get } from "@/api/client";
import type { AgentList } from "@/api/schema";
import { CostPanel, LatencyPanel, RunsPanel, TokensPanel } from "@/overview/charts";
import { DearPanel, FailsPanel, SlowPanel } from "@/overview/panels";
import { GroupPanel, NewestPanel, SessionsPanel } from "@/overview/people";
import { baseOf, ProfilePage } from "@/overview/ProfilePage";
import { useRuns, useScope, useSpan } from "@/overview/useScope";
import { useTimeline } from "@/overview/useSums";
import { KindTile } from "@/ui/kind";

export function AgentPage() {
  const { agent: name } = useParams({ strict: false }) as { agent: string };
  const scope = useScope(baseOf("agent", name));
  const runs = useRuns(scope);
  const span = useSpan(scope, runs);
  const time = useTimeline(scope.filter, span);
  const known = useQuery({
    queryKey: ["agents", "named", name],
    queryFn: ({ signal }) => get<AgentList>("/agents", { q: name, limit: 50 }, signal),
    staleTime: 60_000,
    retry: false,
  });
  const description = known.data?.agents.find((agent) => agent.name === name)?.description;
  return (
    <ProfilePage
      key={name}
      scope={scope}
      icon={<KindTile category="agent" />}
      name={name}
      back={{ to: "/agents", label: "All agents" }}
      note={description}
    >
      <RunsPanel scope={scope} runs={runs} size={12} />
      <LatencyPanel scope={scope} time={time} span={span} size={4} />
      <CostPanel scope={scope} time={time} span={span} size={4} />
      <TokensPanel scope={scope} time={time} span={span} size={4} />
      <FailsPanel scope={scope} span={span} size={6} />
      <SlowPanel scope={scope} size={6} />
      <GroupPanel scope={scope} by="model" size={6} />
      <GroupPanel scope={scope} by="tool" size={6} />
      <NewestPanel scope={scope} size={6} />
      <SessionsPanel scope={scope} size={6} />
      <DearPanel scope={scope} size={12} withAgent={false} />
    </ProfilePage>
  );
}
