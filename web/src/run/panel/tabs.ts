/** The tabs of a span by its kind, with what each counts. */

import type { Category } from "@/trace/skeleton";
import type { Detail } from "./detail";

export type TabName = "messages" | "main" | "changes" | "tools" | "attributes" | "events" | "raw";

export interface Tab {
  name: TabName;
  label: string;
  /** "14", "+3"; "" where nothing is counted or nothing is known yet. */
  count: string;
}

/** Kinds that share a remembered tab. */
export function groupOf(category: Category): string {
  if (category === "llm" || category === "tool") return category;
  return "other";
}

/** The first tab of a kind has its payload. */
export function firstTab(category: Category): TabName {
  return category === "llm" ? "messages" : "main";
}

export function tabsOf(category: Category, detail: Detail | null): Tab[] {
  const some = (amount: number | undefined) => (amount ? String(amount) : "");
  const content = detail?.content;
  const tabs: Tab[] = [];
  if (category === "llm") {
    const messages = (content?.input_messages.length ?? 0) + (content?.output_messages.length ?? 0);
    tabs.push({ name: "messages", label: "Messages", count: some(messages) });
    tabs.push({ name: "changes", label: "Changes", count: changed(detail) });
  } else {
    tabs.push({
      name: "main",
      label: mainLabel(category),
      count: some(content?.retrieval?.documents.length),
    });
  }
  if (category === "llm" || (content?.tool_definitions.length ?? 0) > 0)
    tabs.push({ name: "tools", label: "Tools", count: some(content?.tool_definitions.length) });
  tabs.push({
    name: "attributes",
    label: "Attributes",
    count: some(detail ? Object.keys(detail.attributes).length : 0),
  });
  tabs.push({
    name: "events",
    label: "Events",
    count: some((detail?.events.length ?? 0) + (detail?.links.length ?? 0)),
  });
  tabs.push({ name: "raw", label: "Raw", count: "" });
  return tabs;
}

/** "+3" new messages; "±3" where earlier ones went or changed. */
function changed(detail: Detail | null): string {
  const difference = detail?.difference;
  if (!difference) return "";
  if (difference.removed > 0) return `±${Math.max(difference.added.length, difference.removed)}`;
  return difference.added.length > 0 ? `+${difference.added.length}` : "";
}

function mainLabel(category: Category): string {
  switch (category) {
    case "tool":
      return "Call and result";
    case "retrieval":
    case "reranker":
    case "memory":
      return "Query and documents";
    case "guardrail":
    case "evaluator":
      return "Check and verdict";
    case "embedding":
      return "Texts";
    default:
      return "Input and output";
  }
}
