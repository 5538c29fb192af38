/** Which address shows which page. Pages are loaded when they are first opened. */

import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import { get } from "@/api/client";
import { ErrorPage } from "./ErrorPage";
import { NotFoundPage } from "./NotFoundPage";
import { readSearch, writeSearch } from "./address";
import { Frame } from "./Frame";
import { useServer } from "./session";

const root = createRootRoute({
  component: Frame,
  validateSearch: readSearch,
  notFoundComponent: NotFoundPage,
});

const index = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/runs" });
  },
});

/**
 * The code of a page. Is Clew away, the page that is open stays until it is back; is it there and has not got the code,
 * it has another version, and the router loads the page anew.
 */
async function codeOf(load: () => Promise<Record<string, unknown>>): Promise<Record<string, unknown>> {
  try {
    return await load();
  } catch (error) {
    try {
      await get("/session");
    } catch {
      await untilBack();
      return codeOf(load);
    }
    throw error;
  }
}

/** Resolves when Clew answers again. */
function untilBack(): Promise<void> {
  return new Promise((resolve) => {
    const stop = useServer.subscribe(({ goneSince }) => {
      if (goneSince !== null) return;
      stop();
      resolve();
    });
  });
}

function page<const Path extends string>(
  path: Path,
  load: () => Promise<Record<string, unknown>>,
  name: string,
) {
  return createRoute({
    getParentRoute: () => root,
    path,
    component: lazyRouteComponent((() => codeOf(load)) as never, name as never),
  });
}

const lists = () => import("@/runs/lists");

const tree = root.addChildren([
  index,
  page("/overview", () => import("@/overview/OverviewPage"), "OverviewPage"),
  page("/runs", lists, "RunsPage"),
  page("/runs/$traceId", () => import("@/run/RunPage"), "RunPage"),
  page("/spans", lists, "SpansPage"),
  page("/sessions", lists, "SessionsPage"),
  page("/sessions/$sessionId", () => import("@/sessions/SessionPage"), "SessionPage"),
  page("/users", () => import("@/users/UsersPage"), "UsersPage"),
  page("/users/$userId", () => import("@/users/UserPage"), "UserPage"),
  page("/agents", () => import("@/agents/AgentsPage"), "AgentsPage"),
  page("/agents/$agent", () => import("@/agents/AgentPage"), "AgentPage"),
  page("/settings", () => import("@/settings/SettingsPage"), "SettingsPage"),
  page("/settings/$section", () => import("@/settings/SettingsPage"), "SettingsPage"),
  page("/start", () => import("@/start/StartPage"), "StartPage"),
]);

export const router = createRouter({
  routeTree: tree,
  basepath: "/ui",
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: writeSearch,
  scrollRestoration: true,
  defaultPreload: "intent",
  defaultErrorComponent: ErrorPage,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
