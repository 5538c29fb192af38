/** The prompt against the one before it: what the context holds, where the prefix broke, then what changed. */

import { useMemo, useState } from "react";
import { count, duration, exact, plural, tokens } from "@/format";
import { abridged, type Hunk, hunks, type Line, lines, wholeLines } from "@/trace/difference";
import { indexOf } from "@/trace/skeleton";
import { Button } from "@/ui/button";
import { useRun } from "../store";
import type { Detail, Difference } from "./detail";
import { useLongTexts } from "./longTexts";
import { contextOf, saidOf, type Share, toolNames } from "./said";

export function Changes({ detail }: { detail: Detail }) {
  const { clipped } = useLongTexts();
  const { difference, content } = detail;
  const context = useMemo(() => contextOf(content, clipped), [content, clipped]);
  const chars = context.reduce((sum, share) => sum + share.chars, 0);
  // Nobody counts tokens by message: the input's tokens are shared out by characters.
  const perChar = chars > 0 && detail.span.usage?.input ? detail.span.usage.input / chars : null;
  const found = useMemo(() => {
    if (!difference) return [];
    const names = toolNames([...content.input_messages, ...difference.removed_messages]);
    const said = (message: Parameters<typeof saidOf>[0]) => saidOf(message, names);
    return hunks(
      difference.removed_messages.map(said),
      difference.added.map(said),
      difference.common_messages,
    );
  }, [difference, content.input_messages]);
  return (
    <>
      <section className="sec">
        <Head detail={detail} />
        <Context shares={context} chars={chars} perChar={perChar} />
        {difference ? <Prefix detail={detail} difference={difference} /> : <FirstCall detail={detail} />}
      </section>
      {difference && <Set difference={difference} />}
      {found.map((hunk, at) => (
        <HunkView key={at} hunk={hunk} perChar={perChar} />
      ))}
      {difference && found.length === 0 && (
        <p className="sec dim">All messages are those of the call before</p>
      )}
    </>
  );
}

function Head({ detail }: { detail: Detail }) {
  const run = useRun((state) => state.run);
  const goTo = useRun((state) => state.goTo);
  const before = detail.difference ? indexOf(run, detail.difference.previous_span_id) : -1;
  const earlier = before >= 0 ? detail.span.start_offset_nanos - run.start[before]! : null;
  return (
    <h3 className="sech">
      {detail.difference ? "Prompt against the call before" : "What the prompt holds"}
      <span className="grow" />
      {before >= 0 && (
        <Button small tone="ghost" onClick={() => goTo(before)} title="Go to the call before">
          {duration(earlier)} earlier, same thread
        </Button>
      )}
    </h3>
  );
}

function Context({ shares, chars, perChar }: { shares: Share[]; chars: number; perChar: number | null }) {
  if (chars === 0) return <p className="dim">The sender said no messages</p>;
  const size = (share: Share) =>
    perChar === null ? `${count(share.chars)} characters` : tokens(Math.round(share.chars * perChar));
  return (
    <>
      <div className="ctx">
        {shares.map((share) => (
          <i
            key={share.name}
            title={`${share.name}: ${exact(share.chars)} characters`}
            style={{ width: `${(share.chars / chars) * 100}%`, background: `var(${share.colour})` }}
          />
        ))}
      </div>
      <div
        className="legend"
        title={perChar === null ? undefined : "Shared out by characters: nobody counts tokens by message"}
      >
        {shares.map((share) => (
          <span key={share.name}>
            <i style={{ background: `var(${share.colour})` }} />
            {share.name} {perChar === null ? "" : "~"}
            {size(share)}
          </span>
        ))}
      </div>
    </>
  );
}

/** Why there is nothing to compare with. */
function FirstCall({ detail }: { detail: Detail }) {
  const why =
    detail.content.input_messages.length === 0
      ? "The sender said no messages of this call, so there is nothing to compare."
      : "This is the first call of its thread, or the call before it said no messages.";
  return <p className="mut prefix">{why}</p>;
}

function Prefix({ detail, difference }: { detail: Detail; difference: Difference }) {
  const all = detail.content.input_messages.length;
  const cached = detail.span.usage?.cache_read;
  const broke = difference.first_change;
  return (
    <p className="mut prefix">
      Prefix kept for{" "}
      <b>
        {count(difference.common_messages)} of {plural(all, "message")}
      </b>
      {cached
        ? `, ${exact(cached)} tokens came from the cache`
        : cached === 0
          ? ", nothing came from the cache"
          : ""}
      .{" "}
      {broke === null
        ? difference.added.length > 0
          ? `The prompt only grew, by ${plural(difference.added.length, "message")}.`
          : "Nothing was added."
        : `The first change is message ${count(broke + 1)}.`}
    </p>
  );
}

