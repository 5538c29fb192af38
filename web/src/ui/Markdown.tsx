/**
 * Text of a sender as Markdown. Raw HTML stays text, links open in a new tab and only where they are http(s), images
 * are not fetched. The reader of Markdown comes with the first text that needs it; until then the text is plain.
 */

import { Component, lazy, type ReactNode, Suspense, useState } from "react";
import { exact } from "@/format";
import { Button } from "./button";

const MarkdownBody = lazy(() => import("./MarkdownBody"));

/** Longer texts are shown plain until asked: nobody reads them formatted, and reading them takes long. */
export const MARKDOWN_MAX_CHARS = 20_000;
/** Deeper quotes and lists than people write would exhaust the stack of any reader of Markdown. */
const NESTED = /^(?:[ \t]*(?:>|[-*+][ \t]|\d+[.)][ \t])){40}/m;
/** Signs that mean something in Markdown; text without them needs no reader. */
const MARKED = /[*_`#|>~[\]\\<&]|^\s*(?:[-+]|\d+[.)])\s|https?:|www\.|\n\s*\n|^\s*(?:---|===)/m;

export function Markdown({ text }: { text: string }) {
  const [wanted, setWanted] = useState(false);
  const plain = <PlainText text={text} />;
  if (!MARKED.test(text) || NESTED.test(text)) return plain;
  if (text.length > MARKDOWN_MAX_CHARS && !wanted) {
    return (
      <>
        <div className="mdlong">
          <span className="dim">Plain, because it has {exact(text.length)} characters</span>
          <Button small tone="ghost" onClick={() => setWanted(true)}>
            Show as Markdown
          </Button>
        </div>
        {plain}
      </>
    );
  }
  return (
    <Fallback plain={plain}>
      <Suspense fallback={plain}>
        <MarkdownBody text={text} />
      </Suspense>
    </Fallback>
  );
}

/** Text as it is, with its own lines. */
export function PlainText({ text }: { text: string }) {
  return (
    <div className="prose plain" dir="auto">
      {text}
    </div>
  );
}

/** What no reader of Markdown survives is shown plain. */
class Fallback extends Component<{ plain: ReactNode; children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };
  static getDerivedStateFromError() {
    return { failed: true };
  }
  override render() {
    return this.state.failed ? this.props.plain : this.props.children;
  }
}
