// Builds, then runs the tests: node scripts/test.mjs [--node PATH] [NAME...]. Names are parts of file names in test/.
// Ends with "N passed, N failed".
import { spawn, spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const compiler = join(
  dirname(createRequire(import.meta.url).resolve("typescript/package.json")),
  "bin",
  "tsc",
);
const names = process.argv.slice(2);
const node = names[0] === "--node" ? names.splice(0, 2)[1] : process.execPath;

function step(...command) {
  const done = spawnSync(process.execPath, command, { cwd: root, stdio: "inherit" });
  if (done.status !== 0) process.exit(done.status ?? 1);
}

step(join(root, "scripts", "build.mjs"));
rmSync(join(root, ".build"), { recursive: true, force: true });
step(compiler, "-p", "tsconfig.test.json");

const wanted = (file) =>
  file.endsWith(".test.js") && (names.length === 0 || names.some((name) => file.includes(name)));
const folder = join(root, ".build", "test");
const files = readdirSync(folder)
  .filter(wanted)
  .map((file) => join(folder, file));
// Node 18 has no bound on a test's time.
const bound =
  spawnSync(node, ["--test-timeout=120000", "--version"]).status === 0 ? ["--test-timeout=120000"] : [];
const tests = spawn(node, ["--test", "--test-reporter=tap", ...bound, ...files], {
  cwd: root,
  stdio: ["ignore", "pipe", "inherit"],
});
let output = "";
tests.stdout.setEncoding("utf8");
tests.stdout.on("data", (text) => {
  output += text;
});
tests.on("close", (code) => {
  const lines = output.split("\n");
  // The names of what passed, and everything about what did not.
  let failing = false;
  for (const line of lines) {
    if (/^\s*(not )?ok \d/.test(line)) failing = /^\s*not ok/.test(line);
    else if (/^\s*# Subtest/.test(line)) failing = false;
    if (failing || /^\s*ok \d/.test(line)) console.log(line);
  }
  const count = (word) => Number(new RegExp(`^# ${word} (\\d+)`, "m").exec(output)?.[1] ?? 0);
  const failed = count("fail") + count("cancelled") || (code === 0 ? 0 : 1);
  console.log(`\n${count("pass")} passed, ${failed} failed`);
  process.exitCode = failed === 0 && count("pass") > 0 ? 0 : 1;
});
