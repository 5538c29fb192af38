/** One condition of the filter, as a thing that can be focused, edited and taken out. */

import type { KeyboardEvent, Ref } from "react";
import { cut } from "@/format";
import type { Piece } from "@/query/scan";
import { chipWords } from "@/query/words";
import { CloseIcon, SearchIcon } from "@/ui/icons";

/** Characters of a value that a chip shows. */
const VALUE_CHARS = 60;

export function Chip({
  text,
  piece,
  tone,
  marked,
  ref,
  onEdit,
  onRemove,
  onKey,
}: {
  /** The piece as it is written. */
  text: string;
  piece: Piece;
  tone: "" | "bad" | "hinted";
  /** Part of what ⌘A selected. */
  marked: boolean;
  ref?: Ref<HTMLButtonElement>;
  onEdit: () => void;
  onRemove: () => void;
  onKey: (event: KeyboardEvent) => void;
}) {
  return (
    <span className={`chip ${piece.kind} ${tone} ${marked ? "marked" : ""}`}>
      <button
        type="button"
        ref={ref}
        className="chipbody"
        tabIndex={-1}
        title={`${text}\nClick to edit, Backspace removes`}
        aria-label={`Filter ${spoken(text, piece)}${tone === "bad" ? ", not understood" : ""}. Enter edits, Backspace removes`}
        onClick={onEdit}
        onKeyDown={onKey}
      >
        <Body text={text} piece={piece} />
      </button>
      <button
        type="button"
        className="x"
        tabIndex={-1}
        aria-label={`Remove ${text}`}
        title="Remove"
        onClick={onRemove}
      >
        <CloseIcon size={12} strokeWidth={1.5} aria-hidden />
      </button>
    </span>
  );
}

/** What stands on the chip, in one line. */
function spoken(text: string, piece: Piece): string {
  if (piece.kind !== "term") return cut(text, 2 * VALUE_CHARS);
  const { field, op, value } = chipWords(piece);
  return [cut(field, VALUE_CHARS), op, cut(value, VALUE_CHARS)].filter(Boolean).join(" ");
}

function Body({ text, piece }: { text: string; piece: Piece }) {
  if (piece.kind === "term") {
    const { field, op, value } = chipWords(piece);
    return (
      <>
        <span className="f">{cut(field, VALUE_CHARS)}</span> <span className="op">{op || " "}</span>{" "}
        <bdi className="v">{cut(value, VALUE_CHARS)}</bdi>
      </>
    );
  }
  return (
    <>
      {piece.kind === "words" && <SearchIcon size={11} strokeWidth={1.8} aria-label="Text" />}
      <bdi className={piece.kind === "words" ? "v" : "v mono"}>{cut(text, 2 * VALUE_CHARS)}</bdi>
    </>
  );
}
