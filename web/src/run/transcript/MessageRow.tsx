/** What people and models say: the words that began the run, a model call with its thinking, the run's answer. */

import { lazy, Suspense } from "react";
import type { SpanText, Text } from "@/run/texts";
import { displayName, failed, FLAG, has, type Skeleton } from "@/trace/skeleton";
import type { TranscriptRow } from "@/trace/transcript";
import * as format from "@/format";
import { DownIcon, RightIcon, ThinkingIcon } from "@/ui/icons";
import { KindTile } from "@/ui/kind";
import { askedHere } from "./asked";
import { isLong, thinkingOf, type Measures } from "./heights";
import { Inline } from "./Inline";
import { SpanNumbers } from "./Numbers";
import { ErrorLine, Odd, Offset, type RowProps, Waiting } from "./rows";

const Markdown = lazy(() => import("@/ui/Markdown").then((module) => ({ default: module.Markdown })));

/** What the run was asked. */
export function WordsRow({ run, row, text, find, opened, measures, onToggle }: RowProps) {
  const said = text?.arguments;
  return (
    <div className="tr msg words">
      <Offset run={run} row={row} />
      <Avatar run={run} span={row.span} />
      <Said
        said={said}
        find={find}
        opened={opened}
        strong
        measures={measures}
        onToggle={() => onToggle(row)}
      />
    </div>
  );
}

/** What the run gave, where no model call says it. */
export function AnswerRow({ row, text, find, opened, measures, onToggle }: RowProps) {
  return (
    <div className="tr msg final">
      <span className="off" />
      <KindTile category="agent" />
      <Said
        said={text?.result}
        find={find}
        opened={opened}
        measures={measures}
        onToggle={() => onToggle(row)}
      />
    </div>
  );
}

/** A model call. In a card it is one line until it is opened. */
export function MessageRow(props: RowProps<Extract<TranscriptRow, { kind: "message" }>>) {
  const { run, row, text, told, find, opened, thoughtOpened, measures, onToggle } = props;
  const toggle = () => onToggle(row);
  const inCard = row.level > 0;
  const asked = askedHere(run, row, text, told);
  const said = text?.text ?? null;
  const silent = said === null && (text !== undefined || run.outputPreviewChars[row.span] === 0);
  const oneLine = (inCard || silent) && !opened;
  const thought = inCard && !opened ? null : thinkingOf(run, row.span, text);
  return (
    <>
      {asked && (
        <div className="tr msg words">
          <Offset run={run} row={row} />
          <Avatar run={run} span={row.span} />
          <Said
            said={asked}
            find={find}
            opened={opened && isLong(asked.text, asked.chars, measures)}
            strong
            measures={measures}
            onToggle={toggle}
          />
        </div>
      )}
      <div className={`tr ${oneLine && !thought ? "call" : "msg"} ${row.final ? "final" : ""}`}>
        <Offset run={run} row={row} />
        <KindTile category="llm" kind={run.strings[run.kind[row.span]!]} />
        <div className="said">
          {thought && (
            <Thinking
              thought={thought}
              text={text?.thinking?.text}
              opened={thoughtOpened}
              onToggle={() => onToggle(row, "thought")}
            />
          )}
          {oneLine ? (
            <OneLine {...props} />
          ) : (
            <Said said={text && said} find={find} opened={opened} measures={measures} onToggle={toggle} />
          )}
          {opened && text?.calls.map((call, at) => <Asked key={at} call={call} />)}
        </div>
        <SpanNumbers run={run} span={row.span} />
        <ErrorLine run={run} row={row} />
      </div>
    </>
  );
}

