/** What spans need of the client that they belong to. */

import type { Clock } from "./clock.js";
import type { Config } from "./config.js";
import type { Item } from "./record.js";
import type { Reports } from "./reports.js";
import type { Run } from "./run.js";

/** Takes what spans have to tell. */
export interface Recorder {
  readonly config: Config;
  readonly clock: Clock;
  readonly reports: Reports;
  /**
   * Something has news. `bytes` is about how much memory it takes. False where there is no room, and then nothing of it
   * is kept; an `ending` is always taken, since a span that never ends would be wrong for good.
   */
  touch(item: Item, bytes: number, ending: boolean): boolean;
  /** Whether there is no room for payloads any more. */
  isFull(): boolean;
  /** What is told by now goes out soon; settles when it is gone, never rejects. */
  deliverSoon(): Promise<void>;
}

/** What the spans of a run share. */
export interface RunLink {
  readonly runId: string;
  readonly recorder: Recorder;
  /** Counts spans, for their order where times are equal. */
  sequence: number;
  /** The run itself. */
  run: Run | undefined;
}
