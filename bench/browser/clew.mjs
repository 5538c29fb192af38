/** A Clew of its own for a measurement: free port, fresh folder, gone afterwards. */

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { requests } from "./runs.mjs";

const READY_MS = 30_000;

/** Starts the binary; `environment` is added to what it sees. */
export async function startClew(binary, environment = {}) {
  const data = mkdtempSync(join(tmpdir(), "clew-bench-"));
  const flags = ["--data", data, "--port", "0", "--otlp-grpc-port", "off", "--otlp-http-port", "off"];
  const child = spawn(binary, ["serve", ...flags], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (printed += chunk));
  const stop = async () => {
    const ended = new Promise((done) => child.once("exit", done));
    child.kill("SIGTERM");
    await ended;
    rmSync(data, { recursive: true, force: true });
  };
  for (const until = Date.now() + READY_MS; Date.now() < until;) {
    if (child.exitCode !== null) throw new Error(`clew ended with ${child.exitCode}:\n${printed}`);
    const found = /http:\/\/127\.0\.0\.1:(\d+)/.exec(printed);
    if (found && (await answers(`${found[0]}/healthz`))) return { url: found[0], stop };
    await new Promise((done) => setTimeout(done, 30));
  }
  await stop();
  throw new Error(`clew did not answer within ${READY_MS} ms:\n${printed}`);
}

async function answers(url) {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

/** Sends a run and waits until it can be read whole. Gives the bytes that were sent. */
export async function send(url, run) {
  let bytes = 0;
  for (const request of requests(run)) {
    const body = JSON.stringify(request);
    bytes += body.length;
    for (;;) {
      const answer = await fetch(`${url}/v1/traces`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      });
      if (answer.ok) break;
      if (answer.status !== 429 && answer.status !== 503)
        throw new Error(`${answer.status}: ${await answer.text()}`);
      await new Promise((done) => setTimeout(done, 1_000));
    }
  }
  const answer = await fetch(`${url}/api/v1/traces/${run.traceId}/skeleton`);
  if (!answer.ok) throw new Error(`the run cannot be read: ${answer.status}`);
  await answer.arrayBuffer();
  return bytes;
}