/** A model call that says little: its text, or what it asks for, on a line. */
function OneLine({ run, row, text, find }: RowProps<Extract<TranscriptRow, { kind: "message" }>>) {
  const calls = text?.calls ?? [];
  return (
    <div className="toolline">
      {failed(run, row.span) && (
        <bdi className="med nowrap">{format.cut(displayName(run, row.span), 60)}</bdi>
      )}
      {text?.text && (
        <bdi className="cut mut">
          <Inline text={text.text.text.replace(/\s+/g, " ")} find={find} />
        </bdi>
      )}
      {!text?.text && calls.length > 0 && <span className="dim nowrap">asks for</span>}
      {(!text?.text || !row.hasTools) &&
        calls.slice(0, 6).map((call, at) => (
          <bdi key={at} className="cut">
            <span className="name">{format.cut(call.name ?? "a tool", 60)}</span>
            {!row.hasTools && (
              <span className="args"> {format.cut(call.arguments.replace(/\s+/g, " "))}</span>
            )}
          </bdi>
        ))}
      {calls.length > 6 && <span className="dim nowrap">and {calls.length - 6} more</span>}
      {has(run, row.span, FLAG.open) && <Waiting />}
      {text &&
        !text.text &&
        calls.length === 0 &&
        !failed(run, row.span) &&
        !has(run, row.span, FLAG.open) && (
          <span className="dim cut">{format.cut(displayName(run, row.span), 60)} said nothing</span>
        )}
      <Odd run={run} span={row.span} />
    </div>
  );
}

/** Three lines of a text, or all of it that the server sent. */
function Said({
  said,
  find,
  opened,
  strong = false,
  measures,
  onToggle,
}: {
  /** Left out while it is on its way; null where there is none. */
  said: Text | null | undefined;
  find: string;
  opened: boolean;
  strong?: boolean;
  measures: Measures;
  onToggle: () => void;
}) {
  if (said === undefined) return <span className="waiting quiet" aria-busy="true" />;
  if (said === null) return <span className="dim">nothing was said</span>;
  const long = isLong(said.text, said.chars, measures);
  const missing = said.chars - said.text.length;
  return (
    <div className="saidbox">
      {opened ? (
        <div className="prose">
          <Suspense fallback={<div className="plain">{said.text}</div>}>
            <Markdown text={said.text} />
          </Suspense>
        </div>
      ) : (
        <p className={`prose lines ${strong ? "med" : ""}`} dir="auto">
          <Inline text={said.text} find={find} />
        </p>
      )}
      {(long || opened) && (
        <button type="button" className="more" tabIndex={-1} aria-expanded={opened} onClick={stop(onToggle)}>
          {opened ? "less" : "more"}
          <span className="dim">
            {opened && missing > 0
              ? `${format.exact(missing)} more characters in the panel`
              : `${format.exact(said.chars)} characters`}
          </span>
        </button>
      )}
    </div>
  );
}

function Thinking({
  thought,
  text,
  opened,
  onToggle,
}: {
  thought: string;
  text: string | undefined;
  opened: boolean;
  onToggle: () => void;
}) {
  const Icon = opened ? DownIcon : RightIcon;
  if (!text) {
    return (
      <div className="think">
        <ThinkingIcon size={13} strokeWidth={1.5} aria-hidden />
        {thought}
      </div>
    );
  }
  return (
    <>
      <button type="button" className="think" tabIndex={-1} aria-expanded={opened} onClick={stop(onToggle)}>
        <Icon size={12} strokeWidth={1.5} aria-hidden />
        {thought}
      </button>
      {opened && (
        <div className="thought" dir="auto">
          {text}
        </div>
      )}
    </>
  );
}

/** A call that the model asks for, whole. */
function Asked({ call }: { call: SpanText["calls"][number] }) {
  return (
    <div className="askedcall">
      <bdi className="name">{format.cut(call.name ?? "a tool")}</bdi>
      <pre className="mono" dir="auto">
        {call.arguments}
      </pre>
    </div>
  );
}

/** The first letter of who asked. */
function Avatar({ run, span }: { run: Skeleton; span: number }) {
  const user = run.strings[run.userId[span]!] || run.strings[run.userId[0] ?? 0] || "";
  return (
    <span className="ava square" title={user ? format.cut(user) : "the person"}>
      {Array.from(user || "U")[0]!.toUpperCase()}
    </span>
  );
}

function stop(then: () => void) {
  return (event: React.MouseEvent) => {
    event.stopPropagation();
    then();
  };
}
