import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import {
  bind,
  childEnvironment,
  continueTrace,
  currentRun,
  currentSpan,
  extract,
  inject,
  withSpan,
} from "../packages/clew/src/index.js";
import { capture } from "../packages/clew/src/testing.js";

const HEADER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

test("spans stand under what is current, through awaits, timers and parallel work", async () => {
  const recorded = capture();
  const work = async (name: string): Promise<void> => {
    await withSpan(name, async () => {
      await new Promise((resolve) => setImmediate(resolve));
      await withSpan(`${name} inner`, { kind: "tool" }, async () => Promise.resolve());
    });
  };
  await recorded.client.withRun({ agentId: "a" }, async (run) => {
    assert.equal(currentSpan(), run);
    assert.equal(currentRun(), run);
    await Promise.all([work("one"), work("two")]);
    await new Promise<void>((resolve) => setTimeout(() => resolve(withSpan("timer", () => undefined)), 0));
  });
  assert.equal(currentSpan(), undefined);
  assert.equal(
    await recorded.tree(),
    [
      "a [run] ok",
      "  one [step] ok",
      "    one inner [tool] ok",
      "  two [step] ok",
      "    two inner [tool] ok",
      "  timer [step] ok",
    ].join("\n"),
  );
});

test("handles change nothing that is current", () => {
  const run = capture().client.openRun({ agentId: "a" });
  run.startSpan("s");
  assert.equal(currentSpan(), undefined);
  const seen = run.activate(() => currentSpan());
  assert.equal(seen, run);
  assert.equal(run.ended, false);
});

test("what is thrown inside fails the span and goes on to the caller", async () => {
  const recorded = capture();
  const run = recorded.client.openRun({ agentId: "a" });
  assert.throws(() => run.startSpan("sync").use(() => assert.fail("x")), { message: "x" });
  await assert.rejects(
    run.startSpan("async").use(() => Promise.reject(new Error("y"))),
    { message: "y" },
  );
  run.startSpan("closed by hand").use((span) => span.end({ by: "hand" }));
  assert.equal((await recorded.span("sync")).error?.message, "x");
  assert.equal((await recorded.span("async")).error?.message, "y");
  assert.deepEqual((await recorded.span("closed by hand")).endData, { by: "hand" });
});

test("a bound function finds what was current when it was bound", () => {
  const run = capture().client.openRun({ agentId: "a" });
  const span = run.startSpan("s");
  const bound = span.activate(() => bind((more: number) => [currentSpan(), more]));
  assert.deepEqual(bound(7), [span, 7]);
});

test("a run inside a run is a span of kind agent in the same trace", async () => {
  const recorded = capture();
  await recorded.client.withRun({ agentId: "lead" }, async (lead) => {
    const member = await recorded.client.startRun({ agentId: "member", agentName: "Member", name: "help" });
    assert.equal(member.traceId, lead.traceId);
    member.startSpan("think", { kind: "llm" }).end();
    await member.use(async (inside) => {
      assert.equal(currentRun(), inside);
      withSpan("deep", () => assert.equal(currentRun(), inside));
    });
    const apart = recorded.client.openRun({ agentId: "apart", parent: false });
    assert.notEqual(apart.traceId, lead.traceId);
    void apart.complete();
  });
  assert.equal(
    await recorded.tree(),
    "lead [run] ok\n  help [agent] ok\n    think [llm] ok\n    deep [step] ok\napart [run] ok",
  );
  const { fields } = await recorded.span("help");
  assert.equal(fields["agent_id"], "member");
  assert.equal(fields["agent_name"], "Member");
});

test("a run goes on under a header", async () => {
  const recorded = capture();
  await continueTrace({ Traceparent: HEADER }, async () => {
    const run = await recorded.client.startRun({ agentId: "remote" });
    assert.equal(run.traceId, "4bf92f3577b34da6a3ce929d0e0e4736");
    run.startSpan("inside").end();
    await run.complete("out", { k: 1 });
  });
  const [told] = await recorded.runs();
  assert.equal(told?.runId, "4bf92f3577b34da6a3ce929d0e0e4736");
  assert.deepEqual(told?.start, {});
  const [agent, inside] = told!.spans;
  assert.equal(agent?.kind, "agent");
  assert.equal(agent?.parentId, "00f067aa0ba902b7");
  assert.equal(agent?.output, "out");
  assert.equal(inside?.parentId, agent?.id);
  const other = recorded.client.openRun({ agentId: "explicit", parent: extract(HEADER) });
  assert.equal(other.traceId, "4bf92f3577b34da6a3ce929d0e0e4736");
});

test("headers and environments carry the current span", () => {
  const run = capture().client.openRun({ agentId: "a", runId: "run 42" });
  const expected = "00-70889dd4fb93fbb169a2eb1d09b73eed-70889dd4fb93fbb1-01";
  run.activate(() => {
    assert.deepEqual(inject({ accept: "x" }), { accept: "x", traceparent: expected });
    assert.equal(inject(new Headers()).get("traceparent"), expected);
    assert.equal(childEnvironment({ A: "b" })["TRACEPARENT"], expected);
  });
  assert.deepEqual(inject({}), {});
  assert.deepEqual(childEnvironment({ A: "b" }), { A: "b" });
  assert.equal(extract({ traceparent: "nonsense" }), undefined);
  assert.equal(
    continueTrace({}, () => 7),
    7,
  );
});

test("runs of a child process go on where TRACEPARENT says", () => {
  const program = `
    const { capture } = await import(${JSON.stringify(new URL("../packages/clew/src/testing.js", import.meta.url).href)});
    const { client } = capture();
    console.log(client.openRun({}).traceId, client.openRun({ parent: false }).traceId === client.openRun({}).traceId);`;
  const done = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
    env: { ...process.env, TRACEPARENT: HEADER },
    encoding: "utf8",
  });
  assert.equal(done.stdout.trim(), "4bf92f3577b34da6a3ce929d0e0e4736 false", done.stderr);
});
