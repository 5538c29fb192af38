/** Plain text of any length: only the rows on screen are drawn, so that 50 MB scroll as 50 lines do. */

import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { readRows, rowAt, rowsOf } from "./lines";

const ROW_PX = 18;
/** Browsers do not scroll higher boxes; beyond it the scrollbar stands for more rows than it has pixels. */
const HEIGHT_MAX_PX = 8_000_000;
const TALLEST_PX = 420;
/** Width of a character of the mono font at 12 px, and of the padding. */
const CHARACTER_PX = 7.23;
const PADDING_PX = 24;
const OVERSCAN = 10;

export function PlainLines({
  text,
  label,
  tall = false,
  find = "",
  at = -1,
}: {
  text: string;
  /** What it is, for those who do not see it. */
  label: string;
  /** Takes the height there is, instead of at most 420 px. */
  tall?: boolean;
  /** Text that is marked. */
  find?: string;
  /** Character that is scrolled to; -1 for none. */
  at?: number;
}) {
  const box = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 480, height: TALLEST_PX });
  const [top, setTop] = useState(0);
  const columns = Math.max(16, Math.floor((size.width - PADDING_PX) / CHARACTER_PX));
  const rows = useMemo(() => rowsOf(text, columns), [text, columns]);
  const full = rows.count * ROW_PX;
  const height = Math.min(full, HEIGHT_MAX_PX);
  const shown = tall ? size.height : Math.min(height + 16, TALLEST_PX);
  const scale = height > shown ? (full - shown) / (height - shown) : 1;

  useEffect(() => {
    const element = box.current!;
    const observer = new ResizeObserver(() => {
      const { clientWidth: width, clientHeight } = element;
      setSize((before) =>
        before.width === width && before.height === clientHeight ? before : { width, height: clientHeight },
      );
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    if (at < 0) return;
    const wanted = rowAt(rows, at) * ROW_PX - shown / 3;
    box.current!.scrollTop = Math.max(0, wanted / scale);
  }, [rows, at, shown, scale]);

  const first = Math.max(0, Math.floor((top * scale) / ROW_PX) - OVERSCAN);
  const last = Math.min(rows.count, Math.ceil((top * scale + shown) / ROW_PX) + OVERSCAN);
  return (
    <div
      ref={box}
      className={tall ? "plainlines tall" : "plainlines"}
      style={tall ? undefined : { height: shown }}
      tabIndex={0}
      role="document"
      aria-label={label}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
    >
      <div style={{ height: height + 16 }}>
        <pre dir="auto" style={{ transform: `translateY(${first * ROW_PX - top * scale + top + 8}px)` }}>
          {readRows(rows, first, last).map((row, index) => (
            <div key={first + index}>{marked(row, find)}</div>
          ))}
        </pre>
      </div>
    </div>
  );
}

/** A row with every occurrence of the text marked, whatever the case. */
function marked(row: string, find: string): ReactNode {
  if (row === "") return "\u200b";
  if (find === "") return row;
  const lower = row.toLowerCase();
  const wanted = find.toLowerCase();
  const parts: ReactNode[] = [];
  let end = 0;
  for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, end)) {
    parts.push(row.slice(end, at), <mark key={at}>{row.slice(at, at + wanted.length)}</mark>);
    end = at + wanted.length;
  }
  return [...parts, row.slice(end)];
}
