/** The end of the process: what still waits is sent, or kept on disk. */

import { spawnSync } from "node:child_process";
import type { Batch } from "./batch.js";

/** What has something to lose when the process ends. */
export interface Leaving {
  /** Whether something waits in memory. */
  hasWaiting(): boolean;
  /** Sends what waits; settles within the time that the client may take. */
  flush(): Promise<boolean>;
  /** Sends or keeps what waits, without waiting for anything. `last`: what cannot be kept on disk is lost. */
  leaveNow(last: boolean): void;
}

// One list for the process, whichever form of the package a client came from.
const KEY = Symbol.for("clew.sdk.leaving.1");
const shared = globalThis as unknown as Record<symbol, Set<Leaving> | undefined>;

/** Sees to a client at the end of the process. */
export function leaveWithProcess(client: Leaving): void {
  let clients = shared[KEY];
  if (!clients) {
    clients = new Set();
    shared[KEY] = clients;
    watchProcess(clients);
  }
  clients.add(client);
}

/** The client has been shut down. */
export function stay(client: Leaving): void {
  shared[KEY]?.delete(client);
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

function watchProcess(clients: Set<Leaving>): void {
  const leaveNow = (last: boolean): void => clients.forEach((client) => client.leaveNow(last));
  const flushed = new WeakSet<Leaving>();
  process.on("beforeExit", () => {
    // Work that begins here lets the process go on, and when it is done this is called again: each client has its turn
    // once, since what cannot be sent would keep the process for ever. `exit` sees to the rest.
    for (const client of clients) {
      if (flushed.has(client) || !client.hasWaiting()) continue;
      flushed.add(client);
      void client.flush();
    }
  });
  process.on("exit", () => leaveNow(true));
  for (const signal of SIGNALS) {
    const onSignal = (): void => {
      const others = process.listenerCount(signal) > 1;
      leaveNow(!others);
      // With a listener of ours alone the signal would no longer end the process.
      if (others) return;
      process.removeListener(signal, onSignal);
      process.kill(process.pid, signal);
    };
    process.on(signal, onSignal);
  }
}

/** Posts what it reads and ends well when all of it was taken. */
const LAST_POST = `
const { url, headers, bodies } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
const open = url.startsWith("https:") ? require("node:https") : require("node:http");
let left = bodies.length;
for (const body of bodies) {
  const request = open.request(url, { method: "POST", headers }, (response) => {
    let text = "";
    response.on("data", (piece) => { text += piece; });
    response.on("end", () => {
      if (response.statusCode >= 300) process.exit(1);
      try { if (!("accepted" in JSON.parse(text))) process.exit(1); } catch { process.exit(1); }
      if (--left === 0) process.exit(0);
    });
  });
  request.on("error", () => process.exit(1));
  request.end(Buffer.from(body, "base64"));
}`;

/**
 * Sends batches from a process of its own while this one stands still: after `process.exit` nothing else can be waited
 * for. True where the server has all of them.
 */
export function postNow(
  url: string,
  headers: Record<string, string>,
  batches: Batch[],
  timeoutMs: number,
): boolean {
  if (process.versions["electron"] || process.versions["bun"]) return false;
  const bodies = batches.map((batch) => Buffer.from(batch.body).toString("base64"));
  const done = spawnSync(process.execPath, ["-e", LAST_POST], {
    input: JSON.stringify({ url, headers, bodies }),
    timeout: timeoutMs,
    stdio: ["pipe", "ignore", "ignore"],
    env: { PATH: process.env["PATH"] ?? "" },
  });
  return done.status === 0;
}
