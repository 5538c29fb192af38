/** The tab that is open: in the address, and remembered for each kind of span. */

import { useEffect, useRef } from "react";
import { useAddress } from "@/app/address";
import { prefer, usePreferences } from "@/app/preferences";
import type { Category } from "@/trace/skeleton";
import { firstTab, groupOf, type Tab, type TabName } from "./tabs";

/** The address has a tab only where it is not the first one; a kind without that tab shows its first. */
export function useTab(kind: Category, tabs: readonly Tab[]): [TabName, (tab: TabName) => void] {
  const { search, update } = useAddress();
  const remembered = usePreferences((state) => state.tabs);
  const first = firstTab(kind);
  const group = groupOf(kind);
  const has = (name: string | undefined): name is TabName => tabs.some((tab) => tab.name === name);
  const tab = has(search.tab) ? search.tab : first;

  // Another kind of span: the tab that was last used with its like.
  const before = useRef(group);
  useEffect(() => {
    if (before.current === group) return;
    before.current = group;
    const wanted = remembered[group];
    const next = has(wanted) && wanted !== first ? wanted : undefined;
    if (next !== search.tab) update({ tab: next }, "replace");
  });

  const choose = (name: TabName) => {
    prefer({ tabs: { ...remembered, [group]: name } });
    if (name !== tab) update({ tab: name === first ? undefined : name }, "replace");
  };
  return [tab, choose];
}
