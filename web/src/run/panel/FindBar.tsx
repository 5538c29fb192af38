/** The field of find in span: how many hits, which one is shown, on to the next. */

import { type KeyboardEvent, useEffect, useRef } from "react";
import { exact } from "@/format";
import { IconButton } from "@/ui/button";
import { CloseIcon, DownIcon, SearchIcon, UpIcon } from "@/ui/icons";
import type { Found } from "./find";

export function FindBar({
  text,
  onText,
  found,
  at,
  onStep,
  onClose,
  focus,
}: {
  text: string;
  onText: (text: string) => void;
  found: Found;
  /** The hit that is shown, -1 for none. */
  at: number;
  onStep: (step: 1 | -1) => void;
  onClose: () => void;
  /** Grows each time the field is to have the focus. */
  focus: number;
}) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.select(), [focus]);
  const key = (event: KeyboardEvent) => {
    if (event.key === "Enter") onStep(event.shiftKey ? -1 : 1);
    else if (event.key === "Escape") onClose();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const given = found.hits.length;
  const beyond = found.total > given;
  return (
    <div className="findbar" role="search">
      <SearchIcon size={13} strokeWidth={1.5} className="i" aria-hidden />
      <input
        ref={field}
        value={text}
        onChange={(event) => onText(event.target.value)}
        onKeyDown={key}
        placeholder="Find in span"
        aria-label="Find in span"
        spellCheck={false}
      />
      <span className={found.error ? "err-t cut" : "dim nowrap"} role="status">
        {found.error ??
          (text === ""
            ? ""
            : given === 0
              ? found.loading
                ? "…"
                : "none"
              : `${exact(at + 1)} of ${exact(given)}${beyond ? ` first, ${found.exact ? "" : "at least "}${exact(found.total)} in all` : ""}`)}
      </span>
      <IconButton
        icon={UpIcon}
        label="Previous hit"
        keys="⇧Enter"
        className="sm"
        disabled={given === 0}
        onClick={() => onStep(-1)}
      />
      <IconButton
        icon={DownIcon}
        label="Next hit"
        keys="Enter"
        className="sm"
        disabled={given === 0}
        onClick={() => onStep(1)}
      />
      <IconButton icon={CloseIcon} label="Close the search" keys="Esc" className="sm" onClick={onClose} />
    </div>
  );
}
