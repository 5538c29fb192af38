import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { VERSION } from "../packages/clew/src/version.js";

const ROOT = new URL("../../", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "clew-package-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a command that must end well; gives what it printed. */
function run(command: string, args: string[], cwd: string): string {
  const done = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    env: { ...process.env, CLEW_SPOOL: "off" },
  });
  assert.equal(done.status, 0, `${command} ${args.join(" ")}\n${done.stdout}\n${done.stderr}`);
  return done.stdout.trim();
}

before(() => {
  const packed = ["clew", "agentos"].map((name) => {
    const [about] = JSON.parse(
      run("npm", ["pack", "--json", "--pack-destination", folder], join(ROOT, "packages", name)),
    );
    return about as { filename: string; files: { path: string }[] };
  });
  for (const { files } of packed) {
    const paths = files.map(({ path }) => path);
    assert.ok(paths.includes("README.md") && paths.includes("LICENSE"), paths.join(" "));
    assert.ok(
      paths.every((path) => /^(dist\/|README\.md$|LICENSE$|package\.json$)/.test(path)),
      paths.join(" "),
    );
  }
  writeFileSync(join(folder, "package.json"), '{"private": true, "type": "module"}');
  const tarballs = packed.map(({ filename }) => `./${filename}`);
  run("npm", ["install", "--offline", "--no-audit", "--no-fund", "--ignore-scripts", ...tarballs], folder);
});

const PROGRAM = `
  const { client, tree } = (() => { const r = capture(); return { client: r.client, tree: () => r.tree() }; })();
  const run = client.openRun({ agentId: "a" });
  run.use(() => withSpan("s", () => undefined));
  tree().then((text) => console.log(JSON.stringify([typeof AgentOS, text])));`;
const PRINTED = JSON.stringify(["function", "a [run] ok\n  s [step] ok"]);

test("the packed packages work in an empty folder, imported and required", () => {
  const imports =
    'import { AgentOS, withSpan } from "@agentos-sdk/core"; import { capture } from "@clew/sdk/testing";';
  writeFileSync(join(folder, "a.mjs"), imports + PROGRAM);
  assert.equal(run(process.execPath, ["a.mjs"], folder), PRINTED);
  const requires =
    'const { AgentOS, withSpan } = require("@clew/sdk") && require("@agentos-sdk/core"); const { capture } = require("@clew/sdk/testing");';
  writeFileSync(join(folder, "b.cjs"), requires + PROGRAM);
  assert.equal(run(process.execPath, ["b.cjs"], folder), PRINTED);
});

test("both forms of the package in one process share what is current", () => {
  writeFileSync(
    join(folder, "c.mjs"),
    `import { currentSpan } from "@clew/sdk"; import { createRequire } from "node:module";
     const { capture } = createRequire(import.meta.url)("@clew/sdk/testing");
     capture().client.withRun({ agentId: "a" }, (run) => console.log(currentSpan() === run));`,
  );
  assert.equal(run(process.execPath, ["c.mjs"], folder), "true");
});

test("the types hold in a strict program, whichever way modules are found", () => {
  writeFileSync(
    join(folder, "d.mts"),
    `import { AgentOS, trace, type Span } from "@agentos-sdk/core";
     const os = new AgentOS({ apiKey: undefined, redact: (record) => (record.record === "event" ? null : record) });
     const run = await os.startRun({ agentId: "a", sessionId: undefined });
     const span: Span = run.startSpan("s", { kind: "my own" }).set({ any: [1] });
     const double: (by: number) => Promise<number> = trace(async (by: number) => by * 2, { kind: "tool" });
     const text: string = await span.use(async () => String(await double(2)));
     // @ts-expect-error a name is a text
     run.startSpan(7);
     await run.complete({ text });`,
  );
  writeFileSync(
    join(folder, "e.cts"),
    `import { Clew } from "@clew/sdk"; import { capture } from "@clew/sdk/testing";
     const spans: number = new Clew().stats().sent; capture().runs().then((runs) => runs[0]?.spans[0]?.name.length ?? spans);`,
  );
  const options = ["--strict", "--noEmit", "--exactOptionalPropertyTypes", "--target", "es2022"];
  const compiler = join(ROOT, "node_modules", "typescript", "bin", "tsc");
  const types = ["--typeRoots", join(ROOT, "node_modules", "@types"), "--types", "node"];
  run(process.execPath, [compiler, ...options, ...types, "--module", "nodenext", "d.mts", "e.cts"], folder);
});

test("the version that is sent is the package's", () => {
  for (const name of ["clew", "agentos"]) {
    const about = JSON.parse(readFileSync(join(ROOT, "packages", name, "package.json"), "utf8")) as {
      version: string;
    };
    assert.equal(about.version, VERSION);
  }
});
