/** A text of a sender, however long: read as Markdown or as it is, cut where it is tall, more of it on request. */

import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useContext, useEffect, useRef, useState } from "react";
import { get } from "@/api/client";
import { bytes, exact, share } from "@/format";
import { Button } from "@/ui/button";
import { highlight } from "@/ui/highlight";
import { Markdown, PlainText } from "@/ui/Markdown";
import { PlainLines } from "@/ui/PlainLines";
import { MentionChip } from "../Attachments";
import { mentionsIn } from "@/ui/mentions";
import { FindContext, unitsOf, useHitInside } from "./find";
import { useLongTexts, useWholeText } from "./longTexts";

/** Longer texts are drawn line by line, only those on screen. */
const LINES_FROM_CHARS = 60_000;
/** Texts that are taller than about this many lines are cut, with a button. */
const CLAMP_LINES = 22;
const CHARACTERS_A_LINE = 76;

/** How a text is read: as prose in Markdown, as prose as it is, as code, as JSON. */
export type Reading = "markdown" | "plain" | "code" | "json";

export function TextValue({
  text: beginning,
  pointer,
  as,
  label,
  clamp = false,
}: {
  text: string;
  /** Its place in the answer: names it for loading more and for search. */
  pointer: string;
  as: Reading;
  /** What it is, for those who do not see it. */
  label: string;
  /** Tall texts show their beginning first. */
  clamp?: boolean;
}) {
  const long = useWholeText(pointer, beginning);
  const hit = useHitInside(pointer);
  const { text, clipped } = long;
  const beyond = clipped !== null && hit !== null && hit.at >= (long.state?.chars ?? text.length);
  const lines = text.length > LINES_FROM_CHARS || clipped !== null;
  return (
    <div data-pointer={pointer} className="textvalue">
      {lines ? (
        <PlainLines text={text} label={label} at={hit && !beyond ? unitsOf(text, hit.at) : -1} />
      ) : (
        <Clamped text={text} clamp={clamp} open={hit !== null}>
          <Read text={text} as={as} />
        </Clamped>
      )}
      {clipped && (
        <MoreOfIt
          shown={long.state?.chars ?? text.length}
          chars={clipped.chars}
          size={clipped.bytes}
          whole={long.whole}
          loading={long.state?.loading ?? false}
          error={long.state?.error ?? null}
          load={() => void long.load()}
          stop={long.stop}
        />
      )}
      {beyond && <Excerpt pointer={pointer} at={hit.at} />}
    </div>
  );
}

/** A text, with chips where it speaks of media. */
function Read({ text, as }: { text: string; as: Reading }) {
  const parts = mentionsIn(text);
  if (!parts) return <ReadText text={text} as={as} />;
  return parts.map((part, at) =>
    typeof part === "string" ? (
      part.trim() !== "" && <ReadText key={at} text={part.trim()} as={as} />
    ) : (
      <MentionChip key={at} mention={part} />
    ),
  );
}

function ReadText({ text, as }: { text: string; as: Reading }) {
  if (text === "") return <span className="dim">empty</span>;
  if (as === "markdown") return <Markdown text={text} />;
  if (as === "plain") return <PlainText text={text} />;
  return (
    <pre className="code wrap" dir="auto">
      {highlight(text, as === "json" ? "json" : undefined)}
    </pre>
  );
}

/** The beginning of what is tall, with a button for all of it. */
function Clamped({
  text,
  clamp,
  open,
  children,
}: {
  text: string;
  clamp: boolean;
  open: boolean;
  children: ReactNode;
}) {
  const [all, setAll] = useState(false);
  if (!clamp || linesOf(text) <= CLAMP_LINES * 1.3) return children;
  const shown = all || open;
  return (
    <>
      <div className={shown ? undefined : "clamped"}>{children}</div>
      <Button small tone="ghost" className="clampmore" aria-expanded={shown} onClick={() => setAll(!shown)}>
        {shown ? "Show less" : `Show all ${exact(text.length)} characters`}
      </Button>
    </>
  );
}

/** About how many lines a text has on the page. */
function linesOf(text: string): number {
  let lines = 0;
  for (const line of text.slice(0, 8_000).split("\n"))
    lines += Math.max(1, Math.ceil(line.length / CHARACTERS_A_LINE));
  return lines;
}

/** The rest of a long text: how much there is, how far it has come. */
function MoreOfIt({
  shown,
  chars,
  size,
  whole,
  loading,
  error,
  load,
  stop,
}: {
  shown: number;
  chars: number;
  size: number;
  whole: boolean;
  loading: boolean;
  error: string | null;
  load: () => void;
  stop: () => void;
}) {
  if (whole)
    return (
      <div className="moreof dim">
        All {exact(chars)} characters, {bytes(size)}
      </div>
    );
  return (
    <div className="moreof">
      {loading ? (
        <>
          <progress value={shown} max={chars} aria-label="Loading the text" />
          <span className="dim num">{share(shown / chars)}</span>
          <Button small tone="ghost" onClick={stop}>
            Stop
          </Button>
        </>
      ) : (
        <>
          <Button small onClick={load}>
            Show {bytes(size)}
          </Button>
          <span className={error ? "err-t cut" : "dim cut"}>
            {error ?? `${exact(shown)} of ${exact(chars)} characters`}
          </span>
        </>
      )}
    </div>
  );
}

/** Characters of an excerpt before the hit, and in all. */
const EXCERPT_BEFORE = 1_200;
const EXCERPT_CHARS = 3_000;

/** What stands around a hit in the part of a long text that is not loaded. */
function Excerpt({ pointer, at }: { pointer: string; at: number }) {
  const { traceId, spanId } = useLongTexts();
  const { text } = useContext(FindContext);
  const from = Math.max(0, at - EXCERPT_BEFORE);
  const { data } = useQuery({
    queryKey: ["excerpt", traceId, spanId, pointer, from],
    queryFn: ({ signal }) =>
      get<{ text: string }>(
        `/traces/${encodeURIComponent(traceId)}/spans/${spanId}/text`,
        { pointer, from, max: EXCERPT_CHARS },
        signal,
      ),
  });
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.scrollIntoView({ block: "center" }), [data, at]);
  if (!data) return <div className="shimmer line" aria-label="Loading" />;
  return (
    <div className="excerpt" ref={box}>
      <p className="dim fs12">Around character {exact(at)}</p>
      <PlainLines text={data.text} label="Excerpt" find={text} at={unitsOf(data.text, at - from)} />
    </div>
  );
}
