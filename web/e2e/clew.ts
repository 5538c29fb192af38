/** A real `clew serve` on free ports with a data folder of its own, and what is sent into it. */

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");
const WIRE = join(ROOT, "fixtures/wire");
const READY_MS = 30_000;

/** The binary under test: $CLEW_BIN, else the newest build of this clone. */
export function binary(): string {
  if (process.env.CLEW_BIN) return process.env.CLEW_BIN;
  const target = process.env.CARGO_TARGET_DIR ?? join(ROOT, "target");
  const built = ["debug", "release"]
    .map((profile) => join(target, profile, "clew"))
    .filter((path) => existsSync(path));
  const newest = built.sort((left, right) => statSync(right).mtimeMs - statSync(left).mtimeMs)[0];
  if (!newest) throw new Error("no clew binary: run `make build`, or name one in CLEW_BIN");
  return newest;
}

export interface Sent {
  path: string;
  headers: Record<string, string>;
  body: Uint8Array;
}

export class Clew {
  private process: ChildProcess | null = null;
  private printed = "";
  readonly data: string;
  /** `http://127.0.0.1:PORT` */
  url = "";

  constructor(private readonly flags: string[] = []) {
    this.data = mkdtempSync(join(tmpdir(), "clew-e2e-"));
  }

  /** Starts it; the port of the first start is kept by later ones. */
  async start(): Promise<this> {
    const port = this.url ? new URL(this.url).port : "0";
    this.printed = "";
    const environment = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !name.startsWith("CLEW_") || name === "CLEW_WEB_DIST"),
    );
    this.process = spawn(
      binary(),
      [
        "serve",
        "--data",
        this.data,
        "--port",
        port,
        "--otlp-grpc-port",
        "off",
        "--otlp-http-port",
        "off",
        ...this.flags,
      ],
      { env: environment as NodeJS.ProcessEnv, stdio: ["ignore", "pipe", "pipe"] },
    );
    const hear = (chunk: Buffer) => (this.printed += chunk.toString());
    this.process.stdout!.on("data", hear);
    this.process.stderr!.on("data", hear);
    const until = Date.now() + READY_MS;
    while (Date.now() < until) {
      if (this.process.exitCode !== null)
        throw new Error(`clew serve ended with ${this.process.exitCode}:\n${this.printed}`);
      const found = /http:\/\/127\.0\.0\.1:(\d+)/.exec(this.printed);
      if (found && (await answers(`http://127.0.0.1:${found[1]}/healthz`))) {
        this.url = `http://127.0.0.1:${found[1]}`;
        return this;
      }
      await new Promise((done) => setTimeout(done, 20));
    }
    throw new Error(`clew serve did not answer within ${READY_MS} ms:\n${this.printed}`);
  }

  /** Ends the process as a service manager would, and waits for it. */
  async stop(): Promise<void> {
    const running = this.process;
    if (!running || running.exitCode !== null) return;
    const ended = new Promise((done) => running.once("exit", done));
    running.kill("SIGTERM");
    await ended;
  }

  /** Ends it and removes its data. */
  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.data, { recursive: true, force: true });
  }

  /** Runs a command of the binary on this server's data. */
  command(...words: string[]): string {
    return execFileSync(binary(), [...words, "--data", this.data], {
      encoding: "utf8",
      env: { ...process.env, NO_COLOR: "1" },
    });
  }

  /** Sends a request as a sender would; throws unless it was taken. */
  async send({ path, headers, body }: Sent): Promise<void> {
    const response = await fetch(this.url + path, { method: "POST", headers, body: body as BodyInit });
    if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${await response.text()}`);
    await response.arrayBuffer();
  }

  /** Sends a recording of a real SDK (fixtures/wire/NAME) as it was recorded. */
  async replay(...names: string[]): Promise<void> {
    for (const name of names) for (const request of recording(name)) await this.send(request);
  }

  /** Sends OTLP JSON. */
  async otlp(request: unknown): Promise<void> {
    await this.send({
      path: "/v1/traces",
      headers: { "content-type": "application/json" },
      body: Buffer.from(JSON.stringify(request)),
    });
  }

  /** GET of the API, as JSON. */
  async get<T = Record<string, unknown>>(path: string): Promise<T> {
    const response = await fetch(`${this.url}/api/v1${path}`);
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

/** Headers that belong to the connection of the recording, or that named its key. */
const NOT_SENT = /^(host|connection|content-length|transfer-encoding|authorization|accept-encoding|expect)$/i;

/** The HTTP requests of a recording, in order. */
export function recording(name: string): Sent[] {
  const folder = join(WIRE, name);
  return readdirSync(folder)
    .filter((file) => file.endsWith(".meta.json"))
    .sort()
    .map((file) => {
      const meta = JSON.parse(readFileSync(join(folder, file), "utf8")) as {
        path: string;
        query: string;
        headers: [string, string][];
      };
      const headers = Object.fromEntries(meta.headers.filter(([header]) => !NOT_SENT.test(header)));
      const body = readFileSync(join(folder, file.replace(".meta.json", ".body")));
      return { path: meta.path + (meta.query ? `?${meta.query}` : ""), headers, body };
    });
}
