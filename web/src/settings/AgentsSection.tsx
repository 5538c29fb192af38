/** Agents: who sends here, registered or seen. */

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { get } from "@/api/client";
import type { Agent, AgentList } from "@/api/schema";
import { count, cut } from "@/format";
import { Failure, LoadingRows } from "@/ui/feedback";
import { When } from "@/ui/values";
import { Heading, Rows } from "./Section";

export function AgentsSection() {
  const agents = useQuery({
    queryKey: ["agents", "settings"],
    queryFn: ({ signal }) => get<AgentList>("/agents", { limit: 1000 }, signal),
  });
  return (
    <>
      <Heading
        title="Agents"
        lead="An agent is made when a trace first names it, or when a key is made for it. Its id is what agentos.agent_id may carry."
      />
      {agents.isPending && <LoadingRows rows={6} height={38} />}
      {agents.isError && <Failure error={agents.error} retry={() => void agents.refetch()} />}
      {agents.data && (
        <Rows<Agent>
          label="Agents"
          columns="minmax(0,1.4fr) minmax(0,2fr) 80px 84px 90px"
          head={["Name", "Id", "Runs", "Last run", ""]}
          rows={agents.data.agents}
          id={(agent) => agent.id}
          row={(agent) => [
            <Link to="/agents/$agent" params={{ agent: agent.name }} className="med">
              <bdi>{cut(agent.name)}</bdi>
            </Link>,
            <span className="mono dim">{agent.id}</span>,
            count(agent.trace_count),
            <span className="mut">
              {agent.last_start_nanos ? <When nanos={agent.last_start_nanos} /> : "never"}
            </span>,
            <span className="dim">{agent.registered ? "registered" : "seen"}</span>,
          ]}
          empty="No agent has sent anything yet."
        />
      )}
    </>
  );
}
