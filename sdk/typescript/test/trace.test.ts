import assert from "node:assert/strict";
import { test } from "node:test";
import { agent, configure, currentSpan, tool, trace, traced, withSpan } from "../packages/clew/src/index.js";
import { MemoryTransport } from "../packages/clew/src/testing.js";
import type { RecordedRun } from "../packages/clew/src/testing.js";

/** Runs something with a client of its own as the process's, and gives the runs. */
async function recording(work: () => unknown): Promise<RecordedRun[]> {
  const transport = new MemoryTransport();
  const client = configure({ transport, spool: false });
  await work();
  await client.flush();
  return transport.runs();
}

test("a function alone is a run, inside another a span with its arguments and result", async () => {
  const add = trace(function add(one: number, other: number): number {
    return one + other;
  });
  const outer = trace((text: string) => text + add(1, 2), { name: "outer" });
  const [run, ...more] = await recording(() => assert.equal(outer("n="), "n=3"));
  assert.equal(more.length, 0);
  assert.equal(run?.start["name"], "outer");
  assert.equal(run?.start["input"], "n=");
  assert.equal(run?.end?.["output"], "n=3");
  const [span] = run!.spans;
  assert.deepEqual([span?.name, span?.kind, span?.input, span?.output], ["add", "step", [1, 2], 3]);
  assert.equal(add.name, "add");
  assert.equal(add.length, 2);
});

test("an async function ends with its promise, and a failed one fails", async () => {
  const [run, failed] = await recording(async () => {
    await trace(async () => withSpan("inside", async () => Promise.resolve("x")), { name: "good" })();
    await assert.rejects(trace(() => Promise.reject(new Error("bad luck")), { name: "bad" })());
  });
  assert.equal(run?.end?.["output"], "x");
  assert.equal(run?.spans[0]?.name, "inside");
  assert.equal(failed?.status, "error");
  assert.equal((failed?.end?.["error"] as { message: string }).message, "bad luck");
});

test("a generator's span is current inside and ends with the last piece", async () => {
  const numbers = trace(function* numbers(): Generator<number, string> {
    assert.equal(currentSpan()?.name, "numbers");
    yield 1;
    withSpan("between", () => undefined);
    yield 2;
    return "end";
  });
  const [run] = await recording(() => {
    assert.deepEqual([...numbers()], [1, 2]);
    assert.equal(currentSpan(), undefined);
  });
  assert.deepEqual(run?.end?.["output"], [1, 2, "end"]);
  assert.equal(run?.spans[0]?.name, "between");
});

test("an async generator that is given up ends, and one that throws fails", async () => {
  const stream = trace(async function* stream(fail: boolean): AsyncGenerator<string> {
    yield "a";
    if (fail) throw new Error("broke off");
    yield "b";
  });
  const [given, failed] = await recording(async () => {
    for await (const piece of stream(false)) {
      assert.equal(piece, "a");
      break;
    }
    await assert.rejects(async () => {
      for await (const piece of stream(true)) assert.equal(piece, "a");
    }, /broke off/);
  });
  assert.deepEqual([given?.status, given?.end?.["output"]], ["ok", ["a"]]);
  assert.equal(failed?.status, "error");
});

test("agents have a name, tools arguments and a result", async () => {
  const weather = tool(async (place: { city: string }) => ({ temp_c: place.city.length }), {
    name: "get_weather",
  });
  const planner = agent(async function planner(task: string) {
    return `${task}: ${(await weather({ city: "Paris" })).temp_c}`;
  });
  const [run] = await recording(() => planner("weather"));
  assert.equal(run?.start["agent_name"], "planner");
  const [span] = run!.spans;
  assert.deepEqual(
    [span?.kind, span?.data, span?.endData],
    ["tool", { arguments: { city: "Paris" } }, { result: { temp_c: 5 } }],
  );
});

test("a tool alone gets a run that ends with it", async () => {
  const broken = tool(
    () => {
      throw new Error("closed");
    },
    { name: "refund" },
  );
  const [run] = await recording(() => assert.throws(broken, /closed/));
  assert.equal(run?.status, "error");
  assert.deepEqual([run?.spans[0]?.kind, run?.spans[0]?.status], ["tool", "error"]);
});

test("arguments and results can be left out", async () => {
  const quiet = trace((secret: string) => secret.length, {
    name: "quiet",
    captureInput: false,
    captureOutput: false,
  });
  const [run] = await recording(() => quiet("secret"));
  assert.equal("input" in run!.start, false);
  assert.equal("output" in run!.end!, false);
});

test("methods keep their object, also as a decorator", async () => {
  class Counter {
    count = 0;
    step = trace(
      function (this: Counter, by: number) {
        return (this.count += by);
      },
      { name: "step" },
    );
    @traced({ kind: "tool" })
    async reset(): Promise<number> {
      this.count = 0;
      return this.count;
    }
  }
  const counter = new Counter();
  const runs = await recording(async () => {
    counter.step(2);
    await counter.reset();
  });
  assert.equal(counter.count, 0);
  assert.equal(runs[0]?.end?.["output"], 2);
  assert.equal(runs[1]?.spans[0]?.name, "reset");
});
