/** What stands around every page: menu, bands about the server, palette, list of keys. */

import { Outlet, useLocation } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { Announcer } from "./announce";
import { useKeys, listenToKeys } from "./keys";
import { Nav, TabBar } from "./Nav";
import { prefer, usePreferences } from "./preferences";
import { ServerBands } from "./ServerBands";
import { useReconnect, useServer, useSession } from "./session";
import { SignInPage } from "./SignIn";
import { setTheme, useTheme } from "./theme";
import { Palette } from "@/palette/Palette";

/** Pages that need the width: the menu is a rail there. */
const WIDE = /^\/(runs|sessions)\/./;

export function Frame() {
  const { pathname, search } = useLocation();
  const folded = usePreferences((state) => state.rail);
  useEffect(listenToKeys, []);
  useReconnect();
  useKeys([
    {
      keys: "\\",
      label: "Wide or narrow menu",
      group: "Anywhere",
      run: () => prefer({ rail: !usePreferences.getState().rail }),
    },
    {
      keys: "Shift+d",
      label: "Light or dark",
      group: "Anywhere",
      run: () => setTheme(useTheme.getState().drawn === "dark" ? "light" : "dark"),
    },
  ]);
  const session = useSession();
  const refused = useServer((state) => state.refused);
  const seen = useRef(false);
  if (session.data?.workspace != null) seen.current = true;
  // Under a page that was open the key may end: it stays, with the form in a band.
  if (session.data && session.data.workspace === null && (!seen.current || refused === null))
    return <SignInPage />;
  const rail = folded || WIDE.test(pathname) || (search as { run?: string }).run !== undefined;
  return (
    <div className={rail ? "app rail" : "app"}>
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <Nav />
      <main className="main" id="main" tabIndex={-1}>
        <ServerBands />
        {/* Nothing is asked for before it is known whether a key is needed. */}
        {(session.data || session.isError) && <Outlet />}
        <TabBar />
      </main>
      <Palette />
      <Announcer />
    </div>
  );
}
