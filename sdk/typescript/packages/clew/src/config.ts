/** Settings: what was given, else `CLEW_*`, else `AGENTOS_*`, else the default. */

import { homedir } from "node:os";
import { join } from "node:path";
import type { Clock } from "./clock.js";
import { messageOf } from "./json.js";
import type { Timers } from "./timers.js";
import type { Transport } from "./transport.js";
import type { Attributes, Redact } from "./types.js";

/** Where a Clew listens unless told otherwise; never a host on the internet. */
export const DEFAULT_BASE_URL = "http://127.0.0.1:2539";

/** How a client is made. Every member can be left out. */
export interface ClewOptions {
  apiKey?: string | undefined;
  /** Address of the server, with or without a path before `/api`. */
  baseUrl?: string | undefined;
  /** Sent as `X-Clew-Workspace`, which open mode reads. */
  workspace?: string | undefined;
  /** Whose runs these are, where a run does not say. */
  agentId?: string | undefined;
  agentName?: string | undefined;
  /** Said of every run that does not say otherwise. */
  sessionId?: string | undefined;
  userId?: string | undefined;
  tags?: string[] | undefined;
  metadata?: Attributes | undefined;
  service?: string | undefined;
  environment?: string | undefined;
  release?: string | undefined;
  /** Sees every record just before it is sent or spooled. */
  redact?: Redact | undefined;
  /** `false`: no inputs, outputs, messages, arguments or results; names, times, usage and errors stay. */
  capture?: boolean | undefined;
  /** Spans are made, and nothing is kept or sent. */
  disabled?: boolean | undefined;
  /** The folder for what could not be sent, or `false`. */
  spool?: string | false | undefined;
  spoolMaxBytes?: number | undefined;
  /** What may wait in memory. */
  maxMemoryBytes?: number | undefined;
  /** Seconds between two sendings. */
  flushInterval?: number | undefined;
  /** Seconds of one request. */
  timeout?: number | undefined;
  /** Seconds that the end of the process may take. */
  shutdownTimeout?: number | undefined;
  /** Mistakes in the use of the SDK throw instead of being logged. */
  strict?: boolean | undefined;
  /** Tells on stderr what is sent. */
  debug?: boolean | undefined;
  /** Carries requests; HTTP unless given. */
  transport?: Transport | undefined;
  /** The time of spans; the system's unless given. */
  clock?: Clock | undefined;
  /** Timers of the sender; the system's unless given. */
  timers?: Timers | undefined;
}

/** Settings with every default filled in. Times in milliseconds. */
export interface Config {
  apiKey: string | undefined;
  baseUrl: string;
  workspace: string | undefined;
  agentId: string | undefined;
  agentName: string | undefined;
  sessionId: string | undefined;
  userId: string | undefined;
  tags: string[] | undefined;
  metadata: Attributes;
  environment: string | undefined;
  release: string | undefined;
  redact: Redact | undefined;
  capture: boolean;
  disabled: boolean;
  spool: string | undefined;
  spoolMaxBytes: number;
  maxMemoryBytes: number;
  flushIntervalMs: number;
  timeoutMs: number;
  shutdownTimeoutMs: number;
  strict: boolean;
  debug: boolean;
}

const MIB = 1024 * 1024;

type Environment = Record<string, string | undefined>;

/** Settings from options and environment. Wrong numbers are the default: tracing must not stop a program. */
export function configOf(
  options: ClewOptions,
  env: Environment = process.env,
  home: () => string = homedir,
): Config {
  const said = (...names: string[]): string | undefined =>
    names.map((name) => env[name]?.trim()).find((value) => value !== undefined && value !== "");
  const number = (given: number | undefined, name: string, fallback: number): number => {
    const value = given ?? Number(said(name) ?? Number.NaN);
    return Number.isFinite(value) && value >= 0 ? value : fallback;
  };
  const service = options.service || said("CLEW_SERVICE", "OTEL_SERVICE_NAME");
  return {
    apiKey: options.apiKey || said("CLEW_API_KEY", "AGENTOS_API_KEY"),
    baseUrl: trimmed(options.baseUrl || said("CLEW_URL", "AGENTOS_BASE_URL") || DEFAULT_BASE_URL),
    workspace: options.workspace || said("CLEW_WORKSPACE"),
    agentId: options.agentId || said("CLEW_AGENT_ID", "AGENTOS_AGENT_ID"),
    agentName: options.agentName || said("CLEW_AGENT_NAME"),
    sessionId: options.sessionId,
    userId: options.userId,
    tags: options.tags,
    metadata: { ...(service ? { service } : {}), ...options.metadata },
    environment: options.environment || said("CLEW_ENVIRONMENT"),
    release: options.release || said("CLEW_RELEASE"),
    redact: options.redact,
    capture: options.capture ?? !isOff(said("CLEW_CAPTURE")),
    disabled: options.disabled ?? isOn(said("CLEW_DISABLED", "AGENTOS_DISABLED")),
    spool: spoolFolder(options.spool, said("CLEW_SPOOL"), env, home),
    spoolMaxBytes: number(options.spoolMaxBytes, "CLEW_SPOOL_MAX_BYTES", 128 * MIB),
    maxMemoryBytes: number(options.maxMemoryBytes, "CLEW_MAX_MEMORY_BYTES", 32 * MIB),
    flushIntervalMs: number(options.flushInterval, "CLEW_FLUSH_INTERVAL", 1) * 1000,
    timeoutMs: number(options.timeout, "CLEW_TIMEOUT", 10) * 1000,
    shutdownTimeoutMs: number(options.shutdownTimeout, "CLEW_SHUTDOWN_TIMEOUT", 5) * 1000,
    strict: options.strict ?? isOn(said("CLEW_STRICT")),
    debug: options.debug ?? isOn(said("CLEW_DEBUG")),
  };
}

function spoolFolder(
  given: string | false | undefined,
  said: string | undefined,
  env: Environment,
  home: () => string,
): string | undefined {
  if (given === false || (given === undefined && isOff(said))) return undefined;
  if (given || said) return given || said;
  if (process.platform === "win32" && env["LOCALAPPDATA"]) return join(env["LOCALAPPDATA"], "clew", "spool");
  try {
    return join(env["XDG_STATE_HOME"] || join(home(), ".local", "state"), "clew", "spool");
  } catch (error) {
    // A container may run as a user that has neither HOME nor an entry in the list of users.
    process.stderr.write(`clew: no folder for what cannot be sent (${messageOf(error)}): set CLEW_SPOOL\n`);
    return undefined;
  }
}

/** An address as it may be printed: without user and password. */
export function shownUrl(url: string): string {
  return url.replace(/\/\/[^/?#]*@/, "//");
}

function trimmed(url: string): string {
  const whole = /^https?:\/\//i.test(url) ? url : `http://${url}`;
  return whole.replace(/\/+$/, "");
}

function isOn(text: string | undefined): boolean {
  return text !== undefined && ["1", "true", "yes", "on"].includes(text.toLowerCase());
}

function isOff(text: string | undefined): boolean {
  return text !== undefined && ["0", "false", "no", "off"].includes(text.toLowerCase());
}
