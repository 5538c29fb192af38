/** What can be taken from a span, and where one can go from it. */

import { useNavigate } from "@tanstack/react-router";
import { address } from "@/api/client";
import { useAddress } from "@/app/address";
import { category, displayName, type Skeleton, spanId } from "@/trace/skeleton";
import { IconButton } from "@/ui/button";
import { copyText } from "@/ui/copy";
import { Menu, type MenuItem } from "@/ui/floating";
import { CopyIcon, ExportIcon, FilterIcon, MoreIcon, ParentIcon, SearchIcon, SessionIcon } from "@/ui/icons";
import { copyLink } from "../actions";
import { useRunStore } from "../store";
import { quoted } from "./attributes";
import type { Detail, Json, Part } from "./detail";

interface Props {
  run: Skeleton;
  span: number;
  detail: Detail | null;
}

export function CopyMenu({ run, span, detail }: Props) {
  const store = useRunStore();
  const { search } = useAddress();
  const texts = detail ? copies(detail) : [];
  const items: (MenuItem | null)[] = [
    ...texts.map(([label, text]) => ({ label: `Copy ${label}`, onSelect: () => void copyText(text, label) })),
    ...(texts.length > 0 ? [null] : []),
    {
      label: "Copy the span as JSON",
      disabled: !detail,
      onSelect: () => void copyText(JSON.stringify(detail, null, 2), "span as JSON"),
    },
    { label: "Copy span id", keys: ["⇧", "Y"], onSelect: () => void copyText(spanId(run, span), "span id") },
    { label: "Copy link to this view", keys: ["Y"], onSelect: () => copyLink(store, search) },
  ];
  return <Menu trigger={<IconButton icon={CopyIcon} label="Copy" className="sm no-phone" />} items={items} />;
}

export function MoreMenu({ run, span, detail, onFind }: Props & { onFind: () => void }) {
  const store = useRunStore();
  const navigate = useNavigate();
  const name = displayName(run, span);
  const same = sameFilter(run, span);
  const parent = run.parent[span]!;
  const session = run.strings[run.sessionId[span]!] || run.trace.session_id;
  const path = `/traces/${encodeURIComponent(run.trace.trace_id)}/spans/${spanId(run, span)}`;
  const items: (MenuItem | null)[] = [
    { label: "Find in span", icon: SearchIcon, keys: ["⌘", "F"], onSelect: onFind },
    {
      label: "Go to the parent",
      icon: ParentIcon,
      keys: ["P"],
      disabled: parent < 0,
      onSelect: () => store.getState().goTo(parent),
    },
    null,
    {
      label: `Runs with ${name.slice(0, 40)}`,
      icon: FilterIcon,
      onSelect: () => void navigate({ to: "/runs", search: { q: same } as never }),
    },
    {
      label: "Open the session",
      icon: SessionIcon,
      disabled: !session,
      onSelect: () => void navigate({ to: "/sessions/$sessionId", params: { sessionId: session! } as never }),
    },
    null,
    {
      label: "Save the span as JSON",
      icon: ExportIcon,
      disabled: !detail,
      onSelect: () => save(address(path), `${spanId(run, span)}.json`),
    },
    {
      label: "Copy as curl",
      icon: CopyIcon,
      onSelect: () => void copyText(`curl '${location.origin}${address(path)}'`, "command"),
    },
  ];
  return <Menu trigger={<IconButton icon={MoreIcon} label="More" className="sm" />} items={items} />;
}

/** Runs that have such a step. */
function sameFilter(run: Skeleton, span: number): string {
  const kind = category(run, span);
  const tool = run.strings[run.toolName[span]!];
  const model = run.strings[run.model[span]!];
  const agent = run.strings[run.agentName[span]!];
  if (kind === "tool" && tool) return `tool=${quoted(tool)}`;
  if (kind === "llm" && model) return `model=${quoted(model)}`;
  if (kind === "agent" && agent) return `agent=${quoted(agent)}`;
  return `has span(name=${quoted(run.strings[run.name[span]!] ?? "")})`;
}

/** The texts of a span that people take elsewhere, with their names. */
export function copies({ content }: Detail): [string, string][] {
  const found: [string, string][] = [];
  const add = (label: string, value: Json | undefined) => {
    if (value === null || value === undefined || value === "") return;
    found.push([label, typeof value === "string" ? value : JSON.stringify(value, null, 2)]);
  };
  if (content.tool) {
    add("arguments", content.tool.arguments);
    add("result", content.tool.result);
    return found;
  }
  add("answer", textOf(content.output_messages.flatMap((message) => message.parts)));
  const last = content.input_messages.findLast((message) => message.role === "user");
  add("last user message", textOf(last?.parts ?? []));
  if (content.input_messages.length > 0) add("messages as JSON", content.input_messages as unknown as Json);
  add("input", content.input);
  add("output", content.output);
  return found;
}

function textOf(parts: readonly Part[]): string {
  return parts
    .map((part) => (part.type === "text" ? (part.content ?? "") : ""))
    .join("\n")
    .trim();
}

function save(href: string, name: string): void {
  const link = document.createElement("a");
  link.href = href;
  link.download = name;
  link.click();
}
