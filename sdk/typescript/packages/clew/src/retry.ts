/** When a request is made again. */

import type { Timers } from "./timers.js";
import type { Answer } from "./transport.js";

const FIRST_MS = 250;
const LAST_MS = 30_000;
const RETRY_AFTER_MAX_MS = 60_000;
const LATER = new Set([408, 425, 429]);
/** Of the server's own failures, those that stay. */
const NEVER = new Set([501, 505]);

/** What an answer means for a batch. */
export type Verdict = "taken" | "later" | "smaller" | "refused";

/** Whether a batch was taken, may be taken later or in pieces, or never will be. */
export function verdictOf(answer: Answer | Error | undefined): Verdict {
  if (answer === undefined || answer instanceof Error || LATER.has(answer.status)) return "later";
  if (answer.status >= 500 && !NEVER.has(answer.status)) return "later";
  // A proxy's own page, say: counting that as taken would lose the batch.
  if (isGood(answer)) return saysAccepted(answer.body) ? "taken" : "later";
  return answer.status === 413 ? "smaller" : "refused";
}

/** Whether a status says that all is well. */
export function isGood(answer: Answer): boolean {
  return answer.status >= 200 && answer.status < 300;
}

function saysAccepted(body: string): boolean {
  try {
    const said = JSON.parse(body) as unknown;
    return typeof said === "object" && said !== null && "accepted" in said;
  } catch {
    return false;
  }
}

/** Waits longer after each failure, spread so that many senders do not come back at once. */
export class Retry {
  private failures = 0;
  private until = 0;

  constructor(private readonly timers: Timers) {}

  /** Whether the last attempt failed. */
  get isAway(): boolean {
    return this.failures > 0;
  }

  /** Whether it is too early for the next attempt. */
  mustWait(): boolean {
    return this.isAway && this.timers.now() < this.until;
  }

  /** Milliseconds to the next attempt. */
  waitMs(): number {
    return Math.max(0, this.until - this.timers.now());
  }

  /** The next attempt may be now. */
  tryNow(): void {
    this.until = 0;
  }

  succeeded(): void {
    this.failures = 0;
    this.until = 0;
  }

  /** Notes a failure, and what the server said about when to come again. */
  failed(retryAfter: string | undefined): void {
    const asked = askedMs(retryAfter);
    const bound = Math.min(LAST_MS, FIRST_MS * 2 ** Math.min(this.failures, 20));
    this.failures += 1;
    this.until = this.timers.now() + (asked ?? bound * this.timers.random());
  }
}

function askedMs(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = Number(text);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) && ms >= 0 ? Math.min(ms, RETRY_AFTER_MAX_MS) : undefined;
}
