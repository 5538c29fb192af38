/** The background: batches go out, and what cannot go now goes later. */

import { countOf, halved, packed, packedNow } from "./batch.js";
import type { Batch, Unpacked } from "./batch.js";
import { shownUrl } from "./config.js";
import type { Config } from "./config.js";
import { messageOf } from "./json.js";
import type { Outbox, Outlet } from "./outbox.js";
import type { Reports } from "./reports.js";
import { isGood, Retry, verdictOf } from "./retry.js";
import type { Spool } from "./spool.js";
import type { Stats } from "./stats.js";
import type { Timer, Timers } from "./timers.js";
import { accessHeaders } from "./transport.js";
import type { Answer, Outgoing, Transport } from "./transport.js";

/** The path that takes batches. */
export const BATCH_PATH = "/api/ingest/v1/batch";
/** A run that has just ended waits so long for others to go with it. */
const SOON_MS = 20;

/** What the sender works with. */
export interface SenderParts {
  config: Config;
  outbox: Outbox;
  transport: Transport;
  spool: Spool | undefined;
  timers: Timers;
  reports: Reports;
  stats: Stats;
}

/** Sends one batch at a time. Batches that must wait are in the spool, or in memory where there is none. */
export class Sender implements Outlet {
  waitingBytes = 0;
  private readonly waiting: Batch[] = [];
  private readonly retry: Retry;
  private timer: Timer | undefined;
  private timerAt = Number.POSITIVE_INFINITY;
  private round: Promise<void> | undefined;
  // The round after that one, which all who ask meanwhile share.
  private nextRound: Promise<void> | undefined;
  private nextEvenIfAway = false;
  private soon: Promise<void> | undefined;
  private closed = false;
  // The batch that is packed or under way, which the end of the process must not lose.
  private current: Batch | Unpacked | undefined;

  constructor(private readonly parts: SenderParts) {
    this.retry = new Retry(parts.timers);
  }

  /** Whether nothing waits, neither in memory nor in the spool. */
  get isDone(): boolean {
    return this.isEmpty && !this.parts.spool?.hasAny();
  }

  /** Whether nothing waits in memory. */
  get isEmpty(): boolean {
    return this.parts.outbox.isEmpty && this.waiting.length === 0 && this.current === undefined;
  }

  /** Records that wait in memory. */
  get waitingRecords(): number {
    const here = this.parts.outbox.length + (this.current?.records ?? 0);
    return this.waiting.reduce((sum, batch) => sum + batch.records, here);
  }

  nudge(urgent: boolean): void {
    if (this.closed) return;
    this.wakeIn(urgent ? 0 : this.parts.config.flushIntervalMs, false);
  }

  deliverSoon(): Promise<void> {
    if (this.closed || this.parts.config.disabled) return Promise.resolve();
    return (this.soon ??= this.deliverTogether());
  }

  private async deliverTogether(): Promise<void> {
    await new Promise<void>((resolve) => this.parts.timers.after(SOON_MS, resolve, true));
    this.soon = undefined;
    await this.within(this.parts.config.shutdownTimeoutMs, this.work(false));
  }

  /** Sends all that waits, the server's absence or not; true when nothing is left. Never rejects. */
  async flush(timeoutMs: number): Promise<boolean> {
    const inTime = await this.within(timeoutMs, this.work(true));
    return inTime && this.isDone;
  }

  /** Takes no more timers; what still waits stays for `leave`. */
  close(): void {
    this.closed = true;
    this.timer?.cancel();
    this.timerAt = Number.POSITIVE_INFINITY;
  }

  /** Everything that waits in memory, for the last moment of the process. */
  leave(): Batch[] {
    const left = this.waiting.splice(0);
    this.waitingBytes = 0;
    if (this.current) left.push("body" in this.current ? this.current : packedNow(this.current));
    for (let next = this.parts.outbox.take(); next; next = this.parts.outbox.take())
      left.push(packedNow(next));
    return left;
  }

