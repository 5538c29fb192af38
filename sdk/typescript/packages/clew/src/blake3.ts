/**
 * BLAKE3 of one chunk: as much as an id needs. A run's root span has an id that the server derives from the
 * run's id by this hash, and a traceparent that names the run must carry it.
 */

const START = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
];
const PERMUTATION = [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8];
const CHUNK_START = 1;
const CHUNK_END = 2;
const ROOT = 8;
const BLOCK_BYTES = 64;
const ROUNDS = 7;

/** Bytes of the longest text that is hashed: one chunk. An id has at most 512. */
export const HASHED_MAX_BYTES = 1024;

/** The first `length` bytes (32 at most) of the hash of a text in UTF-8, in hex. */
export function blake3Hex(text: string, length: number): string {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length > HASHED_MAX_BYTES) throw new RangeError(`at most ${HASHED_MAX_BYTES} bytes are hashed`);
  let chain = START;
  const blocks = Math.max(1, Math.ceil(bytes.length / BLOCK_BYTES));
  for (let index = 0; index < blocks; index += 1) {
    const block = bytes.subarray(index * BLOCK_BYTES, (index + 1) * BLOCK_BYTES);
    const last = index === blocks - 1 ? CHUNK_END | ROOT : 0;
    chain = compress(chain, words(block), block.length, (index === 0 ? CHUNK_START : 0) | last);
  }
  const out = new DataView(new ArrayBuffer(32));
  chain.forEach((word, index) => out.setUint32(index * 4, word, true));
  return Buffer.from(out.buffer)
    .toString("hex")
    .slice(0, length * 2);
}

function words(block: Uint8Array): number[] {
  const padded = new Uint8Array(BLOCK_BYTES);
  padded.set(block);
  const view = new DataView(padded.buffer);
  return Array.from({ length: 16 }, (_, index) => view.getUint32(index * 4, true));
}

function compress(chain: number[], block: number[], length: number, flags: number): number[] {
  const state = [...chain, ...START.slice(0, 4), 0, 0, length, flags];
  let message = block;
  for (let round = 0; round < ROUNDS; round += 1) {
    mix(state, 0, 4, 8, 12, message[0]!, message[1]!);
    mix(state, 1, 5, 9, 13, message[2]!, message[3]!);
    mix(state, 2, 6, 10, 14, message[4]!, message[5]!);
    mix(state, 3, 7, 11, 15, message[6]!, message[7]!);
    mix(state, 0, 5, 10, 15, message[8]!, message[9]!);
    mix(state, 1, 6, 11, 12, message[10]!, message[11]!);
    mix(state, 2, 7, 8, 13, message[12]!, message[13]!);
    mix(state, 3, 4, 9, 14, message[14]!, message[15]!);
    const before = message;
    message = PERMUTATION.map((place) => before[place]!);
  }
  return Array.from({ length: 8 }, (_, index) => (state[index]! ^ state[index + 8]!) >>> 0);
}

function mix(state: number[], a: number, b: number, c: number, d: number, x: number, y: number): void {
  state[a] = (state[a]! + state[b]! + x) >>> 0;
  state[d] = rotateRight(state[d]! ^ state[a]!, 16);
  state[c] = (state[c]! + state[d]!) >>> 0;
  state[b] = rotateRight(state[b]! ^ state[c]!, 12);
  state[a] = (state[a]! + state[b]! + y) >>> 0;
  state[d] = rotateRight(state[d]! ^ state[a]!, 8);
  state[c] = (state[c]! + state[d]!) >>> 0;
  state[b] = rotateRight(state[b]! ^ state[c]!, 7);
}

function rotateRight(word: number, by: number): number {
  return ((word >>> by) | (word << (32 - by))) >>> 0;
}
