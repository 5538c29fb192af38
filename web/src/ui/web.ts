/** Addresses that came from a sender. */

/** It leads to the web (http or https), and to nothing else that a browser would run. */
export function isWebAddress(text: string): boolean {
  try {
    const { protocol } = new URL(text);
    return protocol === "http:" || protocol === "https:";
  } catch {
    return false;
  }
}

/** What every link out of the page has: a tab of its own that knows nothing of this one. */
export const OUTSIDE = { target: "_blank", rel: "noopener noreferrer" } as const;
