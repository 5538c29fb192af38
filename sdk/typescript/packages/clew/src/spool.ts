/**
 * The spool: batches that could not be sent, one file each, in a folder of this server and key. Both SDKs write the
 * same form, so what one left the other sends.
 */

import { createHash, randomBytes } from "node:crypto";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Batch } from "./batch.js";
import type { Config } from "./config.js";

/** What is older is thrown away: a server refuses it by then, or nobody will look for it. */
const AGE_MAX_MS = 7 * 24 * 3600 * 1000;
const ENDING = ".json.gz";
/** Half written: by a process that is at it, or by one that broke off. */
const PART = ".part";
/** Nothing is half written for so long by a process that still lives. */
const PART_AGE_MAX_MS = 3600 * 1000;

/** A batch on disk. */
export interface Spooled {
  name: string;
  body: Uint8Array;
}

/** The folder; all calls are short and synchronous, so that they work while a process ends. */
export class Spool {
  private readonly folder: string;

  constructor(
    config: Pick<Config, "baseUrl" | "apiKey" | "workspace">,
    root: string,
    private readonly maxBytes: number,
  ) {
    const whose = `${config.baseUrl}\n${config.apiKey ?? ""}\n${config.workspace ?? ""}`;
    this.folder = join(root, createHash("sha256").update(whose).digest("hex").slice(0, 16));
  }

  /** Keeps a batch; false where it is full or the disk refuses. */
  write(batch: Batch): boolean {
    const name = `${Date.now()}-${process.pid}-${randomBytes(4).toString("hex")}${ENDING}`;
    const part = name + PART;
    try {
      mkdirSync(this.folder, { recursive: true, mode: 0o700 });
      this.removeOldParts();
      const others = [...this.names(), ...this.names(ENDING + PART)];
      const used = others.reduce((sum, other) => sum + sizeOfFile(join(this.folder, other)), 0);
      if (used + batch.body.byteLength > this.maxBytes) return false;
      writeFileSync(join(this.folder, part), batch.body, { mode: 0o600 });
      renameSync(join(this.folder, part), join(this.folder, name));
      return true;
    } catch {
      this.remove(part);
      return false;
    }
  }

  /** Whether anything waits here. */
  hasAny(): boolean {
    return this.names().length > 0;
  }

  /** The oldest batch that is not skipped; undefined where there is none. Files that are too old are removed on the way. */
  oldest(
    removed: (count: number) => void = () => undefined,
    skipped: ReadonlySet<string> = new Set(),
  ): Spooled | undefined {
    for (const name of this.names()) {
      if (skipped.has(name)) continue;
      if (ageOf(name) > AGE_MAX_MS) {
        if (this.remove(name)) removed(1);
        continue;
      }
      try {
        return { name, body: readFileSync(join(this.folder, name)) };
      } catch {
        // Another process has just sent it.
      }
    }
    return undefined;
  }

  /** Forgets a batch; false where another process did so before. */
  remove(name: string): boolean {
    try {
      unlinkSync(join(this.folder, name));
      return true;
    } catch {
      return false;
    }
  }

  private removeOldParts(): void {
    for (const name of this.names(ENDING + PART)) if (ageOf(name) > PART_AGE_MAX_MS) this.remove(name);
  }

  private names(ending = ENDING): string[] {
    try {
      return readdirSync(this.folder)
        .filter((name) => name.endsWith(ending))
        .sort((one, other) => Number(one.split("-", 1)[0]) - Number(other.split("-", 1)[0]));
    } catch {
      return [];
    }
  }
}

/** Milliseconds since a file of this name was begun. */
function ageOf(name: string): number {
  return Date.now() - Number(name.split("-", 1)[0]);
}

function sizeOfFile(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}
