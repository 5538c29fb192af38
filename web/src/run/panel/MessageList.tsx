/** Messages one below the other: who speaks, then what was said, thought, asked for and answered. */

import { memo, useState } from "react";
import { exact } from "@/format";
import { Button } from "@/ui/button";
import { CheckIcon, SettingsIcon, ThinkingIcon, UserIcon } from "@/ui/icons";
import { JsonView } from "@/ui/JsonView";
import { KindTile } from "@/ui/kind";
import type { Json, Part } from "./detail";
import { useHitInside } from "./find";
import { Fold } from "./Fold";
import { Media } from "./Media";
import type { Block, Piece } from "./messages";
import { TextValue } from "./TextValue";
import { ToolBox } from "./ToolBox";

/** Messages drawn at once; more on request. */
const WINDOW = 100;

/** A list of messages; `base` is its place in the answer. */
export function MessageList({
  blocks,
  base,
  note,
  thought,
}: {
  blocks: readonly Block[];
  base: string;
  /** Stands beside each speaker. */
  note?: string;
  /** Tokens of the thinking, where there is one piece of it. */
  thought?: number;
}) {
  const [shown, setShown] = useState(WINDOW);
  const hit = useHitInside(base);
  const hitAt = hit ? blocks.findIndex(({ index }) => hit.pointer.startsWith(`${base}/${index}/`)) : -1;
  const until = Math.max(shown, hitAt + 1);
  return (
    <>
      {blocks.slice(0, until).map((block) => (
        <MessageBlock key={block.index} block={block} note={note} thought={thought} />
      ))}
      {until < blocks.length && (
        <div className="sec">
          <Button small onClick={() => setShown(until + WINDOW)}>
            Show {exact(Math.min(WINDOW, blocks.length - until))} more of {exact(blocks.length)}
          </Button>
        </div>
      )}
    </>
  );
}

const ROLES: Record<string, string> = {
  system: "System",
  developer: "Developer",
  user: "User",
  assistant: "Assistant",
  tool: "Tool result",
};

export const MessageBlock = memo(function MessageBlock({
  block,
  note,
  thought,
}: {
  block: Block;
  note?: string;
  thought?: number;
}) {
  const tools = block.pieces.length > 0 && block.pieces.every((piece) => piece.kind === "pair");
  return (
    <section className="sec message">
      {!(tools && block.role === "tool") && (
        <div className="role">
          <RoleTile role={block.role} />
          <bdi>{ROLES[block.role] ?? block.role}</bdi>
          {block.name && <bdi className="dim">{block.name}</bdi>}
          {note && <span className="dim">{note}</span>}
          <span className="grow" />
          {block.finishReason && (
            <span className="dim nowrap" title="Why the answer ended">
              {block.finishReason.replaceAll("_", " ")}
            </span>
          )}
        </div>
      )}
      <Pieces pieces={block.pieces} clamp={block.role !== "assistant"} thought={thought} />
    </section>
  );
});

export function RoleTile({ role }: { role: string }) {
  if (role === "assistant") return <KindTile category="llm" small />;
  if (role === "tool") return <KindTile category="tool" small />;
  const Icon =
    role === "user" ? UserIcon : role === "system" || role === "developer" ? SettingsIcon : CheckIcon;
  return (
    <span className="tile s">
      <Icon size={12} strokeWidth={1.5} aria-hidden />
    </span>
  );
}

export function Pieces({
  pieces,
  clamp,
  thought,
}: {
  pieces: readonly Piece[];
  clamp: boolean;
  thought?: number;
}) {
  if (pieces.length === 0) return <p className="dim">Nothing is in this message</p>;
  return (
    <div className="pieces">
      {pieces.map((piece, at) =>
        piece.kind === "pair" ? (
          <ToolBox key={at} pair={piece} />
        ) : (
          <PartView key={at} part={piece.part} pointer={piece.pointer} clamp={clamp} thought={thought} />
        ),
      )}
    </div>
  );
}

function PartView({
  part,
  pointer,
  clamp,
  thought,
}: {
  part: Part;
  pointer: string;
  clamp: boolean;
  thought?: number;
}) {
  switch (part.type) {
    case "text":
      return part.content === null ? (
        <p className="dim">The sender left this text out</p>
      ) : (
        <Said text={part.content} pointer={`${pointer}/content`} clamp={clamp} />
      );
    case "reasoning":
      return <Thinking content={part.content} pointer={`${pointer}/content`} tokens={thought} />;
    case "blob":
    case "file":
    case "uri":
      return <Media part={part} pointer={pointer} />;
    case "compaction":
      return (
        <div className="compaction">
          <p className="dim">The history before was compacted here</p>
          {part.content && <Said text={part.content} pointer={`${pointer}/content`} clamp />}
        </div>
      );
    default:
      return (
        <div data-pointer={pointer}>
          <JsonView value={part} label="Part of the message" />
        </div>
      );
  }
}

/** A text; where it is JSON as a whole, a structured output, it is shown as JSON. */
function Said({ text, pointer, clamp }: { text: string; pointer: string; clamp: boolean }) {
  const json = structured(text);
  if (json === undefined)
    return <TextValue text={text} pointer={pointer} as="markdown" label="Message" clamp={clamp} />;
  return (
    <div data-pointer={pointer} className="pair">
      <div>
        <div className="h dim">Structured output</div>
        <JsonView value={json} label="Structured output" />
      </div>
    </div>
  );
}

/** The JSON object or array that a text is; undefined where it is prose. */
export function structured(text: string): Json | undefined {
  const trimmed = text.trim();
  if (!/^[{[]/.test(trimmed) || !/[}\]]$/.test(trimmed) || trimmed.length > 65_000) return undefined;
  try {
    return JSON.parse(trimmed) as Json;
  } catch {
    return undefined;
  }
}

/** What the model thought: closed, because it is long and was not said. */
function Thinking({
  content,
  pointer,
  tokens,
}: {
  content: string | null;
  pointer: string;
  tokens?: number;
}) {
  const size = tokens ? `${exact(tokens)} tokens` : content ? `${exact(content.length)} characters` : "";
  if (content === null || content === "") {
    return (
      <p className="think dim">
        <ThinkingIcon size={14} strokeWidth={1.5} className="i" aria-hidden />
        Thought{size && ` · ${size}`}; the sender left the text out
      </p>
    );
  }
  return (
    <Fold
      openAt={pointer}
      summary={
        <>
          <ThinkingIcon size={14} strokeWidth={1.5} className="i" aria-hidden />
          Thought
          <span className="dim">· {size}</span>
        </>
      }
    >
      {() => (
        <div className="thoughts">
          <TextValue text={content} pointer={pointer} as="markdown" label="Thinking" />
        </div>
      )}
    </Fold>
  );
}
