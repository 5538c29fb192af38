/** "Send your first trace": what to set for the tracer that is there already, with the real address and key. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { get, send } from "@/api/client";
import { follow } from "@/api/live";
import type { Info, MadeKey, RequestList } from "@/api/schema";
import { announce } from "@/app/announce";
import { may, useSession } from "@/app/session";
import { RequestTable } from "@/settings/RequestTable";
import { Button } from "@/ui/button";
import { copyText } from "@/ui/copy";
import { CopyIcon, PlayIcon, RunsIcon } from "@/ui/icons";
import { GUIDES, type Place } from "./guides";
import { sendTestTrace } from "./testTrace";

/** Requests that are shown below; the rest is on the settings' page. */
const REQUESTS_SHOWN = 6;
const REQUESTS_EVERY_MS = 2_000;

export function StartPage() {
  const [chosen, setChosen] = useState(GUIDES[0]!.id);
  const [key, setKey] = useState<string | null>(null);
  const session = useSession();
  const info = useQuery({ queryKey: ["info"], queryFn: ({ signal }) => get<Info>("/info", {}, signal) });
  const guide = GUIDES.find((known) => known.id === chosen)!;
  const open = session.data?.open ?? true;
  const place: Place = {
    http: location.origin,
    grpc: info.data?.addresses.otlp_grpc ?? null,
    key: open ? null : (key ?? "YOUR_KEY"),
  };
  return (
    <>
      <div className="bar">
        <h1>Send your first trace</h1>
      </div>
      <div className="first">
        <div className="in">
          <div className="col-span-full">
            <h2>Send your first trace</h2>
            <p className="lead">
              Pick what already traces your agent. The address below is this Clew's own
              {open ? "; in open mode it asks for no key" : ""}, so you can paste the lines as they are.
            </p>
          </div>
          <div className="src" role="tablist" aria-label="Senders" aria-orientation="vertical">
            {GUIDES.map(({ id, name }) => (
              <button
                key={id}
                type="button"
                role="tab"
                id={`guide-${id}`}
                aria-selected={id === chosen}
                aria-controls="guide"
                onClick={() => setChosen(id)}
              >
                {name}
              </button>
            ))}
          </div>
          <div className="min-w-0" role="tabpanel" id="guide" aria-labelledby={`guide-${chosen}`}>
            {!open && <KeyRow made={key} onMade={setKey} canMake={may(session.data, "admin")} />}
            {guide.blocks(place).map((block) => (
              <CodeBox key={block.title} title={block.title} code={block.code} />
            ))}
            {guide.note && <p className="guide-note">{guide.note}</p>}
            <Waiting />
            <Arrived />
          </div>
        </div>
      </div>
    </>
  );
}

/** Lines to copy. */
export function CodeBox({ title, code }: { title: string; code: string }) {
  return (
    <div className="codebox">
      <header>
        <span>{title}</span>
        <span className="grow" />
        <Button small icon={CopyIcon} onClick={() => void copyText(code, "the lines")}>
          Copy
        </Button>
      </header>
      <pre className="code" tabIndex={0} aria-label={title}>
        {code}
      </pre>
    </div>
  );
}

/** Where Clew wants keys: makes one that may only send, and puts it into the lines. */
function KeyRow({
  made,
  onMade,
  canMake,
}: {
  made: string | null;
  onMade: (key: string) => void;
  canMake: boolean;
}) {
  const queries = useQueryClient();
  const make = async () => {
    const answer = await send<MadeKey>("POST", "/keys", { name: "first trace", scopes: ["ingest"] });
    onMade(answer.key);
    await queries.invalidateQueries({ queryKey: ["keys"] });
  };
  if (made) {
    return (
      <p className="guide-note">
        A key that may only send was made and stands in the lines. It is shown now and never again;{" "}
        <code className="mono">{made}</code>
      </p>
    );
  }
  return (
    <div className="row guide-note">
      <span>This Clew asks senders for a key with the scope “ingest”.</span>
      {canMake ? (
        <Button small onClick={() => make().catch((error: Error) => announce(error.message))}>
          Make one and put it in
        </Button>
      ) : (
        <span className="dim">
          Ask who runs this Clew for one, or run “clew keys create --name first --scopes ingest”.
        </span>
      )}
    </div>
  );
}

/** Leads to the run when one comes, and can send one itself. */
function Waiting() {
  const navigate = useNavigate();
  const [came, setCame] = useState<string | null>(null);
  useEffect(
    () =>
      follow(
        "/live",
        {},
        {
          onEvent: (name, data) => {
            if (name === "trace") setCame((data as { trace: { trace_id: string } }).trace.trace_id);
          },
        },
      ),
    [],
  );
  const test = async () => {
    const traceId = await sendTestTrace(Date.now());
    await navigate({ to: "/runs/$traceId", params: { traceId } });
  };
  return (
    <div className="row guide-wait">
      <span className="pulse" />
      {came ? (
        <>
          <span>A run arrived</span>
          <Button
            small
            tone="primary"
            icon={RunsIcon}
            onClick={() => void navigate({ to: "/runs/$traceId", params: { traceId: came } })}
          >
            Open it
          </Button>
        </>
      ) : (
        <span role="status">
          Waiting for a span <span className="dim no-phone">this line leads to it when it comes</span>
        </span>
      )}
      <span className="grow" />
      <Button icon={PlayIcon} onClick={() => test().catch((error: Error) => announce(error.message))}>
        Send a test trace
      </Button>
      <Button
        icon={CopyIcon}
        className="no-phone"
        onClick={() => void copyText("clew demo", "the command; run it beside the server")}
      >
        clew demo
      </Button>
    </div>
  );
}

/** The last requests of senders, and why any was refused. */
function Arrived() {
  const requests = useQuery({
    queryKey: ["requests"],
    queryFn: ({ signal }) => get<RequestList>("/requests", {}, signal),
    refetchInterval: REQUESTS_EVERY_MS,
    retry: false,
  });
  if (!requests.data) return null;
  const { requests: entries } = requests.data;
  const refused = entries.filter((entry) => entry.status >= 400 || entry.rejected > 0).length;
  return (
    <section aria-label="What arrived so far">
      <div className="row guide-arrived">
        <h3 className="strong">What arrived so far</h3>
        <span className="dim">
          {entries.length === 0
            ? "no request yet"
            : `${entries.length} requests${refused > 0 ? `, ${refused} refused` : ""}`}
        </span>
      </div>
      {entries.length > 0 && <RequestTable entries={entries.slice(0, REQUESTS_SHOWN)} />}
      <p className="guide-note">
        An agent's span has <code className="mono">gen_ai.operation.name</code> or a span kind that Clew
        knows. Others are kept and shown as “other”.
      </p>
    </section>
  );
}
