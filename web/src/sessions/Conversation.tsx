/**
 * The runs of a session one below the other. Only those on screen are in the page; each is as tall as its words, so it
 * is measured once it is there, and the reader's place stays while those above it come to their height.
 */

import { useVirtualizer } from "@tanstack/react-virtual";
import {
  type ReactNode,
  type Ref,
  useCallback,
  useEffect,
  useImperativeHandle,
  useRef,
  useState,
} from "react";
import type { TraceRow } from "@/api/schema";
import { Turn } from "./Turn";
import { gapBetween } from "./words";

/** A run before it was measured: its line, two names, a line of work and the lines of its previews. */
const BASE_PX = 170;
const LINE_PX = 23;
const LINE_CHARS = 80;
/** Runs before the end at which more is asked for. */
const AHEAD = 8;
/** So near the end the reader follows it. */
const END_PX = 60;
/** The run that is read is the one under this line. */
const READ_PX = 80;

export interface ConversationHandle {
  show(place: number): void;
  toEnd(): void;
}

export function Conversation({
  rows,
  at,
  setAt,
  onEnd,
  foot,
  handle,
  grows,
}: {
  rows: readonly TraceRow[];
  at: number;
  setAt: (place: number) => void;
  onEnd: () => void;
  foot: ReactNode;
  handle: Ref<ConversationHandle>;
  /** The last run is loaded: what comes is new. */
  grows: boolean;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const [fresh, setFresh] = useState(0);
  const pinned = useRef(false);
  /** A run that was asked for is the one that is read until the reader scrolls by hand. */
  const asked = useRef<"" | "place" | "end">("");
  const estimateSize = useCallback((index: number) => estimate(rows[index]), [rows]);
  const getItemKey = useCallback((index: number) => rows[index]?.trace_id ?? index, [rows]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize,
    getItemKey,
    overscan: 3,
  });
  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? -1;
  useEffect(() => {
    if (last >= rows.length - AHEAD) onEnd();
  }, [last, rows.length, onEnd]);

  const toEnd = useCallback(() => {
    asked.current = "end";
    setFresh(0);
    if (rows.length > 0) virtual.scrollToIndex(rows.length - 1, { align: "end" });
  }, [rows.length, virtual]);
  useImperativeHandle(handle, () => ({
    show: (place) => {
      asked.current = "place";
      virtual.scrollToIndex(place, { align: "start" });
    },
    toEnd,
  }));

  // A new run: whoever is at the end stays there, whoever reads further up is told.
  const before = useRef({ length: rows.length, grows });
  useEffect(() => {
    const came = rows.length - before.current.length;
    if (came > 0 && before.current.grows && before.current.length > 0) {
      if (pinned.current) {
        toEnd();
        setAt(rows.length - 1);
      } else setFresh((known) => known + came);
    }
    before.current = { length: rows.length, grows };
  }, [rows.length, grows, toEnd, setAt]);

  // The last runs come to their height after they are there: the end moves, and whoever asked for it goes along.
  const size = virtual.getTotalSize();
  useEffect(() => {
    const element = scroller.current;
    if (element && asked.current === "end") element.scrollTop = element.scrollHeight;
  }, [size]);
  // What fits the window is at its end without a scroll.
  useEffect(() => {
    if (scroller.current) pinned.current = isAtEnd(scroller.current);
  });

  const onScroll = () => {
    const element = scroller.current;
    if (!element) return;
    pinned.current = isAtEnd(element);
    if (pinned.current && fresh > 0) setFresh(0);
    if (asked.current !== "") return;
    const line = element.scrollTop + READ_PX;
    const read =
      pinned.current && element.scrollTop > 0 && grows
        ? lastVisible(virtual.getVirtualItems(), element)
        : virtual.getVirtualItems().find((item) => item.end > line);
    if (read && read.index !== at) setAt(read.index);
  };
  const byHand = () => {
    asked.current = "";
  };
  const toggle = useCallback((traceId: string) => {
    setOpened((known) => {
      const next = new Set(known);
      if (!next.delete(traceId)) next.add(traceId);
      return next;
    });
  }, []);
  return (
    <div
      className="conv"
      ref={scroller}
      tabIndex={0}
      role="feed"
      aria-label="Conversation"
      data-scroll-restoration-id="session"
      onScroll={onScroll}
      onWheel={byHand}
      onTouchMove={byHand}
      onPointerDown={byHand}
      onKeyDown={byHand}
    >
      <div style={{ height: size, position: "relative" }}>
        {shown.map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          const above = rows[item.index - 1];
          return (
            <div
              key={row.trace_id}
              ref={virtual.measureElement}
              data-index={item.index}
              className="vturn"
              style={{ top: item.start }}
            >
              <Turn
                row={row}
                number={item.index + 1}
                gapMs={above ? gapBetween(above, row) : null}
                current={item.index === at}
                isOpen={opened.has(row.trace_id)}
                onToggle={toggle}
              />
            </div>
          );
        })}
      </div>
      {foot}
      {fresh > 0 && (
        <button type="button" className="newpill turns" onClick={toEnd}>
          {fresh} new
        </button>
      )}
    </div>
  );
}

function isAtEnd(element: HTMLElement): boolean {
  return element.scrollTop + element.clientHeight > element.scrollHeight - END_PX;
}

/** At the end the last run is read, however short it is. */
function lastVisible<Item extends { start: number; end: number }>(
  items: readonly Item[],
  element: HTMLElement,
) {
  const bottom = element.scrollTop + element.clientHeight;
  return items.findLast((item) => item.start < bottom - READ_PX / 2);
}

function estimate(row: TraceRow | undefined): number {
  if (!row) return BASE_PX;
  const lines = (text: string | null) => (text ? Math.ceil(text.length / LINE_CHARS) : 0);
  return BASE_PX + LINE_PX * (lines(row.input_preview) + lines(row.output_preview));
}
