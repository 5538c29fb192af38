/** The facts band: how long, how much, how dear, with what, whose, and whether it is whole. */

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { get } from "@/api/client";
import type { SessionDetail, TraceList, TraceRow } from "@/api/schema";
import { useNow } from "@/app/clock";
import * as format from "@/format";
import { ClockIcon, CloseIcon, CostIcon, SessionIcon, UserIcon } from "@/ui/icons";
import { isTicking } from "@/ui/state";
import { Duration, TokenBar } from "@/ui/values";
import { quoted } from "./filter";
import { clock, isoNanos } from "./instant";
import { AboutPopover } from "./AboutPopover";
import { AttachmentsFact } from "./Attachments";
import { LabelsFact } from "./LabelsFact";
import { LedgerPopover } from "./LedgerPopover";
import { within } from "./ledger";
import { ReceiptPopover } from "./ReceiptPopover";
import { Outcome } from "./RunHeader";
import type { RunViewProps, Shell } from "./RunView";
import { isGrowing, useRun, useRunStore } from "./store";

export function RunFacts({
  mode,
  reload,
  paused,
  shell,
  events,
}: RunViewProps & {
  shell: Shell;
  /** Flat events of the run. */
  events: number;
}) {
  const run = useRun((state) => state.run);
  const { trace } = run;
  const growing = isGrowing(run);
  const { search, change } = shell;
  const popover = (name: string) => ({
    open: search.open === name,
    onOpenChange: (open: boolean) => change({ open: open ? name : undefined }, "replace"),
  });
  const ledger = popover("ledger");
  return (
    <div className={`facts ${mode === "peek" ? "few" : ""}`}>
      <span className="only-phone">
        <Outcome />
      </span>
      <TimeFact trace={trace} ticking={!paused && isTicking({ state: trace.state, receipt: run.receipt })} />
      <span className="fact">
        <b>{format.count(trace.span_count)}</b> {trace.span_count === 1 ? "span" : "spans"}
        {run.receipt.open_spans > 0 && (
          <>
            , <b>{format.count(run.receipt.open_spans)}</b> open
          </>
        )}
      </span>
      {events > 0 && (
        <span className="fact">
          <b>{format.count(events)}</b> {events === 1 ? "event" : "events"}
        </span>
      )}
      <AttachmentsFact />
      <LedgerPopover {...ledger} trigger={<TokensFact trace={trace} />} />
      <button
        type="button"
        className="fact btnl"
        title="Token ledger ($)"
        aria-haspopup="dialog"
        onClick={() => ledger.onOpenChange(!ledger.open)}
      >
        <CostIcon size={14} strokeWidth={1.5} className="i" aria-hidden />
        <b>{format.cost(trace.cost?.total)}</b>
        {growing && <span>so far</span>}
        {run.receipt.unpriced > 0 && (
          <span className="warn-t">{format.count(run.receipt.unpriced)} unpriced</span>
        )}
      </button>
      <BrushFact />
      <span className="vsep wide-only" />
      <ModelsFact models={trace.models} />
      {trace.session_id && <SessionFact trace={trace} />}
      {trace.user_id && (
        <Link
          to="/users/$userId"
          params={{ userId: trace.user_id }}
          className="fact btnl wide-only"
          title="User"
        >
          <UserIcon size={14} strokeWidth={1.5} className="i" aria-hidden />
          <bdi>{format.cutMiddle(trace.user_id, 24)}</bdi>
        </Link>
      )}
      <LabelsFact trace={trace} reload={reload} />
      <span className="grow" />
      <NewsFact trace={trace} paused={paused} />
      <ReceiptPopover {...popover("receipt")} />
    </div>
  );
}

/** How long; of a run with an open step the clock runs. */
function TimeFact({ trace, ticking }: { trace: TraceRow; ticking: boolean }) {
  const started = `Started ${format.instant(trace.start_nanos)}`;
  return (
    <AboutPopover
      trace={trace}
      trigger={
        <button type="button" className={`fact btnl ${ticking ? "livefact" : ""}`} title={started}>
          <ClockIcon size={14} strokeWidth={1.5} className="i" aria-hidden />
          <b>
            {ticking ? <LiveClock since={trace.start_nanos} /> : <Duration nanos={trace.duration_nanos} />}
          </b>
        </button>
      }
    />
  );
}

