/** What can be done with an open run, by key, by button and by menu. */

import { address } from "@/api/client";
import { type Search, writeSearch } from "@/app/address";
import { spanId } from "@/trace/skeleton";
import { copyText } from "@/ui/copy";
import { announce } from "@/app/announce";
import { OF_A_RUN, written } from "./address";
import type { RunStore } from "./store";

/** The address of the run's own page as it looks now, without the list behind it. */
export function linkTo(store: RunStore, search: Search, origin: string): string {
  const kept: Record<string, unknown> = {};
  for (const name of OF_A_RUN) kept[name] = search[name];
  const id = store.getState().run.trace.trace_id;
  return `${origin}/ui/runs/${id}${writeSearch({ ...kept, ...written(store.getState()) })}`;
}

/** The run's spans as a command for a shell; `withKey` where the server asks for one. */
export function curlOf(traceId: string, origin: string, withKey: boolean): string {
  const key = withKey ? ` -H "Authorization: Bearer $CLEW_KEY"` : "";
  return `curl '${origin}${address(`/traces/${traceId}`)}'${key}`;
}

export function copyLink(store: RunStore, search: Search): void {
  void copyText(linkTo(store, search, location.origin), "link to this view");
}

export function copyTraceId(store: RunStore): void {
  void copyText(store.getState().run.trace.trace_id, "trace id");
}

export function copySpanId(store: RunStore): void {
  const { run, selected } = store.getState();
  if (selected < 0) announce("No span is selected");
  else void copyText(spanId(run, selected), "span id");
}

/** Where the run is given out as lines of OTLP JSON. */
export function exportAddress(traceId: string): string {
  return address(`/traces/${encodeURIComponent(traceId)}/export`);
}

/** Saves the run as a file; the browser streams it. */
export function exportRun(traceId: string): void {
  const link = document.createElement("a");
  link.href = exportAddress(traceId);
  link.download = `${traceId}.otlp.jsonl`;
  link.click();
}
