/** What came of a call: who asked for it, who read what it found, whether it was tried again, where else it fails. */

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { get } from "@/api/client";
import { cut, duration, place, plural } from "@/format";
import { category, indexOf, type Skeleton } from "@/trace/skeleton";
import { ErrorIcon, OkIcon } from "@/ui/icons";
import { KindTile } from "@/ui/kind";
import { useRun } from "../store";
import { useTexts, type SpanText } from "../texts";
import { quoted } from "./attributes";
import type { Detail, Neighbour } from "./detail";

/** The spans around a call, one line each. */
export function Aftermath({ detail }: { detail: Detail }) {
  const run = useRun((state) => state.run);
  const failure = detail.span.status === "error";
  const lines: [string, Neighbour][] = [];
  if (detail.asked_by) lines.push(["asked by", detail.asked_by]);
  if (detail.read_by) lines.push(["read by", detail.read_by]);
  if (detail.retried_by) lines.push(["retried", detail.retried_by]);
  const spans = lines.map(([, to]) => indexOf(run, to.span_id)).filter((span) => span >= 0);
  const texts = useTexts(run, spans);
  if (lines.length === 0) return null;
  return (
    <section className="sec">
      <h3 className="sech">{failure ? "What came of it" : "Around it"}</h3>
      <ul className="aftermath">
        {lines.map(([word, to]) => (
          <Line key={word} word={word} to={to} run={run} text={texts.get(indexOf(run, to.span_id))} />
        ))}
        {failure && !detail.retried_by && detail.span.category === "tool" && (
          <li className="dim">It was not tried again</li>
        )}
      </ul>
    </section>
  );
}

function Line({
  word,
  to,
  run,
  text,
}: {
  word: string;
  to: Neighbour;
  run: Skeleton;
  text: SpanText | undefined;
}) {
  const goTo = useRun((state) => state.goTo);
  const span = indexOf(run, to.span_id);
  const bad = to.status === "error";
  const said = retryWords(word, to, run, span) ?? firstWords(text) ?? to.display_name;
  return (
    <li>
      <button type="button" onClick={() => goTo(span)} disabled={span < 0}>
        {span >= 0 && <KindTile category={category(run, span)} small />}
        <span className="dim relation">{word}</span>
        <bdi className="cut grow">{cut(said)}</bdi>
        {word === "retried" && (
          <span className={`state bare k-${bad ? "error" : "ok"}`} title={bad ? "Failed again" : "Completed"}>
            {bad ? (
              <ErrorIcon size={14} strokeWidth={1.5} aria-hidden />
            ) : (
              <OkIcon size={14} strokeWidth={1.5} aria-hidden />
            )}
            <span className="vh">{bad ? "Failed again" : "Completed"}</span>
          </span>
        )}
        <span className="dim num">{place(to.start_offset_nanos)}</span>
      </button>
    </li>
  );
}

function retryWords(word: string, to: Neighbour, run: Skeleton, span: number): string | null {
  if (word !== "retried") return null;
  const how = to.same_arguments
    ? "the same call"
    : to.same_arguments === false
      ? "with other arguments"
      : "again";
  const end = span >= 0 ? duration(run.duration[span]) : "";
  return `${how}, ${to.status === "error" ? "failed" : "fine"}${end && ` after ${end}`}`;
}

function firstWords(text: SpanText | undefined): string | null {
  const said = text?.text?.text || text?.result?.text || text?.arguments?.text;
  if (said) return said.replaceAll(/[*#`_]+/g, "").replaceAll(/\s+/g, " ");
  const call = text?.calls[0];
  return call ? `${call.name}(${call.arguments})` : null;
}

/** Buckets of an hour. */
const HOURS = 24;

interface Buckets {
  buckets: { start_nanos: string; count: number }[];
}

/** Runs of the last day in which the same tool, or a step of the same kind, failed the same way. */
export function SameFailure({ detail }: { detail: Detail }) {
  const filter = failureFilter(detail);
  const { data } = useQuery({
    queryKey: ["same-failure", filter],
    enabled: filter !== null,
    staleTime: 60_000,
    queryFn: ({ signal }) => {
      const end = Math.floor(Date.now() / 60_000) * 60_000;
      const start = end - HOURS * 3_600_000;
      const nanos = (ms: number) => `${ms}000000`;
      return get<Buckets>(
        "/histogram",
        { filter, start: nanos(start), end: nanos(end), buckets: HOURS + 1 },
        signal,
      );
    },
  });
  if (!filter || !data) return null;
  const count = data.buckets.reduce((sum, bucket) => sum + bucket.count, 0);
  const most = Math.max(1, ...data.buckets.map((bucket) => bucket.count));
  return (
    <section className="sec">
      <h3 className="sech">
        The same failure elsewhere
        <span className="grow" />
        <Link to="/runs" search={{ q: filter, range: "24h" } as never} className="link">
          {plural(count, "run")}, 24 h
        </Link>
      </h3>
      <div className="hours" role="img" aria-label={`${plural(count, "run")} in the last 24 hours`}>
        {data.buckets.map((bucket) => (
          <i
            key={bucket.start_nanos}
            className={bucket.count > 0 ? "e" : undefined}
            style={{ height: bucket.count > 0 ? `${Math.max(15, (bucket.count / most) * 100)}%` : 1 }}
            title={`${plural(bucket.count, "run")}`}
          />
        ))}
      </div>
    </section>
  );
}

/** The server refuses longer filters; names of 10 KB come close. */
const FILTER_MAX_CHARS = 2_000;

/** Runs with a span that failed like this one; null where nothing says how it failed. */
export function failureFilter(detail: Detail): string | null {
  const kind = detail.span.error?.kind || detail.content.exception?.kind;
  const message = detail.span.error?.message || detail.content.exception?.message;
  if (!kind && !message) return null;
  const how = kind ? `error=${quoted(kind)}` : `error=${quoted(message!.slice(0, 200))}`;
  const tool = detail.span.tool_name;
  const what = tool ? `tool=${quoted(tool)}` : `category:${detail.span.category}`;
  const filter = `has span(status:error ${what} ${how})`;
  return filter.length > FILTER_MAX_CHARS ? null : filter;
}
