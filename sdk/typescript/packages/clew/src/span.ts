/** A span: one timed piece of a run. */

import { captured, held, sizeOf, sizeOfAll, textOf, textOfAll } from "./captured.js";
import type { Captured, Held } from "./captured.js";
import { givenTime, micros } from "./clock.js";
import { identityText } from "./identity.js";
import { withCurrent } from "./context.js";
import { RunEvent } from "./event.js";
import { failureOf } from "./failure.js";
import type { Failure } from "./failure.js";
import { plainText } from "./json.js";
import { isUsableId, newSpanId, spanIdOf, traceIdOf } from "./ids.js";
import type { RunEntry } from "./record.js";
import type { Recorder, RunLink } from "./recorder.js";
import type { Run } from "./run.js";
import { follow } from "./settle.js";
import { formatTraceparent } from "./traceparent.js";
import type { SpanPlace } from "./traceparent.js";
import type { Attributes, EndOptions, SpanKind, SpanOptions, Usage } from "./types.js";

/** About what a span takes in memory beside its payload, in bytes. */
const SPAN_BYTES = 300;

/**
 * One timed piece of a run. It is told when it begins and again when it has ended; what ends before the next sending is
 * told once. Nothing here throws, and after its end nothing changes a span.
 */
export class Span implements SpanPlace {
  readonly name: string;
  readonly kind: SpanKind;
  /** The id as it is sent: 16 hex digits, or the caller's own. */
  readonly id: string;
  /** @internal */
  queued = false;
  /** @internal */
  bytes = 0;
  /** @internal */
  readonly link: RunLink;
  /** The run that was made for this span alone and ends with it. @internal */
  closes: Run | undefined;
  protected readonly startMs: number;
  protected endMs: number | undefined;
  protected readonly sequence: number;
  protected readonly parentId: string | undefined;
  // Whether the server is or will be told; false where there was no room.
  private kept: boolean;
  // News: what is not told yet.
  protected data: Captured | undefined;
  protected endData: Captured | undefined;
  protected input: Held | undefined;
  protected output: Held | undefined;
  protected metadata: Captured | undefined;
  protected failure: Failure | undefined;
  protected common: string;

  /** @internal */
  constructor(
    link: RunLink,
    name: string,
    kind: SpanKind,
    options: SpanOptions,
    parentId: string | undefined,
  ) {
    const { clock, config } = link.recorder;
    this.link = link;
    this.kind = typeof kind === "string" && kind !== "" ? kind : "step";
    this.name =
      typeof name === "string" && name !== "" ? name : (plainText(name || this.kind) ?? "not readable");
    this.id = isUsableId(options.id) ? options.id : newSpanId();
    this.parentId = parentId;
    this.sequence = link.sequence += 1;
    this.startMs = givenTime(options.startTime) ?? clock();
    this.endMs = undefined;
    this.data = options.data ? captured(options.data, config.capture) : undefined;
    this.input = config.capture && options.input !== undefined ? held(options.input) : undefined;
    this.metadata = options.metadata ? captured(options.metadata, true) : undefined;
    this.endData = undefined;
    this.output = undefined;
    this.failure = undefined;
    this.closes = undefined;
    this.common = identityText(options);
    const bytes = SPAN_BYTES + sizeOfAll(this.data) + sizeOf(this.input) + this.common.length;
    this.kept = this.touch(bytes, false);
  }

  /** The run that it belongs to: the root of the trace, or the nearest run above that joined it. */
  get run(): Run | undefined {
    return this.link.run;
  }

  /** The id of the run, as it is sent. */
  get runId(): string {
    return this.link.runId;
  }

  /** The trace: 32 hex digits. */
  get traceId(): string {
    return traceIdOf(this.link.runId);
  }

  /** The id of the span in its trace: 16 hex digits. */
  get spanId(): string {
    return spanIdOf(this.id);
  }

  /** Whether it has ended. */
  get ended(): boolean {
    return this.endMs !== undefined;
  }

  /** The W3C header that lets another process go on under this span. */
  get traceparent(): string {
    return formatTraceparent(this);
  }

  /** Begins a span under this one. */
  startSpan(name: string, options?: SpanOptions | null): Span {
    return new Span(this.link, name, options?.kind ?? "step", options ?? {}, this.placeForChildren());
  }

  /** Begins a span under this one; the same as `startSpan`. */
  child(name: string, options?: SpanOptions | null): Span {
    return this.startSpan(name, options);
  }

  /** Adds values to what is known. */
  set(data: Attributes): this {
    const more = captured(data, this.recorder.config.capture);
    return this.change("set", sizeOfAll(more), () => (this.data = { ...this.data, ...more }));
  }

  /** Says what went in. */
  setInput(value: unknown): this {
    if (!this.recorder.config.capture) return this;
    const input = held(value);
    return this.change("setInput", sizeOf(input), () => (this.input = input));
  }

  /** Says what came out. */
  setOutput(value: unknown): this {
    if (!this.recorder.config.capture) return this;
    const output = held(value);
    return this.change("setOutput", sizeOf(output), () => (this.output = output), false);
  }