/** System and tools stand before all messages: a change there breaks the whole prefix. */
function Set({ difference }: { difference: Difference }) {
  const { system_changed, tools_added, tools_removed } = difference;
  if (!system_changed && tools_added.length + tools_removed.length === 0) return null;
  return (
    <section className="sec setchanges">
      {system_changed && (
        <p className="warn-t">The system prompt changed: nothing of the prompt can come from the cache</p>
      )}
      <Names sign="+" word="Tools added" names={tools_added} />
      <Names sign="−" word="Tools removed" names={tools_removed} />
    </section>
  );
}

function Names({ sign, word, names }: { sign: "+" | "−"; word: string; names: string[] }) {
  if (names.length === 0) return null;
  return (
    <p>
      <span className={`sign ${sign === "+" ? "a" : "d"}`}>{sign}</span> {word}:{" "}
      <bdi className="mono">{names.slice(0, 50).join(", ")}</bdi>
      {names.length > 50 && ` and ${exact(names.length - 50)} more`}
    </p>
  );
}

/** Lines of a hunk drawn at once. */
const LINES_MAX = 400;

function HunkView({ hunk, perChar }: { hunk: Hunk; perChar: number | null }) {
  const [whole, setWhole] = useState(false);
  const all = useMemo(() => linesOf(hunk), [hunk]);
  const shown = useMemo(() => (whole ? all : abridged(all)), [all, whole]);
  if (hunk.kind === "same") {
    return (
      <div className="hunk same">
        {plural(hunk.count, "message")} as before
        <span className="grow" />
        <span className="dim">from {count(hunk.number)}</span>
      </div>
    );
  }
  const said = hunk.kind === "changed" ? hunk.after : hunk.said;
  return (
    <section aria-label={`Message ${hunk.number}, ${hunk.kind}`}>
      <div className="hunk">
        {hunk.kind !== "added" && <span className="sign d">−</span>}
        {hunk.kind !== "removed" && <span className="sign a">+</span>}
        <b>{count(hunk.number)}</b>
        <bdi className="cut">{said.what}</bdi>
        <span className="grow" />
        <span className="dim nowrap">{weight(hunk, perChar)}</span>
      </div>
      <div className="hunklines">
        {shown.slice(0, LINES_MAX).map((line, at) => (
          <LineView key={at} line={line} onOpen={() => setWhole(true)} />
        ))}
        {shown.length > LINES_MAX && (
          <p className="dl dim">{exact(shown.length - LINES_MAX)} more lines, in full under Messages</p>
        )}
      </div>
    </section>
  );
}

function linesOf(hunk: Hunk): Line[] {
  if (hunk.kind === "changed") return lines(hunk.before.text, hunk.after.text);
  return hunk.kind === "same" ? [] : wholeLines(hunk.said.text, hunk.kind === "added" ? "+" : "-");
}

/** "~98 tokens", "shortened by ~6,120 tokens"; in characters where no tokens are known. */
function weight(hunk: Hunk, perChar: number | null): string {
  if (hunk.kind === "same") return "";
  const chars =
    hunk.kind === "changed" ? hunk.after.text.length - hunk.before.text.length : hunk.said.text.length;
  if (chars === 0) return hunk.kind === "changed" ? "same length" : "empty";
  const amount = Math.abs(chars);
  const size =
    perChar === null ? `${exact(amount)} characters` : `~${exact(Math.round(amount * perChar))} tokens`;
  if (hunk.kind !== "changed") return size;
  return `${chars < 0 ? "shortened" : "longer"} by ${size}`;
}

function LineView({ line, onOpen }: { line: Line; onOpen: () => void }) {
  if (line.sign === "cut") {
    return (
      <button type="button" className={`dl cutlines ${line.of === "+" ? "add" : "del"}`} onClick={onOpen}>
        <span className="g">{line.of === "-" ? "−" : "+"}</span>… {plural(line.count, "more line")}
      </button>
    );
  }
  if (line.sign === "skip") {
    return (
      <span className="dl skip">
        <span className="g"> </span>
        {plural(line.count, "line")} as before
      </span>
    );
  }
  const kind = line.sign === "+" ? "dl add" : line.sign === "-" ? "dl del" : "dl";
  return (
    <span className={kind} dir="auto">
      <span className="g">{line.sign === "-" ? "−" : line.sign}</span>
      {line.words.map((word, at) => (word.changed ? <mark key={at}>{word.text}</mark> : word.text))}
    </span>
  );
}
