/** One row of the tree: guide lines, kind, name, preview, numbers and its place in the run's time. */

import { memo, type ReactNode } from "react";
import { errorOf } from "@/run/cause";
import { useRun, useRunStore } from "@/run/store";
import type { SpanText } from "@/run/texts";
import { Hits } from "@/run/transcript/Hits";
import { FailedPill } from "@/run/transcript/rows";
import { argumentWords, foldWords, largeWords, oddWords } from "@/run/transcript/words";
import { firstSpan, type Fold, totals } from "@/trace/children";
import type { Row } from "@/trace/rows";
import {
  category,
  displayName,
  endOf,
  failed,
  FLAG,
  has,
  type Skeleton,
  subtreeTokens,
} from "@/trace/skeleton";
import * as format from "@/format";
import { DownIcon, ErrorIcon, LoopIcon, RightIcon, WarnIcon } from "@/ui/icons";
import { KindTile } from "@/ui/kind";
import { Cost, Duration, Tokens } from "@/ui/values";

/** Levels that are drawn as an indent; deeper rows say how deep they are. */
export const INDENT_MAX = 20;

export interface TreeRowProps {
  id: string;
  run: Skeleton;
  row: Row;
  /** Pixels from the top of the list. */
  top: number;
  height: number;
  text: SpanText | undefined;
  find: string;
  isHit: boolean;
  isSelected: boolean;
  /** Bit g: the line in column g belongs to the thread. */
  thread: number;
  /** The row is on the thread: it turns to it. */
  turns: boolean;
  place: number;
  onSelect: (place: number) => void;
  onToggle: (row: Row) => void;
}

export const TreeRow = memo(function TreeRow(props: TreeRowProps) {
  const { id, run, row, top, height, isSelected, isHit, place, onSelect, onToggle } = props;
  const store = useRunStore();
  const span = firstSpan(row.item);
  const hovered = useRun((state) => state.hover === span);
  const infra = row.item.kind === "span" && has(run, span, FLAG.infrastructure);
  return (
    <div
      id={id}
      className={`tn ${infra ? "infra" : ""} ${hovered ? "hov" : ""} ${isHit ? "hit" : ""}`}
      role="treeitem"
      aria-level={row.depth + 1}
      aria-expanded={row.opens ? row.open : undefined}
      aria-selected={isSelected}
      data-span={span}
      style={{ height, transform: `translateY(${top}px)` }}
      onClick={() => onSelect(place)}
      onDoubleClick={() => onToggle(row)}
      onMouseEnter={() => store.getState().hoverOver(span)}
    >
      <div className="l">
        <Lines row={row} thread={props.thread} turns={props.turns} />
        <Chevron row={row} onToggle={onToggle} />
        {row.depth > INDENT_MAX && <span className="cnt">depth {format.exact(row.depth)}</span>}
        {row.item.kind === "span" ? (
          <SpanWords {...props} span={row.item.span} />
        ) : (
          <FoldWords run={run} item={row.item} />
        )}
      </div>
      {row.item.kind === "span" ? (
        <SpanNumbers run={run} span={row.item.span} />
      ) : (
        <FoldNumbers run={run} item={row.item} />
      )}
    </div>
  );
});

/** The lines from the parents; those of the thread are in the accent colour. */
function Lines({ row, thread, turns }: { row: Row; thread: number; turns: boolean }) {
  const columns = Math.min(row.depth, INDENT_MAX);
  const lines: ReactNode[] = [];
  for (let column = 0; column < columns; column++) {
    const goesOn = (row.guides & (1 << (column + 1))) !== 0;
    const own = column === row.depth - 1;
    const threaded = (thread & (1 << column)) !== 0;
    let shape = own ? (goesOn ? "b" : "e") : goesOn ? "v" : "";
    if (threaded) shape += own && turns ? " turn" : " th";
    lines.push(<i key={column} className={shape} />);
  }
  return (
    <span className="ind" aria-hidden>
      {lines}
    </span>
  );
}

function Chevron({ row, onToggle }: { row: Row; onToggle: (row: Row) => void }) {
  if (!row.opens) return <span className="chev" />;
  const Icon = row.open ? DownIcon : RightIcon;
  return (
    <button
      type="button"
      className="chev"
      tabIndex={-1}
      aria-hidden
      onClick={(event) => {
        event.stopPropagation();
        onToggle(row);
      }}
      onDoubleClick={(event) => event.stopPropagation()}
    >
      <Icon size={12} strokeWidth={1.5} />
    </button>
  );
}

