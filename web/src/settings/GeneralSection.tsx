/** How the page looks here, who is signed in, and what answers. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { get } from "@/api/client";
import type { Info } from "@/api/schema";
import { announce } from "@/app/announce";
import { signOut, useSession } from "@/app/session";
import { setTheme, type Theme, useTheme } from "@/app/theme";
import { bytes, cut } from "@/format";
import { Button } from "@/ui/button";
import { When } from "@/ui/values";
import { Heading } from "./Section";

const THEMES: { theme: Theme; name: string }[] = [
  { theme: "system", name: "As the system" },
  { theme: "light", name: "Light" },
  { theme: "dark", name: "Dark" },
];

export function GeneralSection() {
  const chosen = useTheme((state) => state.chosen);
  const session = useSession();
  const queries = useQueryClient();
  const info = useQuery({ queryKey: ["info"], queryFn: ({ signal }) => get<Info>("/info", {}, signal) });
  const leave = (everywhere: boolean) =>
    signOut(everywhere)
      .then(() => queries.resetQueries())
      .catch((error: Error) => announce(error.message));
  return (
    <>
      <Heading title="Appearance" />
      <div className="seg set-seg" role="radiogroup" aria-label="Colours">
        {THEMES.map(({ theme, name }) => (
          <button
            key={theme}
            type="button"
            role="radio"
            aria-checked={theme === chosen}
            onClick={() => setTheme(theme)}
          >
            {name}
          </button>
        ))}
      </div>
      <Heading title="You" />
      {session.data?.open ? (
        <p className="lead">
          Open mode: whoever reaches this address on this machine reads and writes everything. Start Clew with{" "}
          <code className="mono">--open false</code> and make a key to change that.
        </p>
      ) : (
        <>
          <p className="lead">
            Signed in with <bdi>{cut(session.data?.by ?? "a key")}</bdi> for the workspace{" "}
            <bdi>{cut(session.data?.workspace ?? "")}</bdi>; it may {(session.data?.scopes ?? []).join(", ")}.
          </p>
          <div className="row">
            <Button onClick={() => void leave(false)}>Sign out</Button>
            <Button onClick={() => void leave(true)}>Sign out everywhere</Button>
          </div>
        </>
      )}
      <Heading title="This Clew" />
      {info.data && (
        <dl className="setfacts">
          <dt>Version</dt>
          <dd>{info.data.version}</dd>
          <dt>Started</dt>
          <dd>
            <When nanos={info.data.started_nanos} />
          </dd>
          <dt>Everything</dt>
          <dd className="mono">{info.data.addresses.http}</dd>
          <dt>OTLP over HTTP</dt>
          <dd className="mono">{info.data.addresses.otlp_http ?? "off"}</dd>
          <dt>OTLP over gRPC</dt>
          <dd className="mono">{info.data.addresses.otlp_grpc ?? "off"}</dd>
          {info.data.data_bytes !== null && (
            <>
              <dt>Data folder</dt>
              <dd>{bytes(info.data.data_bytes)}</dd>
            </>
          )}
        </dl>
      )}
    </>
  );
}
