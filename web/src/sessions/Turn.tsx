/** One run of a conversation: who asked what, what was done, what came of it. */

import { Link } from "@tanstack/react-router";
import { memo, useState } from "react";
import type { TraceRow } from "@/api/schema";
import * as format from "@/format";
import { tidyError } from "@/run/cause";
import { argumentWords } from "@/run/transcript/words";
import { Labels, RunDuration } from "@/runs/cells";
import { Button } from "@/ui/button";
import { useLater } from "@/ui/feedback";
import { DownIcon, ErrorIcon, RightIcon } from "@/ui/icons";
import { KindTile } from "@/ui/kind";
import { Markdown, PlainText } from "@/ui/Markdown";
import { outcome, StateMark } from "@/ui/state";
import { Cost } from "@/ui/values";
import { StepsInPlace } from "./StepsInPlace";
import { fromRow, useTurn, useWhole, type Words } from "./useTurn";
import { failedWords, gapWords, workWords } from "./words";

/** A run that flies past while scrolling is not read. */
const REST_MS = 120;

export interface TurnProps {
  row: TraceRow;
  /** Its place in the session, from 1. */
  number: number;
  /** Milliseconds since the run before ended; null for the first. */
  gapMs: number | null;
  current: boolean;
  isOpen: boolean;
  onToggle: (traceId: string) => void;
}

export const Turn = memo(function Turn({ row, number, gapMs, current, isOpen, onToggle }: TurnProps) {
  const rests = useLater(REST_MS);
  const words = useTurn(row, rests);
  const { user, answer } = words.data ?? fromRow(row);
  const gap = gapMs === null ? null : gapWords(gapMs);
  const who = row.user_id ?? "user";
  const live = outcome(row) === "live";
  const error =
    row.root_status === "error" && row.error ? tidyError(row.error.kind, row.error.message) : null;
  return (
    <article className="in" aria-label={`Run ${number}`} data-run={row.trace_id}>
      {gap && <div className="pause">{gap}</div>}
      <RunLine row={row} number={number} current={current} />
      {user && (
        <section className="turn">
          <div className="w">
            <span className="ava" aria-hidden>
              {initial(who)}
            </span>
            <bdi className="cut">{format.cut(who, 60)}</bdi>
          </div>
          <Said traceId={row.trace_id} words={{ ...user, text: argumentWords(user.text) }} plain={!rests} />
        </section>
      )}
      <section className="turn">
        <div className="w">
          <KindTile category={row.span_count === 0 ? "other" : "agent"} />
          <bdi className="cut">{format.cut(row.agent?.name ?? row.name, 60)}</bdi>
        </div>
        <Worked row={row} isOpen={isOpen} live={live} onToggle={onToggle} />
        {isOpen && <StepsInPlace row={row} />}
        {answer && <Said traceId={row.trace_id} words={answer} plain={!rests} />}
        {error && (
          <p className="turnerr err-t">
            <ErrorIcon size={14} strokeWidth={1.5} className="i" aria-hidden />
            <span>
              <b>{format.cut(error.kind, 80)}</b> <bdi>{format.cut(error.message, 400)}</bdi>
            </span>
          </p>
        )}
        {!answer && !error && (
          <p className="dim said">
            {live ? <span className="caret" aria-label="Still at work" /> : "No answer was recorded."}
          </p>
        )}
      </section>
    </article>
  );
});

/** The line of a run: state, how long, how dear, and the way to it. */
function RunLine({ row, number, current }: { row: TraceRow; number: number; current: boolean }) {
  const failures = failedWords(row);
  return (
    <header className={current ? "rh on" : "rh"}>
      <StateMark run={row} />
      <span className="med runno">Run {format.exact(number)}</span>
      <RunDuration run={row} />
      <span className="no-phone">{format.plural(row.span_count, "span")}</span>
      {row.cost && <Cost usd={row.cost.total} estimated={row.cost.estimated} />}
      {failures && <span className="label e">{failures}</span>}
      <Labels labels={row.labels} />
      <span className="grow" />
      <Link
        to="/runs/$traceId"
        params={{ traceId: row.trace_id }}
        className="openrun"
        title="Open the run (Enter)"
      >
        open <RightIcon size={13} strokeWidth={1.5} className="i" aria-hidden />
      </Link>
    </header>
  );
}

/** `9 calls, 14 tools in 1m 36s`, which opens the steps. */
function Worked({
  row,
  isOpen,
  live,
  onToggle,
}: {
  row: TraceRow;
  isOpen: boolean;
  live: boolean;
  onToggle: (traceId: string) => void;
}) {
  const Icon = isOpen ? DownIcon : RightIcon;
  const error = row.error && row.status === "error" ? tidyError(row.error.kind, row.error.message) : null;
  return (
    <button
      type="button"
      className="worked"
      aria-expanded={isOpen}
      title={isOpen ? "Hide the steps" : "Show the steps"}
      onClick={() => onToggle(row.trace_id)}
    >
      <Icon size={12} strokeWidth={1.6} className="i" aria-hidden />
      <span className="cut">
        {workWords(row)}
        {live ? ", still at work for " : " in "}
        <RunDuration run={row} />
      </span>
      {error && row.root_status !== "error" && (
        <span className="err-t errword">
          <ErrorIcon size={13} strokeWidth={1.5} className="i" aria-hidden />
          <bdi className="cut">
            {format.cut(error.kind, 60)} {format.cut(error.message, 120)}
          </bdi>
        </span>
      )}
    </button>
  );
}

/** Words as Markdown, plain while they fly past; what was cut comes whole when it is asked for. */
function Said({ traceId, words, plain }: { traceId: string; words: Words; plain: boolean }) {
  const [wanted, setWanted] = useState(false);
  const whole = useWhole(traceId, words, wanted);
  const isCut = words.chars > Array.from(words.text).length;
  const text = whole.data ?? (isCut ? `${words.text}…` : words.text);
  return (
    <div className="said">
      {plain ? <PlainText text={text} /> : <Markdown text={text} />}
      {isCut && words.from && !whole.data && (
        <Button
          small
          tone="ghost"
          disabled={whole.isFetching}
          onClick={() => (whole.isError ? void whole.refetch() : setWanted(true))}
        >
          {whole.isFetching
            ? "Loading…"
            : whole.isError
              ? "It did not come; try again"
              : `Show all ${format.count(words.chars)} characters`}
        </Button>
      )}
    </div>
  );
}

function initial(name: string): string {
  return (Array.from(name.trim())[0] ?? "?").toUpperCase();
}
