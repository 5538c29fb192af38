/** Batches: what goes out in one request. */

import { gunzipSync, gzip, gzipSync } from "node:zlib";

/** Records of a batch. */
export const BATCH_MAX_RECORDS = 512;
/** Bytes of a batch before packing; a single larger record goes alone. */
export const BATCH_MAX_BYTES = 1024 * 1024;

/** A request body, packed. */
export interface Batch {
  /** JSON in gzip. */
  body: Uint8Array;
  records: number;
}

/** A request body, not packed yet. */
export interface Unpacked {
  text: string;
  records: number;
}

/** Packs a body on a thread of its own. */
export function packed(batch: Unpacked): Promise<Batch> {
  return new Promise((resolve, reject) => {
    gzip(batch.text, (error, body) => (error ? reject(error) : resolve({ body, records: batch.records })));
  });
}

/** Packs a body at once, where nothing can be waited for. */
export function packedNow(batch: Unpacked): Batch {
  return { body: gzipSync(batch.text), records: batch.records };
}

interface RunOfBatch {
  run_id: string;
  spans?: unknown[];
  events?: unknown[];
  [single: string]: unknown;
}

/** A batch in two halves; undefined where it is one record. */
export function halved(batch: Batch): [Unpacked, Unpacked] | undefined {
  const { runs } = JSON.parse(gunzipSync(batch.body).toString("utf8")) as { runs: RunOfBatch[] };
  const records = runs.flatMap(recordsOf);
  if (records.length < 2) return undefined;
  const middle = Math.ceil(records.length / 2);
  return [joined(records.slice(0, middle)), joined(records.slice(middle))];
}

/** How many records a packed body holds. */
export function countOf(body: Uint8Array): number {
  const { runs } = JSON.parse(gunzipSync(body).toString("utf8")) as { runs: RunOfBatch[] };
  return runs.flatMap(recordsOf).length;
}

function recordsOf(run: RunOfBatch): RunOfBatch[] {
  const { run_id, spans = [], events = [], ...single } = run;
  return [
    ...Object.entries(single).map(([name, value]) => ({ run_id, [name]: value })),
    ...spans.map((span) => ({ run_id, spans: [span] })),
    ...events.map((event) => ({ run_id, events: [event] })),
  ];
}

function joined(records: RunOfBatch[]): Unpacked {
  return { text: JSON.stringify({ runs: records }), records: records.length };
}
