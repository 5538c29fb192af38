/** What the parts of a payload are given. */

import type { Skeleton } from "@/trace/skeleton";
import { isGrowing } from "../store";
import type { Detail } from "./detail";

export interface PayloadProps {
  run: Skeleton;
  span: number;
  detail: Detail;
  onTab: (tab: "tools") => void;
}

/** What is said where an open span has no result yet. */
export function openWord(run: Skeleton): string {
  return isGrowing(run) ? "Still running" : "It never ended, so nothing came of it";
}
