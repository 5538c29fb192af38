/** Who is asking, and whether the server answers: drives sign-in and the bands over the page. */

import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { create } from "zustand";
import { type ApiError, get, onAnswer, send } from "@/api/client";
import type { SessionState } from "@/api/schema";
import { sentence } from "@/format";

/** Between two tries to reach a server that went away. */
export const RETRY_SECONDS = 5;

interface ServerState {
  /** Milliseconds since 1970 when the server was first found away; null while it answers. */
  goneSince: number | null;
  /** Why the key was refused while the page was open, in the server's words; null while it is good. */
  refused: string | null;
}

export const useServer = create<ServerState>(() => ({ goneSince: null, refused: null }));

onAnswer((error: ApiError | null) => {
  const state = useServer.getState();
  if (error?.gone) {
    if (state.goneSince === null) useServer.setState({ goneSince: Date.now() });
  } else if (error?.unauthenticated) {
    useServer.setState({ goneSince: null, refused: sentence(error.message) });
  } else if (state.goneSince !== null) {
    useServer.setState({ goneSince: null });
  }
});

/** What asks for the session; the first thing that the page asks for, before anything is drawn. */
export const SESSION = queryOptions({
  queryKey: ["session"],
  queryFn: ({ signal }) => get<SessionState>("/session", {}, signal),
  staleTime: 60_000,
});

/** The state of the session. `workspace: null` means that nobody is signed in. */
export function useSession() {
  return useQuery(SESSION);
}

/** Asks again every few seconds while the server is away, and reads everything anew when it is back. */
export function useReconnect(): void {
  const goneSince = useServer((state) => state.goneSince);
  const client = useQueryClient();
  useEffect(() => {
    if (goneSince === null) return;
    const timer = setInterval(() => {
      get("/session").then(
        () => client.invalidateQueries(),
        () => undefined,
      );
    }, RETRY_SECONDS * 1000);
    return () => clearInterval(timer);
  }, [goneSince, client]);
}

/** Signs in with a key; the cookie that comes back is out of reach for scripts. */
export async function signIn(key: string): Promise<SessionState> {
  const session = await send<SessionState>("POST", "/session", { key });
  useServer.setState({ refused: null });
  return session;
}

/** Ends this session, or every session of the same key. */
export async function signOut(everywhere: boolean): Promise<void> {
  await send("DELETE", "/session", undefined, everywhere ? { everywhere: true } : undefined);
}

/** May the reader do what asks for this scope? */
export function may(session: SessionState | undefined, scope: "ingest" | "read" | "admin"): boolean {
  if (!session) return false;
  return session.open || (session.scopes ?? []).includes(scope);
}
