/** A run: one execution of an agent, with the spans under it. */

import { textOf, textOfAll } from "./captured.js";
import { micros } from "./clock.js";
import { currentSpan, isSpan } from "./context.js";
import { isUsableId, newRunId, spanIdOf } from "./ids.js";
import { plainText } from "./json.js";
import type { RunEntry } from "./record.js";
import type { Recorder, RunLink } from "./recorder.js";
import { Span } from "./span.js";
import type { SpanPlace } from "./traceparent.js";
import type { Attributes, EndOptions, RunOptions, SpanOptions } from "./types.js";

/** The trace that a run joins, and the span under which it stands there. */
export interface Joined {
  link: RunLink;
  parentId: string;
}

/**
 * One execution of an agent. Alone it is the root of a trace; under another span, of this process or of another, it is
 * a span of kind `agent` in that trace.
 */
export class Run extends Span {
  private readonly joined: boolean;
  private readonly said: RunOptions;
  private started: boolean;

  /** @internal */
  constructor(recorder: Recorder, options: RunOptions, joined: Joined | undefined) {
    const runId = isUsableId(options.runId) ? options.runId : newRunId();
    const name = options.name ?? options.agentName ?? options.agentId ?? "run";
    const link: RunLink = joined
      ? { ...joined.link, sequence: joined.link.sequence }
      : { runId, recorder, sequence: 0, run: undefined };
    const own = joined ? ownIdOf(options) : { id: runId };
    super(link, name, joined ? "agent" : "run", { ...options, ...own }, joined?.parentId);
    link.run = this;
    if (joined) joined.link.sequence += 1;
    this.joined = joined !== undefined;
    this.said = options;
    this.started = false;
  }

  /** Ends the run as completed. Settles when the server has it, or the spool; never rejects, need not be awaited. */
  complete(output?: unknown, data?: Attributes): Promise<void> {
    super.end(data, { output });
    return this.recorder.deliverSoon();
  }

  /** Ends the run as completed; `complete` in the form of a span's end. */
  override end(data?: Attributes | null, options?: EndOptions | null): Promise<void> {
    super.end(data, options);
    return this.recorder.deliverSoon();
  }

  /** Ends the run as failed. Settles as `complete` does. */
  override fail(error?: unknown, data?: Attributes | null, options?: EndOptions | null): Promise<void> {
    super.fail(error, data, options);
    return this.recorder.deliverSoon();
  }

  override get spanId(): string {
    return spanIdOf(this.id);
  }

  /** @internal */
  override tell(entry: RunEntry): void {
    if (this.joined) return super.tell(entry);
    const news = this.newsText();
    if (!this.started || news !== "") entry.add("start", this.startText(news));
    this.started = true;
    const ended = this.endMs !== undefined;
    if (ended) entry.add(this.failure ? "fail" : "complete", this.completeText());
    this.forget(ended);
  }

  protected override placeForChildren(): string | undefined {
    return this.joined ? this.id : undefined;
  }

  protected override eventSpanId(): string | undefined {
    return this.joined ? this.id : undefined;
  }

  private startText(news: string): string {
    const { environment, release } = this.recorder.config;
    const about = { name: this.said.name, environment, release };
    const facts = Object.entries(about)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => `"${key}":${JSON.stringify(plainText(value) ?? "not readable")},`);
    return `{${facts.join("")}"start_time":${micros(this.startMs)}${this.common}${news}}`;
  }

  private completeText(): string {
    let text = `{"end_time":${micros(this.endMs!)}`;
    if (this.endData) text += `,"end_data":${textOfAll(this.endData)}`;
    if (this.output !== undefined) text += `,"output":${textOf(this.output)}`;
    if (this.failure) text += `,"error":${JSON.stringify(this.failure)}`;
    return `${text}}`;
  }
}

/** The run in which this is: the nearest one above. */
export function currentRun(): Run | undefined {
  return currentSpan()?.run;
}

/** Where a run stands: under what is current, under another process's span, or alone. */
export function joinedTo(recorder: Recorder, parent: Span | SpanPlace | undefined): Joined | undefined {
  if (parent === undefined) return undefined;
  if (isSpan(parent)) return { link: parent.link, parentId: parent.spanId };
  return { link: { runId: parent.traceId, recorder, sequence: 0, run: undefined }, parentId: parent.spanId };
}

function ownIdOf(options: RunOptions): SpanOptions {
  // A run that stands in another's trace is a span of it; its own id, where it has one, is that span's.
  return isUsableId(options.runId) ? { id: options.runId } : {};
}