  /** Keeps a batch for later: in the spool if it can. `last`: there is no later in this process. */
  keep(batch: Batch, last = this.closed): void {
    const { spool, stats, config, reports } = this.parts;
    if (spool?.write(batch)) {
      stats.spooled += batch.records;
    } else if (!last && this.waitingBytes + batch.body.byteLength <= config.maxMemoryBytes) {
      this.waiting.push(batch);
      this.waitingBytes += batch.body.byteLength;
    } else {
      stats.dropped += batch.records;
      const why = last
        ? "the process ends and the spool took nothing"
        : "neither memory nor the spool has room";
      reports.warn("keep", `${batch.records} records were dropped: ${why}`);
    }
  }

  /** Whether the server was there when it was last asked. */
  get isAway(): boolean {
    return this.retry.isAway;
  }

  /** One round at a time; who asks while one is under way shares the next with all others who do. */
  private work(evenIfAway: boolean): Promise<void> {
    this.nextEvenIfAway ||= evenIfAway;
    return (this.nextRound ??= this.workNext());
  }

  private async workNext(): Promise<void> {
    await this.round;
    const evenIfAway = this.nextEvenIfAway;
    this.nextRound = undefined;
    this.nextEvenIfAway = false;
    this.round = this.sendAll(evenIfAway).catch((error: unknown) => {
      this.parts.reports.warn("sender", `sending failed: ${messageOf(error)}`);
    });
    await this.round;
    this.round = undefined;
    this.wakeForRest();
  }

  private async sendAll(evenIfAway: boolean): Promise<void> {
    this.timer?.cancel();
    this.timerAt = Number.POSITIVE_INFINITY;
    if (evenIfAway) this.retry.tryNow();
    for (let next = await this.nextBatch(); next; next = await this.nextBatch()) {
      await this.deliver(next);
      this.current = undefined;
      if (this.retry.mustWait() && this.parts.outbox.isEmpty) break;
    }
    await this.replay();
  }

  private async nextBatch(): Promise<Batch | undefined> {
    if (!this.retry.mustWait()) {
      const first = this.waiting.shift();
      if (first) {
        this.waitingBytes -= first.body.byteLength;
        this.current = first;
        return first;
      }
    }
    const fresh = this.parts.outbox.take();
    this.current = fresh;
    return fresh && packed(fresh);
  }

  private async deliver(batch: Batch): Promise<void> {
    if (this.retry.mustWait()) return this.keep(batch);
    const answer = await this.post(batch);
    const verdict = verdictOf(answer);
    if (verdict === "taken") this.settle(batch, answer as Answer);
    else if (verdict === "later") this.postpone(batch, answer);
    else if (verdict === "smaller") await this.deliverHalves(batch, answer as Answer);
    else this.refuse(batch.records, answer as Answer);
  }

  private async deliverHalves(batch: Batch, answer: Answer): Promise<void> {
    const halves = halved(batch);
    if (!halves) return this.refuse(batch.records, answer);
    for (const half of halves) await this.deliver(await packed(half));
  }

  /** What the spool holds goes out after what is fresh, as long as the server takes it. */
  private async replay(): Promise<void> {
    const { spool, stats } = this.parts;
    if (!spool) return;
    const tooOld = (): void => {
      stats.dropped += 1;
    };
    // A file that cannot be removed would come again for ever.
    const seen = new Set<string>();
    while (!this.retry.mustWait()) {
      const spooled = spool.oldest(tooOld, seen);
      if (!spooled) return;
      seen.add(spooled.name);
      const batch = { body: spooled.body, records: recordsOf(spooled.body) };
      const answer = batch.records === 0 ? undefined : await this.post(batch);
      const verdict = batch.records === 0 ? "refused" : verdictOf(answer);
      if (verdict === "later") return this.goAway(answer);
      spool.remove(spooled.name);
      if (verdict === "taken") this.settle(batch, answer as Answer);
      else if (verdict === "smaller") await this.deliverHalves(batch, answer as Answer);
      else if (answer instanceof Object && "status" in answer) this.refuse(batch.records, answer);
    }
  }

