/** The colours of tokens.css for canvases, read once for each theme. */

import { CATEGORIES } from "@/trace/skeleton";
import { longHex } from "@/ui/hex";

const NAMES = {
  bg: "--bg",
  sunken: "--bg-sunken",
  active: "--bg-active",
  line: "--line",
  lineFaint: "--line-faint",
  lineStrong: "--line-strong",
  text: "--text",
  text2: "--text-2",
  text3: "--text-3",
  off: "--text-off",
  accent: "--accent",
  accentText: "--accent-text",
  agentTint: "--cat-agent-tint",
  error: "--st-error",
  errorText: "--st-error-text",
  warn: "--st-warn",
  warnTint: "--st-warn-tint",
  live: "--st-live",
  liveText: "--st-live-text",
} as const;

export type Colours = Record<keyof typeof NAMES, string> & {
  /** By category number. */
  kinds: string[];
  tints: string[];
  /** heat-0 (none) to heat-5. */
  heat: string[];
  font: string;
};

const KNOWN = new Map<string, Colours>();

/** The colours of a theme, which must be the one that is drawn at the moment when it is first asked for. */
export function coloursOf(theme: "light" | "dark"): Colours {
  let known = KNOWN.get(theme);
  if (!known) {
    const style = getComputedStyle(document.documentElement);
    const read = (name: string) => longHex(style.getPropertyValue(name));
    const named = Object.fromEntries(Object.entries(NAMES).map(([key, name]) => [key, read(name)]));
    known = {
      ...(named as Record<keyof typeof NAMES, string>),
      kinds: CATEGORIES.map((name) => read(`--cat-${name}`)),
      tints: CATEGORIES.map((name) => read(`--cat-${name}-tint`)),
      heat: [0, 1, 2, 3, 4, 5].map((step) => read(`--heat-${step}`)),
      font: read("--font-ui"),
    };
    KNOWN.set(theme, known);
  }
  return known;
}
