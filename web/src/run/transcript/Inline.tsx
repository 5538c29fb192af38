/** A text in a few lines: bold, code and list marks as people expect them, everything else as it came. */

import { Fragment, type ReactNode } from "react";
import { shownWords } from "./heights";
import { Hits } from "./Hits";

const MARKS = /(\*\*[^*\n]+\*\*|__[^_\n]+__|`[^`\n]+`|(?<![\w*])\*[^*\s](?:[^*\n]*[^*\s])?\*(?![\w*]))/;

/** Text as Markdown-light, for rows. */
export function Inline({ text, find }: { text: string; find: string }) {
  const lines = shownWords(text).split("\n");
  return lines.map((line, at) => (
    <Fragment key={at}>
      {at > 0 && "\n"}
      {marked(plainLine(line), find)}
    </Fragment>
  ));
}

/** List marks as bullets, headings without their signs. */
function plainLine(line: string): string {
  return line.replace(/^\s*[-*+]\s+/, "• ").replace(/^#{1,6}\s+/, "");
}

function marked(line: string, find: string): ReactNode[] {
  return line.split(MARKS).map((part, at) => {
    if (at % 2 === 0) return <Hits key={at} text={part} find={find} />;
    if (part.startsWith("`")) return <code key={at}>{part.slice(1, -1)}</code>;
    if (/^\*[^*]/.test(part)) {
      return (
        <em key={at}>
          <Hits text={part.slice(1, -1)} find={find} />
        </em>
      );
    }
    return (
      <b key={at}>
        <Hits text={part.slice(2, -2)} find={find} />
      </b>
    );
  });
}