  private async post(batch: Batch): Promise<Answer | Error> {
    const { config, transport, reports } = this.parts;
    const request: Outgoing = {
      method: "POST",
      path: BATCH_PATH,
      headers: {
        ...accessHeaders(config),
        "content-type": "application/json",
        "content-encoding": "gzip",
      },
      body: batch.body,
    };
    try {
      const answer = await transport.send(request);
      reports.debug(`sent ${batch.records} records, ${batch.body.byteLength} bytes: ${answer.status}`);
      return answer;
    } catch (error) {
      reports.debug(`sending ${batch.records} records failed: ${messageOf(error)}`);
      return error instanceof Error ? error : new Error(messageOf(error));
    }
  }

  private settle(batch: Batch, answer: Answer): void {
    const { stats, reports } = this.parts;
    this.retry.succeeded();
    const { count, reason } = rejectedIn(answer.body);
    stats.sent += batch.records - count;
    stats.refused += count;
    if (count > 0)
      reports.warn("rejected", `the server refused ${count} of ${batch.records} records: ${reason}`);
  }

  private postpone(batch: Batch, answer: Answer | Error): void {
    this.goAway(answer);
    this.keep(batch);
  }

  private goAway(answer: Answer | Error | undefined): void {
    const { stats, reports, config, spool } = this.parts;
    stats.retries += 1;
    const after = answer instanceof Error ? undefined : answer?.headers["retry-after"];
    this.retry.failed(after);
    const why = whyAway(answer);
    const meanwhile = spool ? "runs are kept on disk" : "runs wait in memory";
    reports.warn("away", `${shownUrl(config.baseUrl)} cannot be sent to (${why}); ${meanwhile} until it can`);
  }

  private refuse(records: number, answer: Answer): void {
    const { stats, reports, config } = this.parts;
    stats.refused += records;
    const hint = answer.status === 401 || answer.status === 403 ? "; see CLEW_API_KEY" : "";
    const words = answer.body.slice(0, 500);
    reports.warn(
      `refused ${answer.status}`,
      `${shownUrl(config.baseUrl)} refused ${records} records: ${answer.status} ${words}${hint}`,
    );
  }

  private wakeForRest(): void {
    const { outbox, config, spool } = this.parts;
    if (this.closed) return;
    if (this.retry.isAway && (this.waiting.length > 0 || spool?.hasAny()))
      this.wakeIn(this.retry.waitMs(), false);
    if (!outbox.isEmpty) this.wakeIn(config.flushIntervalMs, false);
  }

  private wakeIn(ms: number, keepAlive: boolean): void {
    const { timers } = this.parts;
    const at = timers.now() + ms;
    if (at >= this.timerAt) return;
    this.timer?.cancel();
    this.timerAt = at;
    this.timer = timers.after(
      ms,
      () => {
        this.timerAt = Number.POSITIVE_INFINITY;
        void this.work(false);
      },
      keepAlive,
    );
  }

  /** Waits for work, but not for ever; true where it was done in time. */
  private async within(ms: number, work: Promise<void>): Promise<boolean> {
    let timer: Timer | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = this.parts.timers.after(ms, () => resolve(false), true);
    });
    const inTime = await Promise.race([work.then(() => true), late]);
    timer?.cancel();
    return inTime;
  }
}

function whyAway(answer: Answer | Error | undefined): string {
  if (answer === undefined || answer instanceof Error) return messageOf(answer);
  return isGood(answer) ? "what answers there is no Clew" : `it answered ${answer.status}`;
}

function recordsOf(body: Uint8Array): number {
  try {
    return countOf(body);
  } catch {
    return 0; // half a file, or none of ours
  }
}

function rejectedIn(body: string): { count: number; reason: string } {
  try {
    const { rejected_count: count = 0, rejected = [] } = JSON.parse(body) as {
      rejected_count?: number;
      rejected?: { what: string; reason: string }[];
    };
    const first = rejected[0];
    return {
      count: Number(count) || 0,
      reason: first ? `${first.what}: ${first.reason}` : "without a reason",
    };
  } catch {
    return { count: 0, reason: "" };
  }
}
