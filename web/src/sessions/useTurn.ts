/**
 * The words of a run, for the runs that are on screen: what the person asked and what came of it. They are in the
 * main agent's first and last model call, else in what the agent was given and gave, else in the row's own previews.
 */

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { get, request, send } from "@/api/client";
import type { SpanDetail, SpanText, Texts, TraceDetail, TraceRow } from "@/api/schema";
import { decodeSkeleton, type Skeleton, spanId } from "@/trace/skeleton";
import { speakers } from "./speakers";

/** Longer runs are not read for two texts: their root has to do, until their steps are asked for. */
const SPANS_MAX = 4_000;

/** Somebody's words, perhaps cut. */
export interface Words {
  text: string;
  /** The whole length. */
  chars: number;
  /** Where all of it is; null where the preview of the row is all there is. */
  from: { spanId: string; side: "input" | "output" } | null;
}

export interface TurnWords {
  user: Words | null;
  answer: Words | null;
}

/** A run's skeleton, apart from the pages of runs: it is kept as long as its row is the same. */
export function useSteps(row: TraceRow, wanted: boolean) {
  return useQuery({
    queryKey: ["turn", row.trace_id, row.commit_seq, "skeleton"],
    queryFn: ({ signal }) => fetchSkeleton(row.trace_id, signal),
    enabled: wanted && row.span_count > 0,
    staleTime: Infinity,
    gcTime: 60_000,
    structuralSharing: false,
    retry: false,
    placeholderData: keepPreviousData,
  });
}

async function fetchSkeleton(traceId: string, signal: AbortSignal): Promise<Skeleton> {
  const response = await request("GET", `/traces/${encodeURIComponent(traceId)}/skeleton`, { signal });
  return decodeSkeleton(await response.arrayBuffer());
}

/** The words; `wanted` once the run rests on screen. */
export function useTurn(row: TraceRow, wanted: boolean) {
  return useQuery({
    queryKey: ["turn", row.trace_id, row.commit_seq, "words"],
    queryFn: ({ signal }) => fetchWords(row, signal),
    enabled: wanted && row.span_count > 0,
    staleTime: Infinity,
    gcTime: 5 * 60_000,
    retry: false,
    placeholderData: keepPreviousData,
  });
}

async function fetchWords(row: TraceRow, signal: AbortSignal): Promise<TurnWords> {
  const path = `/traces/${encodeURIComponent(row.trace_id)}`;
  const ids = await speakerIds(row, path, signal);
  const asked = [...new Set([ids.agent, ids.asked, ids.answered])].filter((id) => id !== null);
  if (asked.length === 0) return fromRow(row);
  const { texts } = await send<Texts>("POST", `${path}/texts`, { span_ids: asked }, {}, signal);
  const of = (id: string | null) => texts.find((text) => text.span_id === id);
  return turnWords(row, ids, of(ids.agent), of(ids.asked), of(ids.answered));
}

interface Ids {
  agent: string | null;
  asked: string | null;
  answered: string | null;
}

async function speakerIds(row: TraceRow, path: string, signal: AbortSignal): Promise<Ids> {
  if (row.span_count > SPANS_MAX) {
    const { spans } = await get<TraceDetail>(path, { limit: 1 }, signal);
    return { agent: spans[0]?.span_id ?? null, asked: null, answered: null };
  }
  const run = await fetchSkeleton(row.trace_id, signal);
  const who = speakers(run);
  const id = (span: number) => (span < 0 ? null : spanId(run, span));
  return { agent: id(who.agent), asked: id(who.asked), answered: id(who.answered) };
}

/** The best that is known of both sides. */
export function turnWords(
  row: TraceRow,
  ids: Ids,
  agent: SpanText | undefined,
  asked: SpanText | undefined,
  answered: SpanText | undefined,
): TurnWords {
  const own = fromRow(row);
  const words = (
    cut: { text: string; chars: number } | null | undefined,
    id: string | null,
    side: "input" | "output",
  ) => (cut && cut.text.trim() !== "" && id !== null ? { ...cut, from: { spanId: id, side } } : null);
  return {
    user: words(asked?.user, ids.asked, "input") ?? words(agent?.arguments, ids.agent, "input") ?? own.user,
    answer:
      words(answered?.calls.length ? null : answered?.text, ids.answered, "output") ??
      words(agent?.result, ids.agent, "output") ??
      words(answered?.text, ids.answered, "output") ??
      // Of a run that ended in a call of a tool the row's preview is that call, not an answer.
      (ids.answered === null ? own.answer : null),
  };
}

/** What the row alone says. */
export function fromRow(row: Pick<TraceRow, "input_preview" | "output_preview">): TurnWords {
  const words = (text: string | null) => (text ? { text, chars: text.length, from: null } : null);
  return { user: words(row.input_preview), answer: words(row.output_preview) };
}

/** All of a text that was cut. */
export function useWhole(traceId: string, words: Words | null, wanted: boolean) {
  const from = words?.from;
  return useQuery({
    queryKey: ["turn", traceId, "whole", from?.spanId, from?.side],
    queryFn: async ({ signal }) => {
      const path = `/traces/${encodeURIComponent(traceId)}/spans/${from!.spanId}`;
      const detail = await get<SpanDetail>(path, {}, signal);
      return wholeText(detail, from!.side);
    },
    enabled: wanted && from != null,
    staleTime: Infinity,
    gcTime: 60_000,
    retry: false,
  });
}

/** The last words of the person, or all words of the answer; what was given and given back where there are no messages. */
export function wholeText({ content }: Pick<SpanDetail, "content">, side: "input" | "output"): string | null {
  const messages =
    side === "input"
      ? content.input_messages.filter((message) => message.role === "user").slice(-1)
      : content.output_messages;
  const said = messages.flatMap((message) => message.parts.flatMap(textOf)).join("\n\n");
  if (said !== "") return said;
  const plain = side === "input" ? content.input : content.output;
  if (typeof plain === "string") return plain;
  return plain == null ? null : JSON.stringify(plain, null, 2);
}

function textOf(part: unknown): string[] {
  const { type, content } = part as { type?: unknown; content?: unknown };
  return type === "text" && typeof content === "string" ? [content] : [];
}
