/** What waits to be told. */

import { BATCH_MAX_BYTES, BATCH_MAX_RECORDS } from "./batch.js";
import type { Unpacked } from "./batch.js";
import type { Clock } from "./clock.js";
import type { Config } from "./config.js";
import type { Item } from "./record.js";
import { RunEntry } from "./record.js";
import type { Recorder } from "./recorder.js";
import type { Reports } from "./reports.js";
import type { Stats } from "./stats.js";

/** The sender, as far as what waits for it knows it. */
export interface Outlet {
  /** Bytes of packed batches that wait in memory. */
  readonly waitingBytes: number;
  /** Something waits; `urgent` where there is a batch of it. */
  nudge(urgent: boolean): void;
  /** Settles when what waits by now is delivered or spooled. */
  deliverSoon(): Promise<void>;
}

/** Takes news of spans, within a bound, and makes batches of them. */
export class Outbox implements Recorder {
  /** Where it is sent from; set once the sender exists. */
  outlet: Outlet | undefined;
  private items: Item[] = [];
  private bytes = 0;

  constructor(
    readonly config: Config,
    readonly clock: Clock,
    readonly reports: Reports,
    private readonly stats: Stats,
  ) {}

  get isEmpty(): boolean {
    return this.items.length === 0;
  }

  /** Records that wait. */
  get length(): number {
    return this.items.length;
  }

  touch(item: Item, bytes: number, ending: boolean): boolean {
    if (this.config.disabled) return false;
    if (!item.queued) {
      if (!ending && this.isFull()) {
        this.drop();
        return false;
      }
      item.queued = true;
      this.items.push(item);
      this.outlet?.nudge(this.items.length >= BATCH_MAX_RECORDS);
    }
    item.bytes += bytes;
    this.bytes += bytes;
    return true;
  }

  isFull(): boolean {
    return this.bytes + (this.outlet?.waitingBytes ?? 0) >= this.config.maxMemoryBytes;
  }

  deliverSoon(): Promise<void> {
    return this.outlet ? this.outlet.deliverSoon() : Promise.resolve();
  }

  /** The next batch, or undefined where nothing waits. */
  take(): Unpacked | undefined {
    const runs = new Map<string, RunEntry>();
    let taken = 0;
    let records = 0;
    let bytes = 0;
    while (taken < this.items.length && records < BATCH_MAX_RECORDS && bytes < BATCH_MAX_BYTES) {
      const item = this.items[taken]!;
      taken += 1;
      item.queued = false;
      this.bytes -= item.bytes;
      item.bytes = 0;
      const entry = entryOf(runs, item.runId, this.config, this.reports);
      const before = { records: entry.records, bytes: entry.bytes };
      item.tell(entry);
      records += entry.records - before.records;
      bytes += entry.bytes - before.bytes;
    }
    if (taken === 0) return undefined;
    this.items = taken === this.items.length ? [] : this.items.slice(taken);
    const entries = [...runs.values()];
    this.stats.dropped += entries.reduce((sum, entry) => sum + entry.dropped, 0);
    const told = entries.filter((entry) => entry.records > 0);
    if (told.length === 0) return this.take();
    return { text: `{"runs":[${told.map((entry) => entry.text()).join(",")}]}`, records };
  }

  private drop(): void {
    this.stats.dropped += 1;
    const limit = this.config.maxMemoryBytes;
    this.reports.warn(
      "memory",
      `${this.stats.dropped} records were dropped: ${limit} bytes wait already (CLEW_MAX_MEMORY_BYTES)`,
    );
  }
}

function entryOf(runs: Map<string, RunEntry>, runId: string, config: Config, reports: Reports): RunEntry {
  let entry = runs.get(runId);
  if (!entry) {
    entry = new RunEntry(runId, config.redact, reports);
    runs.set(runId, entry);
  }
  return entry;
}