function SpanWords({ run, row, span, text, find }: TreeRowProps & { span: number }) {
  const kind = category(run, span);
  const bad = failed(run, span);
  const name = format.cut(displayName(run, span));
  const mono = kind === "tool" || kind === "other" ? "mono" : "";
  const odd = oddWords(run, span);
  const large = largeWords(run, span);
  return (
    <>
      <KindTile category={kind} kind={run.strings[run.kind[span]!]} />
      <bdi className={`nm ${mono} ${bad ? "err-t" : ""}`} title={name}>
        <Hits text={format.cut(name, 60)} find={find} />
      </bdi>
      {bad && <ErrorIcon size={14} strokeWidth={1.5} className="i err-t" aria-label="Failed" />}
      {bad && <bdi className="ek err-t cut">{format.cut(errorOf(run, span).kind, 60)}</bdi>}
      {row.opens && !row.open && <span className="cnt">{format.count(run.subtreeSpans[span]! - 1)}</span>}
      {row.opens && !row.open && !bad && <FailedPill run={run} covered={[span]} />}
      {odd.length > 0 && (
        <span className="warn-t odd" title={odd.join("; ")}>
          <WarnIcon size={13} strokeWidth={1.5} className="i" aria-hidden />
          <span className="cut">{odd.join("; ")}</span>
        </span>
      )}
      {large && <span className="label w">{large}</span>}
      {has(run, span, FLAG.open) && <span className="waiting shimmer" role="img" aria-label="running" />}
      <bdi className="pv cut">
        <Hits text={preview(run, span, text)} find={find} />
      </bdi>
    </>
  );
}

/** Characters of a preview that a row can hold. */
const PREVIEW_CHARS = 240;

/** What the span says, on a line: its error first, then its words. */
function preview(run: Skeleton, span: number, text: SpanText | undefined): string {
  if (failed(run, span)) {
    return oneLine(errorOf(run, span).message);
  }
  if (!text) return "";
  if (text.text) return oneLine(text.text.text.replace(/\*\*|^#{1,6} +/gm, ""));
  if (text.calls.length > 0)
    return oneLine(
      text.calls.map((call) => `${call.name ?? "tool"} ${argumentWords(call.arguments)}`).join(", "),
    );
  if (text.arguments) return oneLine(argumentWords(text.arguments.text));
  return oneLine(text.result?.text ?? "");
}

function oneLine(text: string): string {
  return format.cut(
    text
      .slice(0, PREVIEW_CHARS * 2)
      .replace(/\s+/g, " ")
      .trim(),
    PREVIEW_CHARS,
  );
}

function FoldWords({ run, item }: { run: Skeleton; item: Fold }) {
  const { head, rest } = foldWords(run, item);
  const loop = item.kind === "loop";
  return (
    <>
      {loop ? (
        <span className="tile loop" title="the same call again and again">
          <LoopIcon size={13} strokeWidth={1.5} aria-hidden />
        </span>
      ) : (
        <KindTile category={item.kind === "repeat" ? "tool" : "other"} />
      )}
      <bdi className={`nm ${loop ? "warn-t mono" : item.kind === "repeat" ? "mono" : ""}`}>{head}</bdi>
      <FailedPill run={run} covered={item.covered} />
      <bdi className="pv cut">{rest}</bdi>
    </>
  );
}

function SpanNumbers({ run, span }: { run: Skeleton; span: number }) {
  const open = has(run, span, FLAG.open);
  return (
    <Numbers
      run={run}
      tokens={subtreeTokens(run, span)}
      cost={run.subtreeCost[span]!}
      start={run.start[span]!}
      nanos={open ? endOf(run, span) - run.start[span]! : run.duration[span]!}
      tone={failed(run, span) ? "bad" : open ? "live" : ""}
    />
  );
}

function FoldNumbers({ run, item }: { run: Skeleton; item: Fold }) {
  const { start, end, tokens, cost } = totals(run, item.covered);
  const tone = item.kind === "loop" ? "loop" : "";
  return <Numbers run={run} tokens={tokens} cost={cost} start={start} nanos={end - start} tone={tone} />;
}

function Numbers({
  run,
  tokens,
  cost,
  start,
  nanos,
  tone,
}: {
  run: Skeleton;
  tokens: number;
  cost: number;
  start: number;
  nanos: number;
  tone: string;
}) {
  const whole = run.end - run.begin;
  const left = Math.min(97, Math.max(0, ((start - run.begin) / whole) * 100));
  const width = Math.min(100 - left, Math.max(3, ((nanos > 0 ? nanos : 0) / whole) * 100));
  return (
    <>
      <span className="m tk">{tokens > 0 && <Tokens amount={tokens} />}</span>
      <span className="m co">{!Number.isNaN(cost) && <Cost usd={format.picoToUsd(cost)} />}</span>
      <span className={`m dbar ${tone}`}>
        <Duration nanos={nanos} />
        <u aria-hidden>
          <i style={{ marginLeft: `${left}%`, width: `${width}%` }} />
        </u>
      </span>
    </>
  );
}
