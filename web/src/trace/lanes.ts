/**
 * The strip's packing: all work of a run in five lanes. The main agent has the first; a sub-agent gets a block of
 * lanes for its time, never above the agent that called it; what runs at once stands one below the other.
 */

import { byStart, ends } from "./order";
import type { Skeleton } from "./skeleton";
import { type Thread, threadOf, threads } from "./threads";
import { work } from "./work";

export const LANES = 5;

/** A sub-agent's part of the strip. Times in nanoseconds from the run's start. */
export interface Block {
  thread: number;
  /** First lane and one past the last. */
  top: number;
  bottom: number;
  start: number;
  end: number;
}

/** Where everything stands. */
export interface Lanes {
  /** By lane, work in order of start. */
  spans: Uint32Array[];
  /** Lane of each span, 255 for what is no work. */
  lane: Uint8Array;
  blocks: Block[];
}

const KNOWN = new WeakMap<Skeleton, Lanes>();

/** The packing of a run. */
export function lanes(run: Skeleton): Lanes {
  let known = KNOWN.get(run);
  if (!known) {
    known = pack(run);
    KNOWN.set(run, known);
  }
  return known;
}

/** Two bars may touch by this much, or this share of the run, and still share a lane. */
const TOUCH_NANOS = 5e6;
const TOUCH_SHARE = 1 / 4000;

function pack(run: Skeleton): Lanes {
  const marks = work(run);
  const until = ends(run);
  const order = byStart(run);
  const of = threadOf(run);
  const lane = new Uint8Array(run.count).fill(255);
  const found: number[][] = Array.from({ length: LANES }, () => []);
  const places = new Blocks(run, threads(run), of, marks, order, until);
  const freeAt = new Float64Array(LANES).fill(-Infinity);
  const touch = touchOf(run);
  for (const span of order) {
    if (!marks[span]) continue;
    const start = run.start[span]!;
    const block = places.open(of[span]!, start);
    let best = -1;
    for (let at = block.top; at < block.bottom; at++) {
      if (places.isTaken(at, block, start)) continue;
      if (freeAt[at]! <= start + touch) {
        best = at;
        break;
      }
      if (best < 0 || freeAt[at]! < freeAt[best]!) best = at;
    }
    if (best < 0) best = block.top;
    freeAt[best] = Math.max(freeAt[best]!, until[span]!);
    lane[span] = best;
    found[best]!.push(span);
  }
  return { spans: found.map((list) => Uint32Array.from(list)), lane, blocks: places.shown() };
}

function touchOf(run: Skeleton): number {
  return Math.min(TOUCH_NANOS, run.end * TOUCH_SHARE);
}

/** What each thread needs, and the lanes it has got. */
class Blocks {
  private readonly blocks: (Block | undefined)[];
  private readonly starts: Float64Array;
  private readonly untils: Float64Array;
  private readonly needs: Uint8Array;
  /** Threads with work by their first start. */
  private readonly queue: number[] = [];
  private queued = 0;
  /** The block that holds each lane last. */
  private readonly holder: (Block | undefined)[] = new Array<Block | undefined>(LANES);

  constructor(
    run: Skeleton,
    private readonly all: readonly Thread[],
    of: Int32Array,
    marks: Uint8Array,
    order: Uint32Array,
    until: Float64Array,
  ) {
    this.blocks = new Array<Block | undefined>(all.length);
    this.starts = new Float64Array(all.length).fill(Infinity);
    this.untils = new Float64Array(all.length).fill(-Infinity);
    this.needs = new Uint8Array(all.length);
    const touch = touchOf(run);
    const busy = new Float64Array(all.length * LANES).fill(-Infinity);
    for (const span of order) {
      if (!marks[span]) continue;
      const thread = of[span]!;
      if (this.starts[thread] === Infinity) this.queue.push(thread);
      this.starts[thread] = Math.min(this.starts[thread]!, run.start[span]!);
      this.untils[thread] = Math.max(this.untils[thread]!, until[span]!);
      // The least lanes that this thread needs by itself.
      for (let at = 0; at < LANES; at++) {
        if (at < LANES - 1 && busy[thread * LANES + at]! > run.start[span]! + touch) continue;
        busy[thread * LANES + at] = Math.max(busy[thread * LANES + at]!, until[span]!);
        this.needs[thread] = Math.max(this.needs[thread]!, at + 1);
        break;
      }
    }
  }

  /** The lanes of a thread, given out at its first work. */
  open(thread: number, start: number): Block {
    const known = this.blocks[thread];
    if (known) return known;
    this.queued++;
    const block =
      thread === 0
        ? { thread, top: 0, bottom: LANES, start: this.starts[0]!, end: this.untils[0]! }
        : this.place(thread, start);
    this.blocks[thread] = block;
    if (thread !== 0) for (let at = block.top; at < block.bottom; at++) this.holder[at] = block;
    return block;
  }

  /** A lane is held by another thread's block now; blocks of those above a thread are open to it. */
  isTaken(lane: number, mine: Block, start: number): boolean {
    const held = this.holder[lane];
    return held !== undefined && held !== mine && held.end > start && !this.isAbove(held.thread, mine.thread);
  }

  /** Blocks of sub-agents, as tall as they came to be. */
  shown(): Block[] {
    return this.blocks.filter((block): block is Block => block !== undefined && block.thread !== 0);
  }

  private place(thread: number, start: number): Block {
    const above = this.blocks[this.callerOf(thread)];
    const least = Math.min(LANES - 1, above ? above.top + 1 : 0);
    const mine: Block = { thread, top: least, bottom: least + 1, start, end: this.untils[thread]! };
    let top = -1;
    let room = 0;
    for (let at = least; at < LANES; at++) {
      if (this.isTaken(at, mine, start)) {
        if (top >= 0) break;
        continue;
      }
      if (top < 0) top = at;
      room++;
    }
    if (top < 0) return { ...mine, top: LANES - 1, bottom: LANES };
    const tall = Math.max(1, Math.min(this.needs[thread]!, room - this.coming(mine)));
    return { ...mine, top, bottom: top + tall };
  }

  /** The nearest thread above that has work, 0 at last; a thread without any has no block. */
  private callerOf(thread: number): number {
    let above = this.all[thread]!.parent;
    while (above > 0 && !this.blocks[above]) above = this.all[above]!.parent;
    return Math.max(0, above);
  }

  /** Threads beside it that begin before it ends: each is left a lane. */
  private coming(mine: Block): number {
    let beside = 0;
    for (let at = this.queued; at < this.queue.length && at < this.queued + LANES; at++) {
      const thread = this.queue[at]!;
      if (this.starts[thread]! >= mine.end) break;
      if (thread !== 0 && !this.isAbove(mine.thread, thread)) beside++;
    }
    return beside;
  }

  private isAbove(above: number, below: number): boolean {
    for (let at = this.all[below]!.parent; at >= 0; at = this.all[at]!.parent) if (at === above) return true;
    return false;
  }
}

/** The work in a lane at a time, or within `near` nanoseconds of it; -1 for none. */
export function hit(run: Skeleton, lane: Uint32Array, time: number, near: number): number {
  const until = ends(run);
  let low = 0;
  let high = lane.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (run.start[lane[middle]!]! <= time + near) low = middle + 1;
    else high = middle;
  }
  let best = -1;
  let distance = Infinity;
  for (let at = low - 1; at >= 0 && at >= low - 64; at--) {
    const span = lane[at]!;
    const off = Math.max(run.start[span]! - time, time - until[span]!, 0);
    if (off < distance && off <= near) {
      best = span;
      distance = off;
    }
    if (distance === 0) break;
  }
  return best;
}
