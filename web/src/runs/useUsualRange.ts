/**
 * The range of a list whose address names none: all time, and the last day once the store is large. The answer is
 * remembered in this browser, so that a list never waits for it; a day without runs is never shown as an empty page.
 */

import { useCallback, useState } from "react";

const KEY = "clew.usual-range";
/** Runs from which on a day is enough to begin with. */
const LARGE = 5_000;

export interface UsualRange {
  usual: "24h" | "all";
  /** Told what came, it decides for the next time, and at once where a day is empty. */
  learn: (what: { usual: "24h" | "all"; runs: number }) => void;
}

function read(): "24h" | "all" {
  try {
    return localStorage.getItem(KEY) === "24h" ? "24h" : "all";
  } catch {
    return "all";
  }
}

function write(usual: "24h" | "all"): void {
  try {
    localStorage.setItem(KEY, usual);
  } catch {
    // It is found out again next time.
  }
}

export function useUsualRange(): UsualRange {
  const [usual, setUsual] = useState(read);
  const learn = useCallback(({ usual: asked, runs }: { usual: "24h" | "all"; runs: number }) => {
    if (asked === "all" && runs > LARGE) write("24h");
    if (asked === "24h" && runs === 0) {
      write("all");
      setUsual("all");
    }
  }, []);
  return { usual, learn };
}
