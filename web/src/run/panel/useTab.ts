/** The tab that is open: in the address, and remembered for each kind of span. */

import { useEffect, useRef } from "react";
import { useAddress } from "@/app/address";
import { prefer, usePreferences } from "@/app/preferences";
import type { Category } from "@/trace/skeleton";
import { firstTab, groupOf, type Tab, type TabName } from "./tabs";

/** The tab of the address; without one that this kind has, the tab last used with its like; else the first. */
export function useTab(
  kind: Category,
  tabs: readonly Tab[],
): [tab: TabName, choose: (tab: TabName) => void, showOnce: (tab: TabName) => void] {
  const { search, update } = useAddress();
  const remembered = usePreferences((state) => state.tabs);
  const group = groupOf(kind);
  const known = (name: string | undefined) => tabs.find((tab) => tab.name === name)?.name;
  const tab = known(search.tab) ?? known(remembered[group]) ?? firstTab(kind);

  // The reader went to another kind of span: a tab of the address that was chosen for the kind before goes.
  const before = useRef({ group, tab: search.tab });
  useEffect(() => {
    const { group: last, tab: chosen } = before.current;
    before.current = { group, tab: search.tab };
    if (last !== group && search.tab && search.tab === chosen) update({ tab: undefined }, "replace");
  }, [group, search.tab, update]);

  const show = (name: TabName) => {
    if (name !== tab) update({ tab: name }, "replace");
  };
  const choose = (name: TabName) => {
    prefer({ tabs: { ...remembered, [group]: name } });
    show(name);
  };
  return [tab, choose, show];
}
