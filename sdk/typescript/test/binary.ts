/** A real `clew serve` on free ports with a folder of its own; the binary is $CLEW_BIN. */

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const READY_MS = 30_000;

/** The binary under test; undefined where none is named, and then its tests are left out. */
export const BINARY = process.env["CLEW_BIN"];

/** A server that a test starts, kills and starts again. */
export class ClewServer {
  port = 0;
  private child: ChildProcess | undefined;
  private readonly folder = mkdtempSync(join(tmpdir(), "clew-sdk-"));

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts it; again on the port that it had. */
  async start(): Promise<void> {
    const flags = [
      "--data",
      this.folder,
      "--port",
      String(this.port),
      "--otlp-grpc-port",
      "off",
      "--otlp-http-port",
      "off",
    ];
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^(CLEW|AGENTOS|OTEL)_/.test(name)),
    );
    const child = spawn(BINARY!, ["serve", ...flags], { env, stdio: ["ignore", "pipe", "pipe"] });
    this.child = child;
    this.port = await new Promise<number>((resolve, reject) => {
      let printed = "";
      const late = setTimeout(() => reject(new Error(`clew serve said no address:\n${printed}`)), READY_MS);
      const read = (piece: Buffer): void => {
        printed += piece.toString();
        const found = /http:\/\/127\.0\.0\.1:(\d+)\s.*everything/.exec(printed);
        if (!found) return;
        clearTimeout(late);
        resolve(Number(found[1]));
      };
      child.stdout.on("data", read);
      child.stderr.on("data", read);
      child.on("exit", (code) => reject(new Error(`clew serve ended with ${code}:\n${printed}`)));
    });
  }

  /** Kills it at once, as a crash would. */
  async kill(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
  }

  /** Ends it for good. */
  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
