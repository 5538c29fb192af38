/** What tests share: timers that a test moves, a server with faults, and waiting without sleeping. */

import { createServer } from "node:http";
import type { IncomingHttpHeaders, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import type { Timers } from "../packages/clew/src/timers.js";

/** Timers that go off when the test says so. */
export class ManualTimers implements Timers {
  private time = 0;
  private waiting: { at: number; call: () => void }[] = [];

  after(ms: number, call: () => void): { cancel(): void } {
    const entry = { at: this.time + ms, call };
    this.waiting.push(entry);
    return { cancel: () => void (this.waiting = this.waiting.filter((other) => other !== entry)) };
  }

  now(): number {
    return this.time;
  }

  random(): number {
    return 1;
  }

  /** Milliseconds until each timer goes off, the next first. */
  get pending(): number[] {
    return this.waiting.map(({ at }) => at - this.time).sort((one, other) => one - other);
  }

  /** Moves on and calls what is due. */
  advance(ms: number): void {
    this.time += ms;
    const due = this.waiting.filter(({ at }) => at <= this.time);
    this.waiting = this.waiting.filter(({ at }) => at > this.time);
    for (const { call } of due.sort((one, other) => one.at - other.at)) call();
  }
}

/** Waits for a condition, turn by turn of the event loop. */
export async function until(condition: () => boolean, turns = 200_000): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) {
    if (condition()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error("what was waited for did not come");
}

/** A request that the fake server got. */
export interface Got {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** What the fake server does with a request. */
export type Behaviour = (got: Got, response: ServerResponse) => void;

/** A server on a free port; each request takes the next planned behaviour, else the usual one. */
export class FakeServer {
  readonly got: Got[] = [];
  readonly planned: Behaviour[] = [];
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(usual: Behaviour, port = 0): Promise<FakeServer> {
    const server = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on("data", (piece: Buffer) => pieces.push(piece));
      request.on("end", () => {
        const whole = Buffer.concat(pieces);
        const body = request.headers["content-encoding"] === "gzip" ? gunzipSync(whole) : whole;
        const { method = "", url = "", headers } = request;
        const got = { method, path: url, headers, body: body.toString("utf8") };
        fake.got.push(got);
        (fake.planned.shift() ?? usual)(got, response);
      });
    });
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    const fake = new FakeServer(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    return fake;
  }

  /** The bodies so far, read. */
  get bodies(): { runs: Record<string, unknown>[] }[] {
    return this.got.map(({ body }) => JSON.parse(body) as { runs: Record<string, unknown>[] });
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** Answers with JSON. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}): Behaviour {
  return (_, response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify(body));
  };
}

/** Breaks the connection without an answer. */
export const hangUp: Behaviour = (_, response) => void response.destroy();

/** Answers with server-sent events. */
export function events(list: { event?: string; data: unknown }[]): Behaviour {
  return (_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const { event, data } of list) {
      const text = typeof data === "string" ? data : JSON.stringify(data);
      response.write(`${event ? `event: ${event}\n` : ""}data: ${text}\n\n`);
    }
    response.end();
  };
}
