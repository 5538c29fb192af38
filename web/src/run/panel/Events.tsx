/** What happened during the span: its events with their place, log records too, and links to other traces. */

import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { count, cutMiddle, exact, instant, place, plural } from "@/format";
import { indexOf } from "@/trace/skeleton";
import { Button } from "@/ui/button";
import { ErrorIcon, LinkIcon, WarnIcon } from "@/ui/icons";
import { useRun } from "../store";
import type { Detail, JsonObject, SpanEvent, SpanLink } from "./detail";
import { Value } from "./Value";

/** Events drawn at once. */
const WINDOW = 200;

export function Events({ detail }: { detail: Detail }) {
  const [shown, setShown] = useState(WINDOW);
  const { events, links, dropped } = detail;
  return (
    <>
      {events.length === 0 && links.length === 0 && (
        <p className="sec dim">The sender said no events and no links</p>
      )}
      {events.slice(0, shown).map((event, at) => (
        <Event key={at} event={event} pointer={`/events/${at}`} start={detail.span.start_offset_nanos} />
      ))}
      {shown < events.length && (
        <div className="sec">
          <Button small onClick={() => setShown(shown + WINDOW)}>
            Show more of {exact(events.length)}
          </Button>
        </div>
      )}
      {links.length > 0 && (
        <section className="sec">
          <h3 className="sech">Links</h3>
          {links.map((link, at) => (
            <LinkView key={at} link={link} pointer={`/links/${at}`} />
          ))}
        </section>
      )}
      {(dropped.events > 0 || dropped.links > 0) && (
        <p className="sec warn-t row">
          <WarnIcon size={14} strokeWidth={1.5} className="i" aria-hidden />
          The sender dropped {plural(dropped.events, "event")} and {plural(dropped.links, "link")}
        </p>
      )}
    </>
  );
}

function Event({ event, pointer, start }: { event: SpanEvent; pointer: string; start: number }) {
  const bad = event.name === "exception" || /error|fatal/i.test(event.from_log?.severity_text ?? "");
  return (
    <section className="sec event">
      <div className="role">
        {bad && <ErrorIcon size={14} strokeWidth={1.5} className="i err-t" aria-hidden />}
        <bdi className="cut mono" title={event.name}>
          {event.name}
        </bdi>
        {event.from_log && (
          <span className="label" title={event.from_log.scope_name || undefined}>
            log{event.from_log.severity_text && ` ${event.from_log.severity_text}`}
          </span>
        )}
        <span className="grow" />
        <time className="dim num" title={instant(event.time_nanos)}>
          {place(event.offset_nanos)}
          {event.offset_nanos < start && " (before the span)"}
        </time>
      </div>
      <Said attributes={event.attributes} pointer={`${pointer}/attributes`} />
    </section>
  );
}

function Said({ attributes, pointer }: { attributes: JsonObject; pointer: string }) {
  if (Object.keys(attributes).length === 0) return null;
  return <Value value={attributes} pointer={pointer} label="Attributes of the event" />;
}

/** A link to a span: of this run it is selected, of another its run opens. */
function LinkView({ link, pointer }: { link: SpanLink; pointer: string }) {
  const run = useRun((state) => state.run);
  const goTo = useRun((state) => state.goTo);
  const here = link.trace_id === run.trace.trace_id ? indexOf(run, link.span_id) : -1;
  const ids = `${cutMiddle(link.trace_id, 14)} / ${cutMiddle(link.span_id, 14)}`;
  return (
    <div className="linkrow">
      <div className="row">
        <LinkIcon size={14} strokeWidth={1.5} className="i" aria-hidden />
        {here >= 0 ? (
          <button type="button" className="link mono" onClick={() => goTo(here)}>
            span {count(here + 1)} of this run
          </button>
        ) : (
          <Link
            className="link mono"
            to="/runs/$traceId"
            params={{ traceId: link.trace_id } as never}
            search={{ span: link.span_id } as never}
          >
            {ids}
          </Link>
        )}
      </div>
      <Said attributes={link.attributes} pointer={`${pointer}/attributes`} />
    </div>
  );
}
