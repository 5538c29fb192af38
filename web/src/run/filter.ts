/** Values in the filter language. */

/** A text as a value, whatever is in it. */
export function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