function LiveClock({ since }: { since: string }) {
  const seconds = Math.max(0, Math.floor((useNow() - format.millis(since)) / 1000));
  return (
    <span role="timer" aria-label="Running for">
      {clock(seconds)}
    </span>
  );
}

function TokensFact({ trace, ...rest }: { trace: TraceRow } & Record<string, unknown>) {
  const { usage } = trace;
  const cached = usage.input && usage.cache_read ? usage.cache_read / usage.input : 0;
  return (
    <button type="button" className="fact btnl" title="Token ledger ($)" {...rest}>
      <TokenBar input={usage.input} cacheRead={usage.cache_read} output={usage.output} />
      <b>{format.tokens(usage.total)}</b> tokens
      {cached > 0 && <span className="dim roomy">{format.share(cached)} of input cached</span>}
    </button>
  );
}

/** What the brushed part comes to, of the whole. */
function BrushFact() {
  const store = useRunStore();
  const run = useRun((state) => state.run);
  const brush = useRun((state) => state.brush);
  const part = useMemo(() => (brush ? within(run, brush.from, brush.to) : null), [run, brush]);
  if (!brush || !part) return null;
  const tokens = [part.fresh, part.cacheRead, part.cacheWrite, part.output].filter(
    (one) => !Number.isNaN(one),
  );
  return (
    <span className="fact brushed">
      <b>{format.duration(brush.to - brush.from)}</b> of it: <b>{format.count(part.spans)}</b> of{" "}
      {format.count(run.count)} spans
      {tokens.length > 0 && (
        <>
          , <b>{format.tokens(tokens.reduce((sum, one) => sum + one, 0))}</b> tokens
        </>
      )}
      , <b>{format.cost(format.picoToUsd(part.cost))}</b>
      <button
        type="button"
        className="clear"
        aria-label="The whole run again"
        title="The whole run again (Esc)"
        onClick={() => store.getState().setBrush(null)}
      >
        <CloseIcon size={13} strokeWidth={1.5} aria-hidden />
      </button>
    </span>
  );
}

function ModelsFact({ models }: { models: string[] }) {
  if (models.length === 0) return null;
  return (
    <span className="fact wide-only" title={models.map((model) => format.cut(model, 60)).join(", ")}>
      <bdi>{format.cut(models[0]!, 32)}</bdi>
      {models.length > 1 && <span className="dim">+{models.length - 1}</span>}
    </span>
  );
}

/** The session, and the how-manieth run of it this is. */
function SessionFact({ trace }: { trace: TraceRow }) {
  const id = trace.session_id!;
  const place = useQuery({
    queryKey: ["run", trace.trace_id, "place", id],
    queryFn: async ({ signal }) => {
      const filter = `session=${quoted(id)} start <= ${isoNanos(trace.start_nanos)}`;
      const [before, whole] = await Promise.all([
        get<TraceList>("/traces", { filter, limit: 1 }, signal),
        get<SessionDetail>(`/sessions/${encodeURIComponent(id)}`, {}, signal),
      ]);
      if (before.total === null || before.total_is !== "exact") return null;
      return { at: before.total, of: whole.session.trace_count };
    },
    staleTime: 30_000,
    retry: false,
  });
  return (
    <Link
      to="/sessions/$sessionId"
      params={{ sessionId: id }}
      className="fact btnl wide-only"
      title="Session"
    >
      <SessionIcon size={14} strokeWidth={1.5} className="i" aria-hidden />
      <bdi>{format.cutMiddle(id, 24)}</bdi>
      {place.data && place.data.of > 1 && (
        <span className="dim">
          {format.count(place.data.at)} of {format.count(place.data.of)}
        </span>
      )}
    </Link>
  );
}

/** How long a run that has not ended is silent. */
function NewsFact({ trace, paused }: { trace: TraceRow; paused: boolean }) {
  const now = useNow();
  if (trace.state === "done") return null;
  const news = format.when(trace.last_arrival_nanos, now);
  const silent = format.duration(
    Math.max(0, Math.floor((now - format.millis(trace.last_arrival_nanos)) / 1000)) * 1e9,
  );
  const words = paused
    ? "updates are paused"
    : trace.state === "live"
      ? `last news ${news}`
      : trace.state === "resumed"
        ? `went on after it was given up, last news ${news}`
        : trace.state === "quiet"
          ? `silent for ${silent}`
          : `given up, no news for ${silent}`;
  return <span className="dim nowrap">{words}</span>;
}
