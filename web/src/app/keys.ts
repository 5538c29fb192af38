/**
 * The keyboard: every key of the page is declared with `useKeys`, and that is what `?` and the palette list.
 * Letters do nothing while a field has the focus; of two declarations of a key the inner, later one wins.
 */

import { useEffect, useRef } from "react";

/** A key and what it does. */
export interface Key {
  /** `j`, `Shift+e`, `Mod+k` (⌘ or Ctrl), `Alt+y`, `ArrowDown`, `?`, `Escape`. */
  keys: string;
  /** What it does, as the list of keys says it. */
  label: string;
  /** Where it stands in the list: `Anywhere`, `List`, `Run`, `Moving in a run`, `Timeline and graph`, `Copy`. */
  group: string;
  run: (event: KeyboardEvent) => void;
  /** Works while a field has the focus too. */
  inFields?: boolean;
  /** The key is only ours while this holds; else the browser or an outer declaration has it. */
  when?: () => boolean;
  /** Left out of the list of keys. */
  hidden?: boolean;
}

const layers: { current: Key[] }[] = [];

/** Declares keys while the component is there. */
export function useKeys(keys: Key[]): void {
  const layer = useRef(keys);
  layer.current = keys;
  useEffect(() => {
    layers.push(layer);
    return () => {
      layers.splice(layers.indexOf(layer), 1);
    };
  }, []);
}

/** All declared keys, outer first, the inner one where two are the same. */
export function declaredKeys(): Key[] {
  const found = new Map<string, Key>();
  for (const layer of layers) for (const key of layer.current) found.set(key.keys, key);
  return [...found.values()];
}

/** `Shift+e` and so on, as `useKeys` writes it. */
export function pressed(event: KeyboardEvent): string {
  const parts: string[] = [];
  if (event.metaKey || event.ctrlKey) parts.push("Mod");
  if (event.altKey) parts.push("Alt");
  const letter = /^[a-z]$/i.test(event.key);
  if (event.shiftKey && (letter || event.key.length > 1)) parts.push("Shift");
  parts.push(letter ? event.key.toLowerCase() : event.key);
  return parts.join("+");
}

function inField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

/** A control that has the focus is pressed by Enter and Space itself. */
function pressesControl(event: KeyboardEvent): boolean {
  if (event.key !== "Enter" && event.key !== " ") return false;
  const target = event.composedPath()[0] ?? event.target;
  return target instanceof Element && target.closest("button, a[href], summary, [role=button]") !== null;
}

/** Listens; called once by the frame. */
export function listenToKeys(): () => void {
  const listener = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing || pressesControl(event)) return;
    const keys = pressed(event);
    const typing = inField(event.composedPath()[0] ?? event.target);
    // A dialog or a menu that is open has the keyboard to itself.
    const modal =
      document.querySelector(
        "[data-base-ui-focus-guard], [role=dialog][data-open], [role=menu][data-open]",
      ) !== null;
    for (const layer of layers.toReversed()) {
      const key = layer.current.find((known) => known.keys === keys && (known.when?.() ?? true));
      if (!key || ((typing || modal) && !key.inFields)) continue;
      event.preventDefault();
      key.run(event);
      return;
    }
  };
  window.addEventListener("keydown", listener);
  return () => window.removeEventListener("keydown", listener);
}

const PRINTED: Record<string, string> = {
  Mod: /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? "") ? "⌘" : "Ctrl",
  Shift: "⇧",
  Alt: "⌥",
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  Escape: "Esc",
  " ": "Space",
};

/** The parts of a key as they are printed. */
export function printed(keys: string): string[] {
  if (keys === "+") return ["+"];
  return keys.split("+").map((part) => PRINTED[part] ?? (part.length === 1 ? part.toUpperCase() : part));
}
