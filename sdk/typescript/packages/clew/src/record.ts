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

type Fields = Record<string, unknown>;

/** Fields that hold what people and models say. */
const PAYLOADS = ["input", "output", "data", "end_data", "metadata", "tags", "error"];
/** Fields that say which record it is and how it stands; a hook changes what is said, not of what it is said. */
const IDENTITY = [
  "id",
  "parent_id",
  "span_id",
  "sequence",
  "start_time",
  "end_time",
  "time",
  "status",
  "kind",
];

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
    try {
      const kept = redact({ record, run_id: this.runId, fields: JSON.parse(text) as Fields });
      if (!kept) return undefined;
      if (typeof kept.fields !== "object" || kept.fields === null) throw new Error("it gave no fields");
      return JSON.stringify(withIdentity(record, { ...kept.fields }, JSON.parse(text) as Fields));
    } catch (error) {
      // What could not be redacted must not leave with its payload.
      this.reports.warn("redact", `the redact function failed, payloads were left out: ${messageOf(error)}`);
      const bare = JSON.parse(text) as Fields;
      for (const name of PAYLOADS) delete bare[name];
      if ("name" in bare) bare["name"] = "not shown";
      return JSON.stringify(withIdentity(record, bare, JSON.parse(text) as Fields));
    }
  }
}

/** The fields with the identity that the record had; a failed span is one also without its error. */
function withIdentity(record: RecordName, fields: Fields, before: Fields): Fields {
  for (const name of IDENTITY) if (name in before) fields[name] = before[name];
  if (record === "span" && "error" in before && !fields["error"]) fields["status"] = "error";
  return fields;
}
