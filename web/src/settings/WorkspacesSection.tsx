/** Workspaces: tenants of this Clew. */

import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { get, send } from "@/api/client";
import type { Workspace, WorkspaceList } from "@/api/schema";
import { count, cut } from "@/format";
import { Button } from "@/ui/button";
import { Failure, LoadingRows } from "@/ui/feedback";
import { Dialog } from "@/ui/floating";
import { When } from "@/ui/values";
import { Field, Heading, Rows, useChange } from "./Section";

export function WorkspacesSection() {
  const workspaces = useQuery({
    queryKey: ["workspaces"],
    queryFn: ({ signal }) => get<WorkspaceList>("/workspaces", {}, signal),
  });
  const [name, setName] = useState("");
  const [leaving, setLeaving] = useState<Workspace | null>(null);
  const [typed, setTyped] = useState("");
  const make = useChange(
    (fresh: string) => send("POST", "/workspaces", { name: fresh }),
    "workspaces",
    "audit",
  );
  const remove = useChange(
    (gone: string) => send("DELETE", `/workspaces/${encodeURIComponent(gone)}`),
    "workspaces",
    "audit",
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate(name.trim(), { onSuccess: () => setName("") });
  };
  return (
    <>
      <Heading
        title="Workspaces"
        lead="Runs, agents, keys and labels of one workspace are never seen from another. A key names its workspace."
      />
      <form className="row set-add" onSubmit={submit}>
        <input
          className="field"
          aria-label="Name of a new workspace"
          placeholder="Name"
          value={name}
          onChange={(event) => setName(event.target.value)}
          maxLength={100}
        />
        <Button type="submit" disabled={name.trim() === "" || make.isPending}>
          New workspace
        </Button>
      </form>
      {workspaces.isPending && <LoadingRows rows={3} height={38} />}
      {workspaces.isError && <Failure error={workspaces.error} retry={() => void workspaces.refetch()} />}
      {workspaces.data && (
        <Rows<Workspace>
          label="Workspaces"
          columns="minmax(0,1fr) 100px 110px 90px"
          head={["Name", "Runs", "Made", ""]}
          rows={workspaces.data.workspaces}
          id={(workspace) => workspace.id}
          row={(workspace) => [
            <bdi className="med">{cut(workspace.name)}</bdi>,
            count(workspace.trace_count),
            <span className="mut">
              <When nanos={workspace.created_nanos} />
            </span>,
            workspace.name !== "default" && (
              <Button small tone="danger" onClick={() => setLeaving(workspace)}>
                Delete
              </Button>
            ),
          ]}
          empty="There is none."
        />
      )}
      <Dialog
        open={leaving !== null}
        onOpenChange={(open) => !open && setLeaving(null)}
        title={`Delete ${cut(leaving?.name ?? "", 60)}?`}
        className="ask"
      >
        <p>
          Its {count(leaving?.trace_count ?? 0)} runs, its agents, keys, labels and prices go, every byte of
          them. It can't be taken back.
        </p>
        <Field label="Its name, to be sure">
          <input className="field" value={typed} onChange={(event) => setTyped(event.target.value)} />
        </Field>
        <div className="row acts">
          <Button onClick={() => setLeaving(null)}>Keep it</Button>
          <Button
            tone="danger"
            disabled={typed !== leaving?.name}
            onClick={() => {
              if (leaving) remove.mutate(leaving.name);
              setLeaving(null);
              setTyped("");
            }}
          >
            Delete for good
          </Button>
        </div>
      </Dialog>
    </>
  );
}
