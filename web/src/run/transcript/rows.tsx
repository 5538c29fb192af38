/** One row of the transcript, drawn into the height that was worked out for it. */

import type { LucideIcon } from "lucide-react";
import { type CSSProperties, memo, type ReactNode } from "react";
import { errorOf } from "@/run/cause";
import type { SpanText } from "@/run/texts";
import { totals } from "@/trace/children";
import { category, displayName, failed, FLAG, has, type Skeleton } from "@/trace/skeleton";
import type { TranscriptRow } from "@/trace/transcript";
import * as format from "@/format";
import { DownIcon, ErrorIcon, LoopIcon, RightIcon, WarnIcon } from "@/ui/icons";
import { KindTile } from "@/ui/kind";
import type { Measures } from "./heights";
import { Hits } from "./Hits";
import { FoldNumbers, SpanNumbers } from "./Numbers";
import { AnswerRow, MessageRow, WordsRow } from "./MessageRow";
import { argumentWords, cardWords, failureOf, foldWords, growthTicks, largeWords, oddWords } from "./words";

/** What every row is given. */
export interface RowProps<Row extends TranscriptRow = TranscriptRow> {
  run: Skeleton;
  row: Row;
  text: SpanText | undefined;
  /** What the run was asked, as `askedHere` takes it. */
  told: SpanText | null | undefined;
  find: string;
  measures: Measures;
  /** Its whole text was opened by hand. */
  opened: boolean;
  /** Its thinking was opened by hand. */
  thoughtOpened: boolean;
  /** Opens or closes what the row holds, or its thinking. */
  onToggle: (row: TranscriptRow, part?: "thought") => void;
}

/** Beyond this the cards' indent stays, and their heads say how deep they are. */
export const LEVELS_DRAWN = 8;

export const RowBody = memo(function RowBody(props: RowProps): ReactNode {
  switch (props.row.kind) {
    case "words":
      return <WordsRow {...props} />;
    case "answer":
      return <AnswerRow {...props} />;
    case "message":
      return <MessageRow {...props} row={props.row} />;
    case "call":
      return <CallRow {...props} row={props.row} />;
    case "loop":
      return <LoopRow {...props} row={props.row} />;
    case "fold":
      return <FoldRow {...props} row={props.row} />;
    case "checks":
      return <ChecksRow {...props} row={props.row} />;
    case "card":
      return <CardHead {...props} row={props.row} />;
    case "end":
      return null;
  }
});

/** The sides of the cards that a row stands in; the innermost has a head or a foot where the row is one. */
export function CardSides({ row }: { row: TranscriptRow }) {
  const own = row.kind === "card" ? 1 : 0;
  const levels = Math.min(LEVELS_DRAWN, row.level + own);
  const sides: ReactNode[] = [];
  for (let level = 1; level <= levels; level++) {
    const inner = level === levels;
    let shape = "";
    if (row.level + own > LEVELS_DRAWN) shape = "";
    else if (inner && row.kind === "card") shape = row.open ? " cs-top" : " cs-top cs-end";
    else if (inner && row.kind === "end") shape = " cs-end";
    sides.push(<i key={level} className={`cs${shape}`} style={{ "--k": level } as CSSProperties} />);
  }
  return sides;
}

/** Seconds since the run's start, at the left of rows that stand in no card. */
export function Offset({ run, row }: { run: Skeleton; row: TranscriptRow }) {
  return row.level === 0 ? <span className="off">{format.place(run.start[row.span]!)}</span> : null;
}

/** What went wrong, under the row. */
export function ErrorLine({ run, row }: { run: Skeleton; row: TranscriptRow }) {
  const span = failureOf(run, row);
  if (span < 0) return null;
  const { kind, message } = errorOf(run, span);
  return (
    <span className="errline">
      <ErrorIcon size={14} strokeWidth={1.5} className="i" aria-label="Failed" />
      <bdi className="med nowrap">{format.cut(kind, 60)}</bdi>
      <bdi className="cut">{format.cut(message)}</bdi>
    </span>
  );
}

