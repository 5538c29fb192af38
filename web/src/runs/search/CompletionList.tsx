import { useEffect, useRef } from "react";
import { count, cut } from "@/format";
import type { Completion } from "@/query/complete";

/** Runs of a value that the server counts, at most: somebody is typing. */
const COUNTED_MAX = 1_000;

/** The list below the search field; the field keeps the focus and says which line is active. */
export function CompletionList({
  id,
  title,
  items,
  active,
  loading,
  left,
  onPick,
}: {
  id: string;
  title: string;
  items: readonly Completion[];
  /** -1 for none. */
  active: number;
  loading: boolean;
  /** Pixels from the left edge of the field. */
  left: number;
  onPick: (item: Completion) => void;
}) {
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: "nearest" });
  }, [active]);
  if (items.length === 0) return null;
  return (
    <div className="pop show complete" style={{ left }}>
      <div className="complete-head">
        <span>{title}</span>
        {loading && <span className="dim">asking…</span>}
        <span className="grow" />
        <span>
          <kbd>↓</kbd> choose <kbd>Tab</kbd> take
        </span>
      </div>
      <ul id={id} role="listbox" aria-label={title} ref={list}>
        {items.map((item, at) => (
          <li
            key={item.insert}
            id={`${id}-${at}`}
            role="option"
            aria-selected={at === active}
            // The field must not lose the focus.
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => onPick(item)}
          >
            <bdi className="l">{cut(item.label, 60)}</bdi>
            <span className="a cut">{item.about}</span>
            {item.example && <span className="e mono cut">{item.example}</span>}
            {item.count !== undefined && item.count !== null && (
              <span className="n">
                {item.count < COUNTED_MAX ? count(item.count) : `${count(COUNTED_MAX)}+`}
              </span>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
