// Builds both packages: dist/esm and dist/cjs, each with its types.
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const compiler = join(
  dirname(createRequire(import.meta.url).resolve("typescript/package.json")),
  "bin",
  "tsc",
);

const FORMS = [
  { name: "esm", type: "module", options: [] },
  // Sources say `import`; for `require` the compiler must not look at the package's own type.
  { name: "cjs", type: "commonjs", options: ["--module", "commonjs", "--moduleResolution", "bundler"] },
];

for (const name of ["clew", "agentos"]) {
  const folder = join(root, "packages", name);
  rmSync(join(folder, "dist"), { recursive: true, force: true });
  for (const form of FORMS) {
    const out = join(folder, "dist", form.name);
    mkdirSync(out, { recursive: true });
    const done = spawnSync(process.execPath, [compiler, "-p", folder, "--outDir", out, ...form.options], {
      stdio: "inherit",
    });
    if (done.status !== 0) process.exit(done.status ?? 1);
    writeFileSync(join(out, "package.json"), JSON.stringify({ type: form.type }) + "\n");
  }
}
