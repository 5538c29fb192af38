/**
 * CodeMirror, in a chunk of its own. It lives in a shadow root: there its styles are adopted sheets, which the
 * page's strict policy allows; in the page it would add a style element, which it does not.
 */

import { json } from "@codemirror/lang-json";
import {
  bracketMatching,
  codeFolding,
  foldGutter,
  foldKeymap,
  HighlightStyle,
  syntaxHighlighting,
} from "@codemirror/language";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension } from "@codemirror/state";
import { EditorView, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useRef } from "react";

const look = EditorView.theme({
  "&": {
    fontSize: "12px",
    color: "var(--text)",
    backgroundColor: "transparent",
    maxHeight: "inherit",
    height: "100%",
  },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--font-mono)", lineHeight: "1.55", overflow: "auto" },
  ".cm-content": { padding: "8px 0", caretColor: "transparent" },
  ".cm-content:focus-visible": { outline: "none" },
  ".cm-gutters": { backgroundColor: "transparent", border: "none", color: "var(--text-3)" },
  ".cm-lineNumbers .cm-gutterElement": { padding: "0 4px 0 10px", minWidth: "28px" },
  ".cm-foldGutter .cm-gutterElement": { cursor: "pointer", padding: "0 4px" },
  ".cm-foldPlaceholder": {
    background: "var(--bg-active)",
    border: "none",
    color: "var(--text-2)",
    padding: "0 6px",
    borderRadius: "3px",
  },
  ".cm-selectionBackground, &.cm-focused .cm-selectionBackground": {
    background: "var(--accent-line) !important",
  },
  ".cm-searchMatch": { backgroundColor: "var(--mark)", color: "var(--text)" },
  ".cm-searchMatch-selected": { backgroundColor: "var(--mark)", outline: "2px solid var(--focus)" },
  ".cm-selectionMatch": { backgroundColor: "var(--bg-active)" },
  ".cm-matchingBracket": { backgroundColor: "var(--bg-active)", outline: "none" },
  ".cm-panels": { backgroundColor: "var(--bg-sunken)", color: "var(--text)", borderColor: "var(--line)" },
  ".cm-panels.cm-panels-top": { borderBottom: "1px solid var(--line)" },
  ".cm-panel.cm-search": { fontFamily: "var(--font-ui)", fontSize: "12px", padding: "6px 28px 6px 8px" },
  ".cm-panel.cm-search label": { fontSize: "12px", color: "var(--text-2)" },
  ".cm-textfield": {
    backgroundColor: "var(--bg-raised)",
    border: "1px solid var(--line)",
    borderRadius: "5px",
    color: "var(--text)",
    fontSize: "12px",
    padding: "3px 6px",
  },
  ".cm-button": {
    background: "var(--bg-raised)",
    border: "1px solid var(--line)",
    borderRadius: "5px",
    color: "var(--text)",
    fontSize: "12px",
    padding: "3px 8px",
  },
  ".cm-search [name=close]": { color: "var(--text-2)", fontSize: "16px", padding: "2px 6px" },
});

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--cat-embedding-text)" },
  { tag: tags.string, color: "var(--cat-evaluator-text)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--cat-memory-text)" },
  { tag: tags.punctuation, color: "var(--text-3)" },
]);

export default function CodeEditor({
  text,
  label,
  language,
  tall = false,
}: {
  text: string;
  label: string;
  language?: "json";
  tall?: boolean;
}) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const root = host.current!.shadowRoot ?? host.current!.attachShadow({ mode: "open" });
    const view = new EditorView({ parent: root, root, state: stateOf(text, label, language) });
    return () => view.destroy();
  }, [text, label, language]);
  return <div ref={host} className={tall ? "cmhost tall" : "cmhost"} />;
}

function stateOf(text: string, label: string, language?: "json"): EditorState {
  const extensions: Extension[] = [
    EditorState.readOnly.of(true),
    EditorView.editable.of(false),
    EditorView.contentAttributes.of({
      tabindex: "0",
      "aria-label": label,
      role: "textbox",
      "aria-readonly": "true",
      "aria-multiline": "true",
    }),
    EditorView.lineWrapping,
    lineNumbers(),
    highlightSpecialChars(),
    highlightSelectionMatches(),
    bracketMatching(),
    codeFolding(),
    foldGutter(),
    search({ top: true }),
    keymap.of([...searchKeymap, ...foldKeymap]),
    syntaxHighlighting(colours),
    look,
  ];
  if (language === "json") extensions.push(json());
  return EditorState.create({ doc: text, extensions });
}
