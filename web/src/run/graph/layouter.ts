/**
 * The page's side of the layout worker. One request is under way, the newest one waits; what was asked before it is
 * dropped. A layout that takes too long ends with its worker, and the next request gets a new one.
 */

import type { LayoutAnswer, LayoutRequest } from "./layout";

/** A layout of 400 nodes takes a tenth of this. */
const DEADLINE_MS = 8_000;

export type Asked = Omit<LayoutRequest, "id">;
type Done = (answer: LayoutAnswer) => void;

export class Layouter {
  private worker: Worker | null = null;
  private last = 0;
  private running: { id: number; done: Done; timer: ReturnType<typeof setTimeout> } | null = null;
  private waiting: { request: LayoutRequest; done: Done } | null = null;

  /** `make` starts a worker; tests give their own. */
  constructor(
    private readonly make: () => Worker = () =>
      new Worker(new URL("./layout.worker.ts", import.meta.url), { type: "module" }),
  ) {}

  /** Asks for a layout; gives a function that takes the question back. */
  ask(asked: Asked, done: Done): () => void {
    const request = { ...asked, id: ++this.last };
    this.waiting = { request, done };
    if (!this.running) this.next();
    return () => {
      if (this.waiting?.request === request) this.waiting = null;
      if (this.running?.id === request.id) this.running.done = () => {};
    };
  }

  /** Ends the worker. */
  stop(): void {
    this.waiting = null;
    this.drop();
  }

  private next(): void {
    const next = this.waiting;
    this.waiting = null;
    if (!next) return;
    const { id } = next.request;
    const timer = setTimeout(() => this.fail(id, "it took too long"), DEADLINE_MS);
    this.running = { id, done: next.done, timer };
    try {
      this.worker ??= this.start();
      this.worker.postMessage(next.request);
    } catch (error) {
      this.fail(id, error instanceof Error ? error.message : String(error));
    }
  }

  private start(): Worker {
    const worker = this.make();
    worker.onmessage = ({ data }: MessageEvent<LayoutAnswer>) => this.settle(data);
    worker.onerror = ({ message }) => {
      if (this.running) this.fail(this.running.id, message || "the worker could not be started");
    };
    return worker;
  }

  private fail(id: number, error: string): void {
    if (this.running?.id !== id) return;
    this.worker?.terminate();
    this.worker = null;
    this.settle({ id, error });
  }

  private settle(answer: LayoutAnswer): void {
    if (this.running?.id !== answer.id) return;
    const { done, timer } = this.running;
    clearTimeout(timer);
    this.running = null;
    done(answer);
    this.next();
  }

  private drop(): void {
    if (this.running) clearTimeout(this.running.timer);
    this.running = null;
    this.worker?.terminate();
    this.worker = null;
  }
}
