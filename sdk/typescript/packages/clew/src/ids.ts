/** Ids: random ones for what we make, and the server's rule for those that a user gives. */

import { randomFillSync } from "node:crypto";
import { blake3Hex } from "./blake3.js";

/** Bytes of a user's own id of a run, a span or an event; the server refuses longer ones. */
export const ID_MAX_BYTES = 512;

const HEX_PAIRS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
// Random bytes are fetched many at a time: one call for each id costs as much as the rest of a span.
const pool = Buffer.allocUnsafe(8192);
let used = pool.length;

/** 32 hex digits: the id of a run, which is its trace. */
export function newRunId(): string {
  return randomHex(16);
}

/** 16 hex digits: the id of a span. */
export function newSpanId(): string {
  return randomHex(8);
}

function randomHex(length: number): string {
  if (used + length > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  // Never all zeros, which means "none" to every reader of such ids.
  let text = HEX_PAIRS[pool[used]! | 1]!;
  for (let index = 1; index < length; index += 1) text += HEX_PAIRS[pool[used + index]!]!;
  used += length;
  return text;
}

const TRACE_FORMS = [
  /^(?:trace_|trace-|tr-)?([0-9a-f]{32})$/,
  /^(?:trace_|trace-|tr-)?([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})$/,
];

/** The trace id under which the server files a run of this id. */
export function traceIdOf(runId: string): string {
  const text = runId.trim().toLowerCase();
  for (const form of TRACE_FORMS) {
    const found = form.exec(text);
    if (found) return found.slice(1).join("");
  }
  return blake3Hex(text, 16);
}

/** The span id that the server gives to a span, or to a run's root, of this id. */
export function spanIdOf(id: string): string {
  const text = id.trim().toLowerCase();
  return /^[0-9a-f]{16}$/.test(text) ? text : blake3Hex(text, 8);
}

const NOTHING = /^(?:trace_|trace-|tr-)?(?:0{16}|0{32}|0{8}-0{4}-0{4}-0{4}-0{12})$/i;

/** Whether the server takes a text as an id: not empty, not all zeros, not too long. */
export function isUsableId(id: unknown): id is string {
  if (typeof id !== "string" || id.trim() === "" || Buffer.byteLength(id) > ID_MAX_BYTES) return false;
  return !NOTHING.test(id.trim());
}