  /** Adds free fields, shown apart from the data. */
  setMetadata(metadata: Attributes): this {
    const more = captured(metadata, true);
    return this.change("setMetadata", sizeOfAll(more), () => (this.metadata = { ...this.metadata, ...more }));
  }

  /** Says its tags. */
  setTags(tags: string[]): this {
    const text = identityText({ tags });
    return this.change("setTags", text.length, () => (this.common += text));
  }

  /** Says tokens and money; told with the end. */
  setUsage(usage: Usage): this {
    const more = captured(usage as Attributes, true);
    return this.change(
      "setUsage",
      sizeOfAll(more),
      () => (this.endData = { ...this.endData, ...more }),
      false,
    );
  }

  /** Notes something that happened now. */
  event(name: string, data?: Attributes): this {
    new RunEvent(this.link, name, data, this.eventSpanId());
    return this;
  }

  /** Ends it. `data` are values known now: of a model call its tokens. */
  end(data?: Attributes | null, options?: EndOptions | null): void {
    this.finish("end", data, options, undefined);
  }

  /** Ends it as failed: with whatever was thrown, a text, or `{message, type, stack}`. */
  fail(error?: unknown, data?: Attributes | null, options?: EndOptions | null): void {
    this.finish("fail", data, options, failureOf(error));
  }

  /** Calls a function in which this span is current; the span goes on. */
  activate<T>(call: () => T): T {
    return withCurrent(this, call);
  }

  /**
   * Calls a function in which this span is current, and ends the span when it returns or its promise settles. What it
   * throws fails the span and goes on to the caller.
   */
  use<T>(call: (span: this) => T): T {
    return follow(
      () => withCurrent(this, () => call(this)),
      () => this.ended || this.end(),
      (error) => this.ended || this.fail(error),
    );
  }

  /** @internal */
  tell(entry: RunEntry): void {
    const ended = this.endMs !== undefined;
    let text = `{"id":${JSON.stringify(this.id)},"name":${JSON.stringify(this.name)}`;
    text += `,"kind":${JSON.stringify(this.kind)},"start_time":${micros(this.startMs)}`;
    if (this.parentId !== undefined) text += `,"parent_id":${JSON.stringify(this.parentId)}`;
    text += `,"sequence":${this.sequence}${this.common}${this.newsText()}`;
    if (ended) {
      text += `,"end_time":${micros(this.endMs!)}${this.endText()}`;
      text += this.failure ? `,"error":${JSON.stringify(this.failure)}` : `,"status":"ok"`;
    }
    entry.add("span", `${text}}`);
    this.forget(ended);
  }

  protected get recorder(): Recorder {
    return this.link.recorder;
  }

  /** What children name as their parent. */
  protected placeForChildren(): string | undefined {
    return this.id;
  }

  /** What events name as their span. */
  protected eventSpanId(): string | undefined {
    return this.id;
  }

  /** What is known while it runs and is not told yet, as JSON members. */
  protected newsText(): string {
    let text = "";
    if (this.data) text += `,"data":${textOfAll(this.data)}`;
    if (this.input !== undefined) text += `,"input":${textOf(this.input)}`;
    if (this.metadata) text += `,"metadata":${textOfAll(this.metadata)}`;
    return text;
  }

  /** What is known at its end, as JSON members. */
  protected endText(): string {
    let text = "";
    if (this.endData) text += `,"end_data":${textOfAll(this.endData)}`;
    if (this.output !== undefined) text += `,"output":${textOf(this.output)}`;
    return text;
  }

  /** Lets go of what was told. */
  protected forget(ended: boolean): void {
    this.data = undefined;
    this.input = undefined;
    this.metadata = undefined;
    if (!ended) return;
    this.endData = undefined;
    this.output = undefined;
    this.failure = undefined;
  }

  protected finish(
    call: string,
    data: Attributes | null | undefined,
    options: EndOptions | null | undefined,
    failure: Failure | undefined,
  ): void {
    if (this.endMs !== undefined)
      return this.recorder.reports.misuse(
        `${call} after the end`,
        `${call} on "${this.name}", which has ended`,
      );
    const { clock, config } = this.recorder;
    const full = this.recorder.isFull();
    this.endMs = Math.max(this.startMs, givenTime(options?.endTime) ?? clock());
    this.failure = failure;
    if (data && typeof data === "object") {
      const more = captured(data, config.capture && !full);
      this.endData = this.endData ? { ...this.endData, ...more } : more;
    }
    if (config.capture && !full && options?.output !== undefined) this.output = held(options.output);
    if (this.kept) this.touch(sizeOfAll(this.endData) + sizeOf(this.output) + (failure ? 200 : 0), true);
    if (this.closes) this.closes.finish(call, undefined, {}, failure);
  }

  private change(call: string, bytes: number, apply: () => void, now = true): this {
    if (this.endMs !== undefined) {
      this.recorder.reports.misuse(`${call} after the end`, `${call} on "${this.name}", which has ended`);
      return this;
    }
    if (this.kept && !this.recorder.isFull()) {
      apply();
      if (now) this.touch(bytes, true);
    }
    return this;
  }

  private touch(bytes: number, ending: boolean): boolean {
    return this.link.recorder.touch(this, bytes, ending);
  }
}
