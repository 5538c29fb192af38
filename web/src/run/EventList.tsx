/** A run's flat events, by time: what the AgentOS calls report beside spans, or in their place. */

import { useQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef, useState } from "react";
import { get } from "@/api/client";
import type { RunEvent } from "@/api/schema";
import * as format from "@/format";
import { Failure, LoadingRows } from "@/ui/feedback";
import { DownIcon, RightIcon } from "@/ui/icons";
import { useRun } from "./store";

interface Events {
  events: RunEvent[];
  /** How many fit into the answer, of how many. */
  shown: number;
  total: number;
}

const ROW_PX = 30;
/** Characters of an event's attributes on its line. */
const LINE_CHARS = 300;

function useEvents(traceId: string) {
  const version = useRun((state) => state.run.commitSeq);
  return useQuery({
    queryKey: ["run", traceId, "events", version],
    queryFn: ({ signal }) => get<Events>(`/traces/${encodeURIComponent(traceId)}/events`, {}, signal),
    placeholderData: (before) => before,
    staleTime: 60_000,
  });
}

/** How many there are; 0 until the answer is there. */
export function useEventCount(traceId: string): number {
  return useEvents(traceId).data?.total ?? 0;
}

/** In place of the views, for a run without spans. */
export function EventsOnly({ traceId }: { traceId: string }) {
  return (
    <section className="left" aria-label="events">
      <p className="whyevents">
        This run has no spans yet. Transcript, tree, timeline and graph are drawn from spans, so there is
        nothing for them to show; whatever came is below, by time.
      </p>
      <EventList traceId={traceId} />
    </section>
  );
}

export function EventList({ traceId }: { traceId: string }) {
  const { data, error, refetch } = useEvents(traceId);
  if (!data)
    return error ? (
      <Failure error={error} retry={() => void refetch()} />
    ) : (
      <LoadingRows rows={8} height={ROW_PX} />
    );
  if (data.total === 0) return <p className="whyevents">No event has come for this run.</p>;
  return <Rows events={data} />;
}

function Rows({ events }: { events: Events }) {
  const box = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const rows = useVirtualizer({
    count: events.events.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
  });
  const spanless = useRun((state) => state.run.count === 0);
  // Without spans the run begins with its first event.
  const zero = spanless ? (events.events[0]?.offset_nanos ?? 0) : 0;
  const toggle = (id: string) =>
    setOpen((before) => {
      const next = new Set(before);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  return (
    <>
      {events.shown < events.total && (
        <p className="whyevents warn-t">
          {format.count(events.shown)} of {format.count(events.total)} events; the rest is in the export.
        </p>
      )}
      <div className="scroll" ref={box} tabIndex={0} role="list" aria-label="Events">
        <div style={{ height: rows.getTotalSize(), position: "relative" }}>
          {rows.getVirtualItems().map((row) => {
            const event = events.events[row.index]!;
            return (
              <div
                key={event.event_id}
                ref={rows.measureElement}
                data-index={row.index}
                role="listitem"
                className="evrow"
                style={{ transform: `translateY(${row.start}px)` }}
              >
                <Event
                  zero={zero}
                  event={event}
                  open={open.has(event.event_id)}
                  onToggle={() => toggle(event.event_id)}
                />
              </div>
            );
          })}
        </div>
      </div>
    </>
  );
}

function Event({
  event,
  zero,
  open,
  onToggle,
}: {
  event: RunEvent;
  /** Offset that is shown as 0:00.0, nanoseconds. */
  zero: number;
  open: boolean;
  onToggle: () => void;
}) {
  const empty = Object.keys(event.attributes).length === 0;
  const Chevron = open ? DownIcon : RightIcon;
  return (
    <>
      <button
        type="button"
        className="evline"
        aria-expanded={empty ? undefined : open}
        onClick={onToggle}
        disabled={empty}
      >
        <span className="off" title={format.instant(event.time_nanos)}>
          {format.place(event.offset_nanos - zero)}
        </span>
        {empty ? <span className="nochev" /> : <Chevron size={12} strokeWidth={1.5} aria-hidden />}
        <bdi className="mono nowrap">{format.cut(event.name, 80)}</bdi>
        <bdi className="cut dim">{empty ? "" : inLine(event.attributes)}</bdi>
      </button>
      {open && (
        <pre className="code evfull">{JSON.stringify(event.attributes, null, 2).slice(0, 65_536)}</pre>
      )}
    </>
  );
}

/** `to: ada, reason: refund` */
function inLine(attributes: Record<string, unknown>): string {
  const parts = Object.entries(attributes).map(
    ([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  return format.cut(
    parts
      .join(", ")
      .replace(/\s+/g, " ")
      .slice(0, LINE_CHARS * 2),
    LINE_CHARS,
  );
}
