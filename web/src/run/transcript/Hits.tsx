/** Text with what was searched for marked in it. */

/** Marked at most so often in one text. */
const HITS_MAX = 50;

export function Hits({ text, find }: { text: string; find: string }) {
  const words = find.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0 || text === "") return text;
  const pattern = new RegExp(
    words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|"),
    "gi",
  );
  const parts: React.ReactNode[] = [];
  let from = 0;
  for (const hit of text.matchAll(pattern)) {
    if (parts.length > HITS_MAX * 2) break;
    parts.push(text.slice(from, hit.index), <mark key={hit.index}>{hit[0]}</mark>);
    from = hit.index + hit[0].length;
  }
  return parts.length === 0 ? text : [...parts, text.slice(from)];
}
