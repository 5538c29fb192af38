import type { CSSProperties } from "react";
import type { Category } from "@/trace/skeleton";
import { KIND_ICONS } from "./icons";

/** Colours of a kind as CSS variables, for whatever stands inside. */
export function kindColours(category: Category): CSSProperties {
  return {
    "--c": `var(--cat-${category})`,
    "--ct": `var(--cat-${category}-tint)`,
    "--cx": `var(--cat-${category}-text)`,
  } as CSSProperties;
}

/** The square with the icon of a kind. The title is the sender's own word where there is one. */
export function KindTile({
  category,
  kind,
  small = false,
}: {
  category: Category;
  kind?: string | null;
  small?: boolean;
}) {
  const Icon = KIND_ICONS[category];
  const title = kind && kind !== category ? `${category} (${kind})` : category;
  return (
    <span className={small ? "tile s" : "tile"} style={kindColours(category)} title={title}>
      <Icon size={small ? 12 : 13} strokeWidth={1.5} aria-hidden />
      <span className="vh">{title}</span>
    </span>
  );
}

/** A kind or an operation in words, with its icon. */
export function KindBadge({ category, text = category }: { category: Category; text?: string }) {
  const Icon = KIND_ICONS[category];
  return (
    <span className="badge" style={kindColours(category)}>
      <Icon size={12} strokeWidth={1.5} aria-hidden />
      {text}
    </span>
  );
}
