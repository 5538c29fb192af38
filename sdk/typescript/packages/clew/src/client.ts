/** The client: starts runs, and sees that they arrive. */

import { copied } from "./captured.js";
import { systemClock } from "./clock.js";
import type { Config, ClewOptions } from "./config.js";
import { configOf } from "./config.js";
import { current } from "./context.js";
import { leaveWithProcess, postNow, stay } from "./exit.js";
import { Outbox } from "./outbox.js";
import { parseTraceparent } from "./traceparent.js";
import { Reader } from "./reader.js";
import { stderrReports } from "./reports.js";
import { joinedTo, Run } from "./run.js";
import { BATCH_PATH, Sender } from "./sender.js";
import { Spool } from "./spool.js";
import { noStats } from "./stats.js";
import type { Stats } from "./stats.js";
import { systemTimers } from "./timers.js";
import { accessHeaders, HttpTransport } from "./transport.js";
import type { Transport } from "./transport.js";
import type { RunOptions } from "./types.js";
import { RUNTIME, VERSION } from "./version.js";

/** The process may stand still so long at its very end. */
const LAST_POST_MS = 2000;

/** Records runs and sends them to a Clew server in the background. */
export class Clew {
  /** The settings in force. */
  readonly config: Config;
  private readonly transport: Transport;
  private readonly outbox: Outbox;
  private readonly sender: Sender;
  private readonly counts = noStats();
  private readonly viaHttp: boolean;
  private watched = false;
  private read: Reader | undefined;

  constructor(options: ClewOptions = {}) {
    this.config = configOf(options);
    const { config, counts: stats } = this;
    const reports = stderrReports(config);
    this.viaHttp = options.transport === undefined;
    this.transport = options.transport ?? new HttpTransport(config);
    this.outbox = new Outbox(config, options.clock ?? systemClock(), reports, stats);
    const spool =
      config.spool === undefined || config.disabled
        ? undefined
        : new Spool(config, config.spool, config.spoolMaxBytes);
    const timers = options.timers ?? systemTimers;
    this.sender = new Sender({
      config,
      outbox: this.outbox,
      transport: this.transport,
      spool,
      timers,
      reports,
      stats,
    });
    this.outbox.outlet = this.sender;
  }

  /**
   * Starts a run. Nothing is waited for: the promise is there for the form of the AgentOS documents. Under a current
   * span, else with `TRACEPARENT` in the environment, the run stands in that trace.
   */
  startRun(options?: RunOptions | null): Promise<Run> {
    return Promise.resolve(this.openRun(options));
  }

  /** Starts a run, at once. */
  openRun(given?: RunOptions | null): Run {
    this.watchProcess();
    const options = given ?? {};
    const parent = options.parent === false ? undefined : (options.parent ?? current() ?? placeOfProcess());
    return new Run(this.outbox, this.withDefaults(options), joinedTo(this.outbox, parent));
  }

  /** Calls a function in a run of its own, which ends as the function does. */
  withRun<T>(options: RunOptions | null, call: (run: Run) => T): T {
    return this.openRun(options).use(call);
  }

  /** What the server knows: runs, spans, search, labels. */
  get reader(): Reader {
    this.read ??= new Reader(this.config, this.transport);
    return this.read;
  }

  /** Sends all that waits. True when the server has everything; never rejects. */
  flush(timeoutSeconds?: number): Promise<boolean> {
    return this.sender.flush((timeoutSeconds ?? this.config.shutdownTimeoutMs / 1000) * 1000);
  }

  /** Sends all that waits and stops; what cannot be sent goes to the spool. Never rejects. */
  async shutdown(timeoutSeconds?: number): Promise<boolean> {
    const done = await this.flush(timeoutSeconds);
    this.sender.close();
    for (const batch of this.sender.leave()) this.sender.keep(batch);
    stay(this.leaving);
    this.watched = false;
    return done;
  }

  /** What became of the records so far. */
  stats(): Stats {
    return { ...this.counts, waiting: this.sender.waitingRecords };
  }

  private withDefaults(options: RunOptions): RunOptions {
    const { agentId, agentName, sessionId, userId, tags, metadata } = this.config;
    const sdk = { name: "clew-typescript", version: VERSION, runtime: RUNTIME };
    const whose =
      options.agentId === undefined && options.agentName === undefined ? { agentId, agentName } : {};
    return {
      ...options,
      ...whose,
      sessionId: options.sessionId ?? sessionId,
      userId: options.userId ?? userId,
      tags: options.tags ?? tags,
      metadata: { ...metadata, sdk, ...copied(options.metadata) },
    };
  }

  private readonly leaving = {
    hasWaiting: (): boolean => !this.sender.isEmpty,
    flush: (): Promise<boolean> => this.flush(),
    leaveNow: (last = true): void => this.leaveNow(last),
  };

  private watchProcess(): void {
    if (this.watched || this.config.disabled) return;
    this.watched = true;
    leaveWithProcess(this.leaving);
  }

  private leaveNow(last: boolean): void {
    const batches = this.sender.leave();
    if (batches.length === 0) return;
    const timeoutMs = Math.min(LAST_POST_MS, this.config.shutdownTimeoutMs);
    if (this.viaHttp && !this.sender.isAway && timeoutMs > 0 && this.postNow(batches, timeoutMs)) return;
    for (const batch of batches) this.sender.keep(batch, last);
  }

  private postNow(batches: ReturnType<Sender["leave"]>, timeoutMs: number): boolean {
    const headers = {
      ...accessHeaders(this.config),
      "content-type": "application/json",
      "content-encoding": "gzip",
    };
    return postNow(this.config.baseUrl + BATCH_PATH, headers, batches, timeoutMs);
  }
}

/** Where the process that started this one stood. */
function placeOfProcess(): ReturnType<typeof parseTraceparent> {
  return parseTraceparent(process.env["TRACEPARENT"]);
}

const DEFAULT_KEY = Symbol.for("clew.sdk.default.1");
const shared = globalThis as unknown as Record<symbol, Clew | undefined>;

/** Makes the client that `withSpan`, `trace` and the wrappers use where nothing is current. */
export function configure(options: ClewOptions = {}): Clew {
  const before = shared[DEFAULT_KEY];
  const client = new Clew(options);
  shared[DEFAULT_KEY] = client;
  if (before) void before.shutdown();
  return client;
}

/** The client of the process, made from the environment on first use. */
export function defaultClient(): Clew {
  return (shared[DEFAULT_KEY] ??= new Clew());
}
