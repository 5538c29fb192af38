import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { arrange, type LayoutAnswer, type LayoutRequest } from "./layout";
import { Layouter } from "./layouter";

const NODE = { width: 196, height: 58 };

describe("dagre", () => {
  test("parents above children, siblings in their order", () => {
    const answer = arrange({
      id: 1,
      nodes: ["root", "a", "b", "c"].map((id) => ({ id, ...NODE })),
      edges: [
        [0, 1],
        [0, 2],
        [0, 3],
      ],
    });
    if (!("centres" in answer)) throw new Error(answer.error);
    expect([...answer.centres]).toEqual([314, 29, 98, 149, 314, 149, 530, 149]);
    expect(answer).toMatchObject({ width: 628, height: 178 });
  });

  test("no nodes are no trouble", () => {
    expect(arrange({ id: 1, nodes: [], edges: [] })).toMatchObject({ id: 1 });
  });
});

describe("asking the worker", () => {
  /** A worker that answers when it is told to. */
  class SlowWorker {
    onmessage: ((event: { data: LayoutAnswer }) => void) | null = null;
    onerror: ((event: { message: string }) => void) | null = null;
    asked: LayoutRequest[] = [];
    isEnded = false;
    postMessage(request: LayoutRequest) {
      this.asked.push(request);
    }
    terminate() {
      this.isEnded = true;
    }
    answer() {
      const { id } = this.asked.at(-1)!;
      this.onmessage?.({ data: { id, centres: new Float64Array(), width: id, height: 0 } });
    }
  }
  let workers: SlowWorker[];
  let layouter: Layouter;
  const said: string[] = [];
  const ask = (name: string) =>
    layouter.ask({ nodes: [], edges: [] }, (answer) =>
      said.push("error" in answer ? `${name}: ${answer.error}` : name),
    );
  beforeEach(() => {
    vi.useFakeTimers();
    workers = [];
    said.length = 0;
    layouter = new Layouter(() => {
      const worker = new SlowWorker();
      workers.push(worker);
      return worker as unknown as Worker;
    });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("what was asked in between is dropped: one runs, the newest waits", () => {
    ask("first");
    ask("second");
    ask("third");
    workers[0]!.answer();
    workers[0]!.answer();
    expect(said).toEqual(["first", "third"]);
    expect(workers[0]!.asked).toHaveLength(2);
  });

  test("a question taken back is not answered", () => {
    const cancel = ask("first");
    cancel();
    ask("second");
    workers[0]!.answer();
    workers[0]!.answer();
    expect(said).toEqual(["second"]);
  });

  test("too long: the worker ends, it says so, and the next question gets a new one", () => {
    ask("first");
    vi.advanceTimersByTime(8_000);
    expect(said).toEqual(["first: it took too long"]);
    expect(workers[0]!.isEnded).toBe(true);
    ask("second");
    workers[1]!.answer();
    expect(said.at(-1)).toBe("second");
  });

  test("a worker that cannot start says why", () => {
    ask("first");
    workers[0]!.onerror?.({ message: "blocked" });
    expect(said).toEqual(["first: blocked"]);
  });
});
