/** The first tab of a span: what went in and what came out, in the way that suits its kind. */

import { useMemo } from "react";
import { exact, plural, tokens } from "@/format";
import { category, type Skeleton } from "@/trace/skeleton";
import { IconButton } from "@/ui/button";
import { copyText } from "@/ui/copy";
import { CopyIcon, WarnIcon } from "@/ui/icons";
import { isGrowing } from "../store";
import { Aftermath, SameFailure } from "./Aftermath";
import { hasPayload, whyNoPayload } from "./absence";
import type { Detail, FoundDocument, Json } from "./detail";
import { ErrorCard } from "./ErrorCard";
import { Extras } from "./Extras";
import { Fold } from "./Fold";
import { clippedChars, useLongTexts } from "./longTexts";
import { MessageList, Pieces, RoleTile } from "./MessageList";
import { answerBlocks, charsOf, promptBlocks, systemPieces } from "./messages";
import { Value } from "./Value";

export interface PayloadProps {
  run: Skeleton;
  span: number;
  detail: Detail;
  onTab: (tab: "tools") => void;
}

export function Payload(props: PayloadProps) {
  const { run, span, detail } = props;
  const kind = category(run, span);
  return (
    <>
      {detail.clipped_bytes > 0 && (
        <p className="sec warn-t row">
          <WarnIcon size={14} strokeWidth={1.5} className="i" aria-hidden />
          This span is too large for one answer: {exact(detail.clipped_bytes)} bytes of its texts are left out
          below
        </p>
      )}
      <ErrorCard detail={detail} span={span} />
      {hasPayload(detail) ? <Body {...props} kind={kind} /> : <Absent detail={detail} />}
      {(kind === "tool" || detail.span.status === "error") && <Aftermath detail={detail} />}
      {detail.span.status === "error" && <SameFailure detail={detail} />}
      <Extras detail={detail} />
    </>
  );
}

function Body(props: PayloadProps & { kind: string }) {
  const { run, detail, kind } = props;
  const { content } = detail;
  if (content.tool) return <Call run={run} detail={detail} />;
  const asMessages = content.input_messages.length + content.output_messages.length > 0;
  return (
    <>
      {asMessages || content.system_instructions.length > 0 ? <Conversation {...props} /> : null}
      {kind !== "embedding" &&
      content.retrieval &&
      (content.retrieval.query !== null || content.retrieval.documents.length > 0) ? (
        <Search detail={detail} />
      ) : (
        <InputOutput run={run} detail={detail} kind={kind} />
      )}
    </>
  );
}

/** What is said where an open span has no result yet. */
function openWord(run: Skeleton): string {
  return isGrowing(run) ? "Still running" : "It never ended, so nothing came of it";
}

function Absent({ detail }: { detail: Detail }) {
  return (
    <section className="sec absent">
      <p className="med">No payload</p>
      <p className="mut">{whyNoPayload(detail)}</p>
    </section>
  );
}

/** A tool's arguments and result. */
function Call({ run, detail }: { run: Skeleton; detail: Detail }) {
  const tool = detail.content.tool!;
  return (
    <>
      {tool.description && <p className="sec mut about">{tool.description}</p>}
      <Side
        title="Arguments"
        value={tool.arguments}
        pointer="/content/tool/arguments"
        none="The sender said no arguments"
      />
      <Side
        title="Result"
        value={tool.result}
        pointer="/content/tool/result"
        none={
          detail.span.open
            ? openWord(run)
            : detail.span.status === "error"
              ? "It failed before there was a result"
              : "The sender said no result"
        }
        as={typeof tool.result === "string" && looksLikeProse(tool.result) ? "markdown" : "code"}
      />
    </>
  );
}

/** Text that was written to be read: has headings, lists or emphasis and no sign of a program. */
function looksLikeProse(text: string): boolean {
  const head = text.slice(0, 4_000);
  return /^#{1,6} \S|^[-*] \S|\*\*\S|\]\(http/m.test(head) && !/^\s*(?:def |class |import |\{|<)/m.test(head);
}

/** What went into or came out of a span without messages. */
function Side({
  title,
  value,
  pointer,
  none,
  as = "code",
}: {
  title: string;
  value: Json;
  pointer: string;
  none: string;
  as?: "markdown" | "code";
}) {
  const { clipped } = useLongTexts();
  const chars = charsOf(value) + clippedChars(clipped, pointer);
  return (
    <section className="sec">
      <h3 className="sech">
        {title}
        {chars > 2_000 && <span className="dim light">{exact(chars)} characters</span>}
        <span className="grow" />
        {value !== null && (
          <IconButton
            icon={CopyIcon}
            label={`Copy ${title.toLowerCase()}`}
            className="sm"
            onClick={() =>
              void copyText(
                typeof value === "string" ? value : JSON.stringify(value, null, 2),
                title.toLowerCase(),
              )
            }
          />
        )}
      </h3>
      {value === null ? (
        <p className="dim">{none}</p>
      ) : as === "code" ? (
        <div className="pair">
          <div>
            <Value value={value} pointer={pointer} label={title} as={as} />
          </div>
        </div>
      ) : (
        <Value value={value} pointer={pointer} label={title} as={as} />
      )}
    </section>
  );
}

