/** Where texts speak of media that stand beside them. */

/** What Langfuse's SDKs put in the place of media: `@@@langfuseMedia:type=...|id=...|source=...@@@`. */
export interface Mention {
  type: string;
  id: string;
}

const MENTION = /@@@langfuseMedia:([^@\n]{1,1000})@@@/g;

/** A text with what it says of media taken out; null where it says nothing of any. */
export function mentionsIn(text: string): (string | Mention)[] | null {
  if (!text.includes("@@@langfuseMedia:")) return null;
  const found: (string | Mention)[] = [];
  let end = 0;
  for (const match of text.matchAll(MENTION)) {
    const fields = new Map(
      match[1]!.split("|").map((field) => {
        const at = field.indexOf("=");
        return [field.slice(0, at), field.slice(at + 1)] as const;
      }),
    );
    const id = fields.get("id");
    if (!id) continue;
    if (match.index > end) found.push(text.slice(end, match.index));
    found.push({ type: fields.get("type") ?? "", id });
    end = match.index + match[0].length;
  }
  if (end === 0) return null;
  if (end < text.length) found.push(text.slice(end));
  return found;
}

/** The same in few words, for lines that show no chips. */
export function withoutMentions(text: string): string {
  const parts = mentionsIn(text);
  if (!parts) return text;
  return parts.map((part) => (typeof part === "string" ? part : `[${part.type || "media"}]`)).join("");
}
