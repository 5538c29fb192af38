/** What the palette can do, as a list that words narrow down. */

import type { LucideIcon } from "lucide-react";

/** One line of the palette. */
export interface Command {
  /** Heading that it stands under. */
  group: string;
  label: string;
  /** What it is, in the lighter words after the label. */
  about?: string;
  icon?: LucideIcon;
  /** Keys as `useKeys` writes them. */
  keys?: string;
  run: () => void;
}

/** Shown of one group before the rest is asked for by more words. */
export const SHOWN_OF_A_GROUP = 8;

/**
 * Those that hold every word, in label or about; a label that begins with the words comes first. Groups keep their
 * order; of each group at most `SHOWN_OF_A_GROUP` are given, `only` names a group that is given whole.
 */
export function narrow(
  commands: Command[],
  text: string,
  only: string | null = null,
): { shown: Command[]; total: number } {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const matching = commands.filter((command) => {
    if (only !== null && command.group !== only) return false;
    const where = `${command.label} ${command.about ?? ""}`.toLowerCase();
    return words.every((word) => where.includes(word));
  });
  const first = (command: Command) =>
    words.length > 0 && command.label.toLowerCase().startsWith(words[0]!) ? 0 : 1;
  const groups = [...new Set(matching.map((command) => command.group))];
  const shown = groups.flatMap((group) => {
    const ofGroup = matching
      .filter((command) => command.group === group)
      .sort((left, right) => first(left) - first(right));
    return only === null ? ofGroup.slice(0, SHOWN_OF_A_GROUP) : ofGroup;
  });
  return { shown, total: matching.length };
}