function InputOutput({ run, detail, kind }: { run: Skeleton; detail: Detail; kind: string }) {
  const { input, output } = detail.content;
  const prose = (value: Json) => (typeof value === "string" ? "markdown" : "code");
  if (input === null && output === null) return null;
  if (kind === "embedding") return <Embedding input={input} output={output} />;
  const check = kind === "guardrail" || kind === "evaluator";
  const asked = (
    <Side
      title={check ? "What was checked" : "Input"}
      value={input}
      pointer="/content/input"
      none="The sender said no input"
      as={prose(input)}
    />
  );
  return (
    <>
      {!check && asked}
      <Side
        title={check ? "Verdict" : "Output"}
        value={output}
        pointer="/content/output"
        none={detail.span.open ? openWord(run) : "The sender said no output"}
        as={prose(output)}
      />
      {check && asked}
    </>
  );
}

/** Texts that were embedded, one below the other; the vectors as JSON. */
function Embedding({ input, output }: { input: Json; output: Json }) {
  const texts = Array.isArray(input) && input.every((text) => typeof text === "string") ? input : null;
  return (
    <>
      {texts ? (
        <section className="sec">
          <h3 className="sech">{plural(texts.length, "text")}</h3>
          <ol className="documents">
            {texts.slice(0, 200).map((text, at) => (
              <li key={at} className="pair">
                <div>
                  <Value value={text} pointer={`/content/input/${at}`} label={`Text ${at + 1}`} as="plain" />
                </div>
              </li>
            ))}
          </ol>
          {texts.length > 200 && <p className="dim">{exact(texts.length - 200)} more are under Raw</p>}
        </section>
      ) : (
        <Side title="Input" value={input} pointer="/content/input" none="The sender said no text" />
      )}
      {output !== null && <Side title="Output" value={output} pointer="/content/output" none="" />}
    </>
  );
}

/** A search: what was looked for and what was found. */
function Search({ detail }: { detail: Detail }) {
  const { query, top_k, data_source, documents } = detail.content.retrieval!;
  const best = Math.max(...documents.map(({ score }) => Math.abs(score ?? 0)), 0);
  return (
    <>
      {(query !== null || data_source !== null) && (
        <section className="sec">
          <h3 className="sech">
            Query
            <span className="grow" />
            <span className="dim light">
              {[data_source && `in ${data_source}`, top_k !== null && `${top_k} wanted`]
                .filter(Boolean)
                .join(", ")}
            </span>
          </h3>
          {query !== null && (
            <Value value={query} pointer="/content/retrieval/query" label="Query" as="plain" />
          )}
        </section>
      )}
      <section className="sec">
        <h3 className="sech">
          {documents.length > 0 ? plural(documents.length, "document") : "Nothing was found"}
        </h3>
        <ol className="documents">
          {documents.slice(0, 200).map((document, at) => (
            <Document key={at} document={document} at={at} best={best} />
          ))}
        </ol>
        {documents.length > 200 && <p className="dim">{exact(documents.length - 200)} more are under Raw</p>}
      </section>
    </>
  );
}

function Document({ document, at, best }: { document: FoundDocument; at: number; best: number }) {
  const pointer = `/content/retrieval/documents/${at}`;
  const { id, score, distance, content, metadata } = document;
  return (
    <li className="pair">
      <div>
        <div className="h">
          <span className="dim num">{at + 1}</span>
          <bdi className="mono med cut">{id ?? ""}</bdi>
          <span className="grow" />
          {score !== null && (
            <>
              <span className="scorebar" aria-hidden>
                <i style={{ width: `${best > 0 ? (Math.abs(score) / best) * 100 : 0}%` }} />
              </span>
              <span className="num" title="Score: larger is closer">
                {Number(score.toPrecision(4))}
              </span>
            </>
          )}
          {distance !== null && (
            <span className="num dim" title="Distance: smaller is closer">
              distance {Number(distance.toPrecision(4))}
            </span>
          )}
        </div>
        {content !== null && (
          <Value value={content} pointer={`${pointer}/content`} label={`Document ${at + 1}`} as="markdown" />
        )}
        {metadata !== null && <Value value={metadata} pointer={`${pointer}/metadata`} label="Metadata" />}
      </div>
    </li>
  );
}

/** Messages in and out; what the call before already had is one band. */
function Conversation({ run, detail, onTab }: PayloadProps) {
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
        note={out ? `${tokens(out)} tokens out` : undefined}
      />
      {answer.length === 0 && content.output === null && span.status !== "error" && (
        <p className="sec dim">{span.open ? openWord(run) : "The sender said no answer"}</p>
      )}
    </>
  );
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
