// Writes x.gz beside each file of dist that becomes smaller, for the binary to serve as it is.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const dist = new URL("../dist", import.meta.url).pathname;
const compressible = /\.(js|css|html|svg|json|txt)$/;

for (const name of readdirSync(dist, { recursive: true })) {
  const path = join(dist, name);
  if (!statSync(path).isFile() || !compressible.test(name)) continue;
  const identity = readFileSync(path);
  const packed = gzipSync(identity, { level: 9 });
  if (packed.length < identity.length) writeFileSync(`${path}.gz`, packed);
}