/** The amber triangle with what is odd about the span. */
export function Odd({ run, span }: { run: Skeleton; span: number }) {
  const words = oddWords(run, span);
  if (words.length === 0) return null;
  const said = words.join("; ");
  return (
    <span className="label w odd" title={said}>
      <WarnIcon size={12} strokeWidth={1.5} aria-hidden />
      <span className="cut">{said}</span>
    </span>
  );
}

/** The waiting of what is open. */
export function Waiting() {
  return <span className="waiting shimmer" role="img" aria-label="running" />;
}

function CallRow({ run, row, text, find }: RowProps<Extract<TranscriptRow, { kind: "call" }>>) {
  const { span } = row;
  const kind = category(run, span);
  const bad = failed(run, span);
  const large = largeWords(run, span);
  const args = text?.arguments?.text ?? "";
  const result = text?.result ?? null;
  return (
    <div className="tr call">
      <Offset run={run} row={row} />
      <KindTile category={kind} kind={run.strings[run.kind[span]!]} />
      <div className="toolline">
        <bdi className="name" title={format.cut(displayName(run, span))}>
          <Hits text={format.cut(displayName(run, span), 60)} find={find} />
        </bdi>
        {args !== "" && (
          <bdi className="args cut">
            <Hits text={oneLine(argumentWords(args))} find={find} />
          </bdi>
        )}
        {has(run, span, FLAG.open) && <Waiting />}
        {!bad && result && (
          <>
            <span className="arrow no-phone" aria-hidden>
              →
            </span>
            <bdi className="res cut no-phone">
              <Hits text={kind === "retrieval" ? documentWords(result) : resultWords(result)} find={find} />
            </bdi>
          </>
        )}
        {large && (
          <span className="label w" title="Far larger than what the other tools of this run gave">
            {large}
          </span>
        )}
        {row.retry && <span className="label">retry</span>}
        <Odd run={run} span={span} />
      </div>
      <SpanNumbers run={run} span={span} />
      <ErrorLine run={run} row={row} />
    </div>
  );
}

/** Characters of arguments and results that a line can hold. */
const LINE_CHARS = 300;

function oneLine(text: string): string {
  return format.cut(text.slice(0, LINE_CHARS * 2).replace(/\s+/g, " "), LINE_CHARS);
}

/** A result on one line. */
function resultWords(result: { text: string; chars: number }): string {
  const line = oneLine(argumentWords(result.text));
  return line === "" ? "nothing" : line;
}

/** Documents by their titles: each line of the result is one. */
function documentWords(result: { text: string; chars: number }): string {
  const lines = result.text.split("\n").filter(Boolean);
  const titles = lines.map((line) => line.split(": ")[0]!.trim());
  const cut = result.chars > result.text.length ? " and more" : "";
  return `${format.plural(lines.length, "document")}${cut}: ${oneLine(titles.join(", "))}`;
}

function LoopRow({ run, row, onToggle }: RowProps<Extract<TranscriptRow, { kind: "loop" }>>) {
  const { head, rest } = foldWords(run, row.item);
  const ticks = growthTicks(run, row.item.covered);
  return (
    <div className="loopbox">
      <div className="tr">
        {row.level === 0 && <span className="off">{format.place(run.start[row.span]!)}</span>}
        <LoopIcon size={15} strokeWidth={1.5} className="i" aria-hidden />
        <div className="toolline">
          <Chevron open={row.open} label={head} onClick={() => onToggle(row)} />
          <bdi className="name">{head}</bdi>
          {ticks.length > 0 && (
            <span className="ticks no-phone" title="The prompt grows with each call" aria-hidden>
              {ticks.map((height, at) => (
                <i key={at} style={{ height }} />
              ))}
            </span>
          )}
          <span className="res cut">{rest}</span>
          <FailedPill run={run} covered={row.item.covered} />
        </div>
        <FoldNumbers run={run} covered={row.item.covered} />
      </div>
    </div>
  );
}

function FoldRow({ run, row, onToggle }: RowProps<Extract<TranscriptRow, { kind: "fold" }>>) {
  const { head, rest } = foldWords(run, row.item);
  const isRepeat = row.item.kind === "repeat";
  return (
    <div className="tr foldrow">
      <Offset run={run} row={row} />
      <Chevron open={row.open} label={head} onClick={() => onToggle(row)} />
      <span className="toolline">
        <bdi className={isRepeat ? "name" : "nowrap"}>{head}</bdi>
        <bdi className="cut dim">{rest}</bdi>
        <FailedPill run={run} covered={row.item.covered} />
      </span>
      <FoldNumbers run={run} covered={row.item.covered} />
    </div>
  );
}

