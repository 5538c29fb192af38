/** The first tab of a span: what went in and what came out, in the way that suits its kind. */

import { exact } from "@/format";
import { category, type Skeleton } from "@/trace/skeleton";
import { WarnIcon } from "@/ui/icons";
import { AttachmentsOfSpan } from "../Attachments";
import { Aftermath, SameFailure } from "./Aftermath";
import { hasPayload, whyNoPayload } from "./absence";
import { Conversation } from "./Conversation";
import type { Detail, Json } from "./detail";
import { Embedding, Search } from "./Documents";
import { ErrorCard } from "./ErrorCard";
import { Extras } from "./Extras";
import { openWord, type PayloadProps } from "./payloadProps";
import { Side } from "./Side";

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
      <AttachmentsOfSpan spanId={detail.span.span_id} />
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
