/** The views' names, icons and keys. */

import type { LucideIcon } from "lucide-react";
import { GraphIcon, TimelineIcon, TranscriptIcon, TreeIcon } from "@/ui/icons";
import type { View } from "./store";

export const VIEW_WORDS: Record<View, { label: string; icon: LucideIcon; key: string }> = {
  transcript: { label: "Transcript", icon: TranscriptIcon, key: "t" },
  tree: { label: "Tree", icon: TreeIcon, key: "r" },
  timeline: { label: "Timeline", icon: TimelineIcon, key: "l" },
  graph: { label: "Graph", icon: GraphIcon, key: "g" },
};
