/** The three lists: runs, their steps, and the conversations they belong to. */

export { RunsPage } from "./RunsPage";
export { SessionsPage } from "./SessionsPage";
export { SpansPage } from "./SpansPage";
