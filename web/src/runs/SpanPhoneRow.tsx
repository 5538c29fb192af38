import type { SpanRow } from "@/api/schema";
import { cut, duration, tokens } from "@/format";
import { KindTile } from "@/ui/kind";
import { Cost, When } from "@/ui/values";
import { categoryOf } from "./category";
import { Text } from "./cells";

/** A step in two lines: what it is and when; its run, how long, how dear. */
export function SpanPhoneRow({ span }: { span: SpanRow }) {
  return (
    <>
      <KindTile category={categoryOf(span.category)} kind={span.kind} small />
      <Text text={span.input_preview ? `${span.display_name}  ${span.input_preview}` : span.display_name} />
      <span className="num dim">
        <When nanos={span.start_nanos} />
      </span>
      <span className="second">
        <bdi className="mut cut">{cut(span.trace_name, 40)}</bdi>
        <span>{duration(span.duration_nanos)}</span>
        <Cost usd={span.cost?.total} />
        <span>{tokens(span.usage?.total)}</span>
        {span.error && <span className="label e">{cut(span.error.kind, 20)}</span>}
      </span>
    </>
  );
}
