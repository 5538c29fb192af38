/** Messages in and out; what the call before already had is one band. */

import { useMemo } from "react";
import { exact, plural, tokens } from "@/format";
import type { Json } from "./detail";
import { Fold } from "./Fold";
import { MessageList, Pieces, RoleTile } from "./MessageList";
import { answerBlocks, promptBlocks, systemPieces } from "./messages";
import { openWord, type PayloadProps } from "./payloadProps";

export function Conversation({ run, detail, onTab }: PayloadProps) {
  const { content, difference, span } = detail;
  const common = difference?.common_messages ?? 0;
  const prompt = useMemo(
    () => promptBlocks(content.input_messages, common),
    [content.input_messages, common],
  );
  const answer = useMemo(() => answerBlocks(content.output_messages), [content.output_messages]);
  const system = systemPieces(content);
  const out = span.usage?.output;
  return (
    <>
      {system.length > 0 && (
        <System pieces={system} same={difference !== null && !difference.system_changed} />
      )}
      {content.tool_definitions.length > 0 && (
        <button type="button" className="older" onClick={() => onTab("tools")}>
          <span className="grow cut">{plural(content.tool_definitions.length, "tool")} could be called</span>
          <span className="dim cut toolnames">{toolNames(content.tool_definitions)}</span>
        </button>
      )}
      {common > 0 && (
        <Fold
          className="older"
          openAt="/content/input_messages"
          summary={
            <span className="grow cut">{plural(common, "earlier message")}, same as in the call before</span>
          }
          note={span.usage?.cache_read ? `${exact(span.usage.cache_read)} tokens, cached` : undefined}
        >
          {() => (
            <div className="earlier">
              <MessageList blocks={prompt.earlier} base="/content/input_messages" />
            </div>
          )}
        </Fold>
      )}
      <MessageList blocks={prompt.fresh} base="/content/input_messages" />
      <MessageList
        blocks={answer}
        base="/content/output_messages"
        thought={thoughtTokens(detail)}
        note={out ? `${tokens(out)} tokens out` : undefined}
      />
      {answer.length === 0 && content.output === null && span.status !== "error" && (
        <p className="sec dim">{span.open ? openWord(run) : "The sender said no answer"}</p>
      )}
    </>
  );
}

/** Tokens of the thinking, where the answer has one piece of it. */
function thoughtTokens({ span, content }: PayloadProps["detail"]): number | undefined {
  const pieces = content.output_messages.flatMap(({ parts }) =>
    parts.filter(({ type }) => type === "reasoning"),
  );
  return pieces.length === 1 ? (span.usage?.reasoning ?? undefined) : undefined;
}

function toolNames(definitions: readonly Json[]): string {
  const names = definitions.slice(0, 8).map((definition) => {
    const name =
      definition !== null && typeof definition === "object" && !Array.isArray(definition)
        ? definition.name
        : null;
    return typeof name === "string" ? name : "";
  });
  return names.filter(Boolean).join(", ");
}

function System({ pieces, same }: { pieces: ReturnType<typeof systemPieces>; same: boolean }) {
  const body = () => (
    <section className="sec message">
      <div className="role">
        <RoleTile role="system" />
        System
      </div>
      <Pieces pieces={pieces} clamp />
    </section>
  );
  if (!same) return body();
  return (
    <Fold
      className="older"
      openAt="/content/system_instructions"
      summary={<span className="grow cut">System prompt, same as in the call before</span>}
    >
      {body}
    </Fold>
  );
}
