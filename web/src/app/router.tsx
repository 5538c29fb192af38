/** Which address shows which page. Pages are loaded when they are first opened. */

import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import { ErrorPage } from "./ErrorPage";
import { NotFoundPage } from "./NotFoundPage";
import { readSearch, writeSearch } from "./address";
import { Frame } from "./Frame";

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

function page<const Path extends string>(
  path: Path,
  load: () => Promise<Record<string, unknown>>,
  name: string,
) {
  return createRoute({
    getParentRoute: () => root,
    path,
    component: lazyRouteComponent(load as never, name as never),
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
