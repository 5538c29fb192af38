/** Why a span failed: type, text, one's own frames of the stack, those of libraries folded. */

import { useMemo } from "react";
import { plural } from "@/format";
import { category, displayName, failed, FLAG, has, type Skeleton } from "@/trace/skeleton";
import { Button } from "@/ui/button";
import { ErrorIcon } from "@/ui/icons";
import { copyText } from "@/ui/copy";
import { highlight } from "@/ui/highlight";
import { useRun } from "../store";
import type { Detail } from "./detail";
import { Fold } from "./Fold";
import { foldStack, type Folded, type Frame, type Note } from "./stack";
import { useWholeText } from "./longTexts";
import { TextValue } from "./TextValue";

export function ErrorCard({ detail, span }: { detail: Detail; span: number }) {
  const run = useRun((state) => state.run);
  const { exception } = detail.content;
  const error = detail.span.error;
  if (!exception && !error) return failed(run, span) ? <Derived run={run} span={span} /> : null;
  const kind = exception?.kind || error?.kind || "Error";
  const message = withoutKind(exception?.message ?? error?.message ?? "", kind);
  return (
    <section className="sec">
      <h3 className="sech err-t">
        <ErrorIcon size={15} strokeWidth={1.5} className="i" aria-hidden />
        <bdi>{kind}</bdi>
        {exception?.code && <bdi className="label e">{exception.code}</bdi>}
      </h3>
      {message && (
        <div className="errortext">
          <TextValue text={message} pointer="/content/exception/message" as="plain" label="Error" clamp />
        </div>
      )}
      {has(run, span, FLAG.errorDerived) && <Derived run={run} span={span} inside />}
      {exception?.stack && <Stack stack={exception.stack} message={exception.message} />}
    </section>
  );
}

/** "PatchError: hunk 2 …" under a heading that says PatchError already. */
function withoutKind(message: string, kind: string): string {
  return message.startsWith(`${kind}: `) ? message.slice(kind.length + 2) : message;
}

/** The span said nothing itself: something below it failed. */
function Derived({ run, span, inside = false }: { run: Skeleton; span: number; inside?: boolean }) {
  const goTo = useRun((state) => state.goTo);
  const cause = causeOf(run, span);
  const text = (
    <p className="derived">
      <ErrorIcon size={14} strokeWidth={1.5} className="i err-t" aria-hidden />
      <span>Failed because a step below it did</span>
      {cause >= 0 && (
        <Button small tone="ghost" onClick={() => goTo(cause)}>
          <bdi className="cut">{displayName(run, cause)}</bdi>
        </Button>
      )}
    </p>
  );
  return inside ? text : <section className="sec">{text}</section>;
}

/** The last span below that failed by its own word. */
function causeOf(run: Skeleton, span: number): number {
  for (let below = run.endIndex[span]! - 1; below > span; below--) {
    if (failed(run, below) && !has(run, below, FLAG.errorDerived) && category(run, below) !== "other")
      return below;
  }
  return -1;
}

function Stack({ stack, message }: { stack: string; message: string | null }) {
  const { text, whole } = useWholeText("/content/exception/stack", stack);
  const entries = useMemo(() => foldStack(text, message), [text, message]);
  return (
    <>
      <div className="pair stack" data-pointer="/content/exception/stack">
        {entries.map((entry, at) => (
          <Entry key={at} entry={entry} />
        ))}
      </div>
      {!whole && <p className="dim fs12">The stack is longer than this; its whole text is under Raw</p>}
      <Button small tone="ghost" className="clampmore" onClick={() => void copyText(stack, "stack")}>
        Copy the stack as sent
      </Button>
    </>
  );
}

function Entry({ entry }: { entry: Frame | Note | Folded }) {
  if (entry.kind === "note") return <pre className="code wrap stacknote">{entry.text}</pre>;
  if (entry.kind === "frame") return <FrameView frame={entry} />;
  return (
    <div className="libraries">
      <Fold
        className="h dim"
        summary={plural(entry.frames.length, "frame") + " of libraries"}
        openAt="/content/exception/stack"
      >
        {() => entry.frames.map((frame, at) => <FrameView key={at} frame={frame} />)}
      </Fold>
    </div>
  );
}

function FrameView({ frame }: { frame: Frame }) {
  return (
    <pre className={frame.library ? "code wrap frame library" : "code wrap frame"}>
      <span className={frame.code ? "c" : undefined}>{frame.text}</span>
      {frame.code && <span className="framecode">{highlight(frame.code, "program")}</span>}
    </pre>
  );
}
