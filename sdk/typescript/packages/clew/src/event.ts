/** Flat, timed records of a run. */

import { captured, sizeOfAll, textOfAll } from "./captured.js";
import type { Captured } from "./captured.js";
import { micros } from "./clock.js";
import { plainText } from "./json.js";
import type { Item, RunEntry } from "./record.js";
import type { RunLink } from "./recorder.js";
import type { Attributes } from "./types.js";

const EVENT_BYTES = 150;

/** Something that happened at a moment. */
export class RunEvent implements Item {
  queued = false;
  bytes = 0;
  private readonly data: Captured | undefined;
  private readonly timeMs: number;

  constructor(
    private readonly link: RunLink,
    private readonly name: string,
    data: Attributes | undefined,
    private readonly spanId: string | undefined,
  ) {
    const { clock, config } = link.recorder;
    this.timeMs = clock();
    this.data = data ? captured(data, config.capture) : undefined;
    link.recorder.touch(this, EVENT_BYTES + sizeOfAll(this.data), false);
  }

  get runId(): string {
    return this.link.runId;
  }

  tell(entry: RunEntry): void {
    let text = `{"name":${JSON.stringify(plainText(this.name) ?? "not readable")},"time":${micros(this.timeMs)}`;
    if (this.spanId !== undefined) text += `,"span_id":${JSON.stringify(this.spanId)}`;
    if (this.data) text += `,"data":${textOfAll(this.data)}`;
    entry.add("event", `${text}}`);
  }
}
