/** Keys: made once and shown once, with their scopes; revoked at once everywhere. */

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { get, send } from "@/api/client";
import type { Key, KeyList, MadeKey } from "@/api/schema";
import { cut } from "@/format";
import { Button } from "@/ui/button";
import { copyText } from "@/ui/copy";
import { Failure, LoadingRows } from "@/ui/feedback";
import { Dialog } from "@/ui/floating";
import { CopyIcon, PlusIcon } from "@/ui/icons";
import { When } from "@/ui/values";
import { Field, Heading, Rows, useChange } from "./Section";

const SCOPES: { scope: "ingest" | "read" | "admin"; about: string }[] = [
  { scope: "ingest", about: "sends traces" },
  { scope: "read", about: "reads runs, as people and coding agents do" },
  { scope: "admin", about: "manages keys, prices and retention, deletes runs" },
];

export function KeysSection() {
  const keys = useQuery({ queryKey: ["keys"], queryFn: ({ signal }) => get<KeyList>("/keys", {}, signal) });
  const [asking, setAsking] = useState(false);
  const [made, setMade] = useState<MadeKey | null>(null);
  const [revoking, setRevoking] = useState<Key | null>(null);
  const revoke = useChange((key: Key) => send("DELETE", `/keys/${key.id}`), "keys", "audit");
  return (
    <>
      <Heading
        title="Keys"
        lead={
          <>
            A key belongs to one agent or to the workspace. Give a sender only <b>ingest</b>; people and
            coding agents need <b>read</b>.
          </>
        }
        action={
          <Button tone="primary" icon={PlusIcon} onClick={() => setAsking(true)}>
            New key
          </Button>
        }
      />
      {made && <Secret made={made} onGone={() => setMade(null)} />}
      {keys.isPending && <LoadingRows rows={4} height={38} />}
      {keys.isError && <Failure error={keys.error} retry={() => void keys.refetch()} />}
      {keys.data && (
        <Rows<Key>
          label="Keys"
          columns="minmax(0,1.4fr) minmax(0,1.2fr) minmax(0,1.4fr) minmax(0,1fr) 84px 76px"
          head={["Name", "Key", "May", "Of", "Last used", ""]}
          rows={keys.data.keys}
          id={(key) => key.id}
          row={(key) => [
            <bdi className={key.revoked_nanos ? "dim line-through" : "med"}>{cut(key.name)}</bdi>,
            <span className="mono">{key.prefix}…</span>,
            <span className="row gap-1">
              {key.scopes.map((scope) => (
                <span className="label" key={scope}>
                  {scope}
                </span>
              ))}
            </span>,
            <bdi className="mut">{key.agent ? cut(key.agent.name) : "workspace"}</bdi>,
            <span className="mut">
              {key.revoked_nanos ? (
                "revoked"
              ) : key.last_used_nanos ? (
                <When nanos={key.last_used_nanos} />
              ) : (
                "never"
              )}
            </span>,
            !key.revoked_nanos && (
              <Button
                small
                tone="danger"
                onClick={() => setRevoking(key)}
                aria-label={`Revoke ${cut(key.name)}`}
              >
                Revoke
              </Button>
            ),
          ]}
          empty="No key was made yet. In open mode none is needed; make one before Clew listens elsewhere than on this machine."
        />
      )}
      <NewKeyDialog open={asking} onClose={() => setAsking(false)} onMade={setMade} />
      <Dialog
        open={revoking !== null}
        onOpenChange={(open) => !open && setRevoking(null)}
        title="Revoke this key?"
        className="ask"
      >
        <p>
          Whoever uses <b>{cut(revoking?.name ?? "")}</b> is refused from now on, pages that signed in with it
          too. It can't be taken back.
        </p>
        <div className="row acts">
          <Button onClick={() => setRevoking(null)}>Keep it</Button>
          <Button
            tone="danger"
            onClick={() => {
              if (revoking) revoke.mutate(revoking);
              setRevoking(null);
            }}
          >
            Revoke
          </Button>
        </div>
      </Dialog>
    </>
  );
}

/** The one time that a key is shown. */
function Secret({ made, onGone }: { made: MadeKey; onGone: () => void }) {
  return (
    <div className="setnote" role="status">
      <div className="row">
        <b>{cut(made.name)}</b> <span className="mut">made a moment ago</span>
      </div>
      <p className="mut">This is the only time the key is shown. Clew keeps a hash.</p>
      <div className="secret">
        <span className="cut grow" data-testid="secret">
          {made.key}
        </span>
        <Button small icon={CopyIcon} onClick={() => void copyText(made.key, "the key")}>
          Copy
        </Button>
      </div>
      <div className="row acts">
        <span className="grow" />
        <Link className="btn sm" to="/start">
          Set up a sender
        </Link>
        <Button small onClick={onGone}>
          I have it
        </Button>
      </div>
    </div>
  );
}

function NewKeyDialog({
  open,
  onClose,
  onMade,
}: {
  open: boolean;
  onClose: () => void;
  onMade: (made: MadeKey) => void;
}) {
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<string[]>(["ingest"]);
  const [agent, setAgent] = useState("");
  const make = useChange(
    () => send<MadeKey>("POST", "/keys", { name: name.trim(), scopes, agent: agent.trim() || null }),
    "keys",
    "audit",
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate(undefined, {
      onSuccess: (made) => {
        onMade(made);
        setName("");
        setAgent("");
        onClose();
      },
    });
  };
  const toggle = (scope: string) =>
    setScopes(scopes.includes(scope) ? scopes.filter((other) => other !== scope) : [...scopes, scope]);
  return (
    <Dialog open={open} onOpenChange={(next) => !next && onClose()} title="New key" className="ask">
      <form onSubmit={submit}>
        <Field label="Name" note="Who or what uses it; it stands in the audit log.">
          <input
            className="field"
            value={name}
            onChange={(event) => setName(event.target.value)}
            required
            maxLength={200}
            autoFocus
          />
        </Field>
        <fieldset className="setfield">
          <legend>May</legend>
          {SCOPES.map(({ scope, about }) => (
            <label className="check" key={scope}>
              <input type="checkbox" checked={scopes.includes(scope)} onChange={() => toggle(scope)} />
              <b>{scope}</b> <span className="mut">{about}</span>
            </label>
          ))}
        </fieldset>
        <Field
          label="Only for one agent"
          note="Name or id; left empty the key is for the whole workspace. A name that is new is registered."
        >
          <input
            className="field"
            value={agent}
            onChange={(event) => setAgent(event.target.value)}
            maxLength={200}
          />
        </Field>
        {make.isError && (
          <p className="err-t" role="alert">
            {make.error.message}
          </p>
        )}
        <div className="row acts">
          <Button onClick={onClose}>Cancel</Button>
          <Button
            tone="primary"
            type="submit"
            disabled={make.isPending || scopes.length === 0 || name.trim() === ""}
          >
            Make the key
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
