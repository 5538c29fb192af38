/**
 * The one field of a list: conditions as chips, words as text search, whatever is pasted read as it stands. The text of
 * the filter is the truth; chips are how it is shown, and each change touches its own stretch of the text only.
 */

import {
  type ClipboardEvent,
  type KeyboardEvent,
  type ReactNode,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from "react";
import type { Completion, FilterSchema } from "@/query/complete";
import { add, remove, replace } from "@/query/edit";
import { begin, type History, redo, step, undo } from "@/query/history";
import { hasTopLevelOr, isBalanced, type Piece, scan } from "@/query/scan";
import { SearchIcon } from "@/ui/icons";
import { Chip } from "./Chip";
import { CompletionList } from "./CompletionList";
import { type Remark, Remarks } from "./Remarks";
import { useCompletion } from "./useCompletion";

const TITLES = { field: "Filter by", operator: "How", value: "Value" };

export function SearchField({
  q,
  onChange,
  schema,
  remarks,
  summary,
  placeholder = "Add a filter, or words to search for",
  focusRef,
}: {
  /** The filter's text. */
  q: string;
  onChange: (q: string) => void;
  schema: FilterSchema | undefined;
  remarks: readonly Remark[];
  /** At the right end: how many there are. */
  summary?: ReactNode;
  placeholder?: string;
  /** Gets a function that focuses the field. */
  focusRef?: { current: (() => void) | null };
}) {
  const id = useId();
  const pieces = useMemo(() => scan(q), [q]);
  const input = useRef<HTMLInputElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const chips = useRef<(HTMLButtonElement | null)[]>([]);
  const history = useRef<History>(begin(q));
  const [draft, setDraft] = useState("");
  const [caret, setCaret] = useState(0);
  const [editing, setEditing] = useState<Piece | null>(null);
  const [open, setOpen] = useState(false);
  const [focused, setFocused] = useState(false);
  const [active, setActive] = useState(-1);
  const [all, setAll] = useState(false);
  const [left, setLeft] = useState(0);

  useEffect(() => {
    history.current = step(history.current, q);
    setEditing(null);
  }, [q]);
  useEffect(() => {
    if (focusRef) focusRef.current = () => input.current?.focus();
  }, [focusRef]);

  const offered = useCompletion(draft.slice(0, caret), schema, focused && open);
  const shown = focused && open ? offered.items : [];
  useEffect(() => setActive(-1), [draft, offered.context?.stage]);
  useEffect(() => {
    const field = input.current?.getBoundingClientRect();
    const frame = box.current?.getBoundingClientRect();
    if (field && frame) setLeft(Math.max(0, Math.min(field.left - frame.left, frame.width - 440)));
  }, [draft, pieces, focused]);

  const write = (text: string, at = text.length) => {
    setDraft(text);
    setCaret(at);
    setAll(false);
    requestAnimationFrame(() => input.current?.setSelectionRange(at, at));
  };
  /** Takes what is typed into the filter. */
  const commit = (text = draft) => {
    const typed = text.trim();
    if (editing) onChange(replace(q, editing, typed));
    else if (typed) onChange(/^(or|and)\s/i.test(typed) ? `${q} ${typed}` : add(q, typed));
    setEditing(null);
    setOpen(false);
    write("");
  };
  const edit = (piece: Piece) => {
    if (draft.trim() && !editing) commit();
    setEditing(piece);
    setOpen(true);
    write(q.slice(piece.from, piece.to));
    requestAnimationFrame(() => input.current?.focus());
  };
  const drop = (at: number) => {
    onChange(remove(q, pieces[at]!));
    requestAnimationFrame(() => (chips.current[Math.max(0, at - 1)] ?? input.current)?.focus());
  };
  const pick = (item: Completion) => {
    const from = offered.context?.from ?? caret;
    const next = draft.slice(0, from) + item.insert + draft.slice(caret);
    if (item.done && caret === draft.length && isBalanced(next)) return commit(next);
    write(next, from + item.insert.length);
    input.current?.focus();
  };
  const travel = (to: (history: History) => History) => {
    const next = to(history.current);
    if (next === history.current) return;
    history.current = next;
    onChange(next.now);
  };

  const onKey = (event: KeyboardEvent<HTMLInputElement>) => {
    const mod = event.metaKey || event.ctrlKey;
    const field = event.currentTarget;
    const atStart = field.selectionStart === 0 && field.selectionEnd === 0;
    if (event.nativeEvent.isComposing) return;
    if (mod && event.key === "a" && pieces.length > 0) {
      setAll(true);
      return;
    }
    if (mod && event.key === "z" && draft === "") {
      event.preventDefault();
      return travel(event.shiftKey ? redo : undo);
    }
    if (all && !mod && event.key !== "Shift") {
      setAll(false);
      if (event.key === "Backspace" || event.key === "Delete") {
        event.preventDefault();
        write("");
        return onChange("");
      }
      if (event.key.length === 1) onChange("");
    }
    switch (event.key) {
      case "ArrowDown":
      case "ArrowUp":
        if (!open) setOpen(true);
        if (shown.length === 0) return;
        event.preventDefault();
        return setActive(next(active, shown.length, event.key === "ArrowDown"));
      case "Tab":
        if (shown.length === 0 || event.shiftKey || (draft === "" && active < 0)) return;
        event.preventDefault();
        return pick(shown[Math.max(0, active)]!);
      case "Enter":
        event.preventDefault();
        if (active >= 0 && shown[active]) return pick(shown[active]);
        setOpen(false);
        return commit();
      case "Escape":
        event.preventDefault();
        event.stopPropagation();
        if (open && shown.length > 0) return setOpen(false);
        if (editing || draft) {
          setEditing(null);
          return write("");
        }
        return field.blur();
      case "ArrowLeft":
      case "Backspace":
        if (!atStart || pieces.length === 0 || (editing && event.key === "Backspace")) return;
        event.preventDefault();
        if (event.key === "Backspace" && draft === "") return drop(pieces.length - 1);
        return chips.current[pieces.length - 1]?.focus();
      case " ":
        if (isWhole(draft) && field.selectionStart === draft.length && !editing) {
          event.preventDefault();
          commit();
        }
    }
  };

  const onChipKey = (at: number) => (event: KeyboardEvent) => {
    const go = (to: number) => (chips.current[to] ?? input.current)?.focus();
    const mod = event.metaKey || event.ctrlKey;
    if (event.key === "ArrowLeft") go(Math.max(0, at - 1));
    else if (event.key === "ArrowRight") go(at + 1);
    else if (event.key === "Home") go(0);
    else if (event.key === "End" || event.key === "Escape") input.current?.focus();
    else if (event.key === "Backspace" || event.key === "Delete") drop(at);
    else if (mod && event.key === "z") travel(event.shiftKey ? redo : undo);
    else if (mod && event.key === "a") {
      setAll(true);
      input.current?.focus();
    } else if (event.key.length === 1 && !mod && event.key !== " ") {
      input.current?.focus();
      write(draft + event.key);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const onPaste = (event: ClipboardEvent<HTMLInputElement>) => {
    const pasted = event.clipboardData.getData("text/plain").replace(/\s+/g, " ");
    const { selectionStart, selectionEnd } = event.currentTarget;
    const base = all ? "" : q;
    const next = draft.slice(0, selectionStart ?? 0) + pasted + draft.slice(selectionEnd ?? draft.length);
    event.preventDefault();
    setAll(false);
    const isFilter = isBalanced(next) && scan(next).some((piece) => piece.kind !== "words");
    if (!isFilter || editing) {
      if (all) onChange("");
      return write(next, (selectionStart ?? 0) + pasted.length);
    }
    onChange(add(base, next));
    write("");
  };
  const onCopy = (event: ClipboardEvent<HTMLInputElement>) => {
    if (!all) return;
    event.preventDefault();
    event.clipboardData.setData("text/plain", add(q, draft));
    if (event.type === "cut") {
      setAll(false);
      write("");
      onChange("");
    }
  };

  const toneOf = (piece: Piece) =>
    remarks.find(({ place }) => place && place.from < piece.to && place.to >= piece.from)?.tone ?? "";
  const field = (
    <input
      key="input"
      ref={input}
      className={editing ? "editing" : undefined}
      size={editing ? Math.max(6, draft.length + 1) : 1}
      type="text"
      role="combobox"
      aria-label="Search and filter"
      aria-expanded={shown.length > 0}
      aria-controls={`${id}-list`}
      aria-autocomplete="list"
      aria-activedescendant={active >= 0 ? `${id}-list-${active}` : undefined}
      autoComplete="off"
      autoCapitalize="off"
      spellCheck={false}
      maxLength={4096}
      placeholder={pieces.length === 0 || !focused ? placeholder : ""}
      value={draft}
      onChange={(event) => {
        setDraft(event.target.value);
        setCaret(event.target.selectionStart ?? event.target.value.length);
        setOpen(true);
      }}
      onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? 0)}
      onFocus={() => {
        setFocused(true);
        setOpen(!remarks.some((remark) => remark.tone === "bad"));
      }}
      onBlur={() => {
        setFocused(false);
        setAll(false);
      }}
      onKeyDown={onKey}
      onPaste={onPaste}
      onCopy={onCopy}
      onCut={onCopy}
    />
  );

  return (
    <div className="searchbox" ref={box}>
      <div
        className={focused ? "search focus" : "search"}
        onPointerDown={(event) => {
          if ((event.target as HTMLElement).closest("button, input")) return;
          event.preventDefault();
          input.current?.focus();
        }}
      >
        <SearchIcon size={15} strokeWidth={1.5} className="i" aria-hidden />
        <span className="chips">
          {pieces.map((piece, at) =>
            editing && editing.from === piece.from ? (
              field
            ) : (
              <Chip
                key={`${at}-${piece.kind}`}
                ref={(element) => void (chips.current[at] = element)}
                text={q.slice(piece.from, piece.to)}
                piece={piece}
                tone={toneOf(piece)}
                marked={all}
                onEdit={() => edit(piece)}
                onRemove={() => drop(at)}
                onKey={onChipKey(at)}
              />
            ),
          )}
          {!editing && field}
        </span>
        {summary && <span className="sum">{summary}</span>}
        {!focused && <kbd className="no-phone">/</kbd>}
      </div>
      <CompletionList
        id={`${id}-list`}
        title={offered.context ? TITLES[offered.context.stage] : ""}
        items={shown}
        active={active}
        loading={offered.loading}
        left={left}
        onPick={pick}
      />
      <Remarks
        q={q}
        remarks={remarks}
        onFix={(from, to, text) => onChange((q.slice(0, from) + text + q.slice(to)).trim())}
      />
    </div>
  );
}

/** Is what is typed one complete condition, so that a space ends it? */
function isWhole(draft: string): boolean {
  if (!isBalanced(draft) || hasTopLevelOr(draft)) return false;
  const [only, more] = scan(draft);
  return more === undefined && only?.kind === "term" && only.to === draft.trimEnd().length;
}

/** The line after or before; -1 is the field itself. */
function next(active: number, length: number, down: boolean): number {
  if (down) return active + 1 >= length ? -1 : active + 1;
  return active < 0 ? length - 1 : active - 1;
}
