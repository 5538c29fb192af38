/** Records on their way into a batch. */

import { messageOf } from "./json.js";
import type { Reports } from "./reports.js";
import type { OutgoingRecord, Redact } from "./types.js";

/** Which member of a run in a batch a record is. */
export type RecordName = OutgoingRecord["record"];

/** Something that has news to tell. */
export interface Item {
  /** The run that it is of. */
  readonly runId: string;
  /** Whether it waits already. */
  queued: boolean;
  /** About how much memory its news take. */
  bytes: number;
  /** Adds what it has to tell to the run of a batch. */
  tell(entry: RunEntry): void;
}

/** Fields that hold what people and models say. */
const PAYLOADS = ["input", "output", "data", "end_data", "metadata"];

/** One run of a batch. */
export class RunEntry {
  records = 0;
  bytes = 0;
  dropped = 0;
  private readonly single = new Map<RecordName, string>();
  private readonly spans: string[] = [];
  private readonly events: string[] = [];

  constructor(
    private readonly runId: string,
    private readonly redact: Redact | undefined,
    private readonly reports: Reports,
  ) {}

  /** Adds a record, as JSON text. */
  add(record: RecordName, text: string): void {
    const kept = this.redact ? this.redacted(record, text, this.redact) : text;
    if (kept === undefined) {
      this.dropped += 1;
      return;
    }
    this.records += 1;
    this.bytes += kept.length + 16;
    if (record === "span") this.spans.push(kept);
    else if (record === "event") this.events.push(kept);
    else this.single.set(record, kept);
  }

  /** The run as JSON text. */
  text(): string {
    let text = `{"run_id":${JSON.stringify(this.runId)}`;
    for (const [record, json] of this.single) text += `,"${record}":${json}`;
    if (this.spans.length > 0) text += `,"spans":[${this.spans.join(",")}]`;
    if (this.events.length > 0) text += `,"events":[${this.events.join(",")}]`;
    return `${text}}`;
  }

  private redacted(record: RecordName, text: string, redact: Redact): string | undefined {
    const fields = JSON.parse(text) as Record<string, unknown>;
    try {
      const kept = redact({ record, run_id: this.runId, fields });
      return kept ? JSON.stringify(kept.fields) : undefined;
    } catch (error) {
      // What could not be redacted must not leave with its payload.
      this.reports.warn("redact", `the redact function failed, payloads were left out: ${messageOf(error)}`);
      const bare = JSON.parse(text) as Record<string, unknown>;
      for (const name of PAYLOADS) delete bare[name];
      return JSON.stringify(bare);
    }
  }
}