/** How many of the spans in a fold failed; nothing where none did. */
export function FailedPill({ run, covered }: { run: Skeleton; covered: readonly number[] }) {
  const { errors } = totals(run, covered);
  if (errors === 0) return null;
  return <span className="cnt e">{format.count(errors)} failed</span>;
}

function ChecksRow({ run, row, onToggle }: RowProps<Extract<TranscriptRow, { kind: "checks" }>>) {
  const head = `${format.plural(row.spans.length, "check")} passed`;
  const names = row.spans.map((span) => format.cut(displayName(run, span), 40)).join(", ");
  return (
    <div className="tr foldrow">
      {row.level === 0 && <span className="off" />}
      <Chevron open={row.open} label={head} onClick={() => onToggle(row)} />
      <span className="toolline">
        <span className="nowrap">{head}</span>
        <bdi className="cut mono">{names}</bdi>
      </span>
    </div>
  );
}

/** Head of a sub-agent's card with what went in and came out. */
function CardHead(props: RowProps<Extract<TranscriptRow, { kind: "card" }>>) {
  const { run, row, text } = props;
  return (
    <div className="cardhead">
      {row.level === 0 && <span className="off">{format.place(run.start[row.span]!)}</span>}
      <CardTitle {...props} />
      {run.inputBytes[row.span]! > 0 && <InOut label="In" text={text?.arguments?.text} find={props.find} />}
      {run.outputBytes[row.span]! > 0 && <InOut label="Out" text={text?.result?.text} find={props.find} />}
      <ErrorLine run={run} row={row} />
    </div>
  );
}

/** Name, counts and totals of a card; stays at the top while the card's rows scroll. */
export function CardTitle({
  run,
  row,
  find,
  onToggle,
}: Pick<RowProps<Extract<TranscriptRow, { kind: "card" }>>, "run" | "row" | "find" | "onToggle">) {
  const { span, via } = row;
  const name = displayName(run, span);
  return (
    <header>
      <Chevron
        open={row.open}
        label={format.cut(name, 60)}
        disabled={run.endIndex[span]! <= span + 1}
        onClick={() => onToggle(row)}
      />
      <KindTile category={category(run, span)} kind={run.strings[run.kind[span]!]} />
      <bdi className="strong nowrap" title={format.cut(name)}>
        <Hits text={format.cut(name, 60)} find={find} />
      </bdi>
      {via >= 0 && displayName(run, via) !== name && (
        <bdi className="label mono no-phone">{format.cut(displayName(run, via), 40)}</bdi>
      )}
      <span className="dim cut no-phone small">
        {row.level >= LEVELS_DRAWN && `level ${format.exact(row.level + 1)} · `}
        {cardWords(run, span)}
      </span>
      {!row.open && <FailedPill run={run} covered={[span]} />}
      <Odd run={run} span={span} />
      {has(run, span, FLAG.open) && <Waiting />}
      <span className="grow" />
      <SpanNumbers run={run} span={span} />
    </header>
  );
}

function InOut({ label, text, find }: { label: string; text: string | undefined; find: string }) {
  return (
    <div className="io">
      <span className="dim">{label}</span>
      <bdi className="cut">
        <Hits text={oneLine(text ?? "")} find={find} />
      </bdi>
    </div>
  );
}

/** Opens and closes. */
export function Chevron({
  open,
  label,
  onClick,
  disabled = false,
}: {
  open: boolean;
  label: string;
  onClick: () => void;
  disabled?: boolean;
}) {
  const Icon: LucideIcon = open ? DownIcon : RightIcon;
  return (
    <button
      type="button"
      className="chevbtn"
      tabIndex={-1}
      aria-expanded={open}
      aria-label={open ? `Close ${label}` : `Open ${label}`}
      disabled={disabled}
      onClick={(event) => {
        event.stopPropagation();
        onClick();
      }}
    >
      {!disabled && <Icon size={13} strokeWidth={1.5} aria-hidden />}
    </button>
  );
}
