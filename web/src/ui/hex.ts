/** Colours of the style sheet as six digits: minified style sheets say `#fff`, to which no alpha can be appended. */

/** `#fff` as `#ffffff`, `#fff8` as `#ffffff88`; everything else as it is. */
export function longHex(colour: string): string {
  const text = colour.trim();
  if (!/^#([0-9a-f]{3}|[0-9a-f]{4})$/i.test(text)) return text;
  return `#${Array.from(text.slice(1), (digit) => digit + digit).join("")}`;
}
