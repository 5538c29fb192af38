import assert from "node:assert/strict";
import { test } from "node:test";
import { isUsableId, newRunId, newSpanId, spanIdOf, traceIdOf } from "../packages/clew/src/ids.js";
import { formatTraceparent, parseTraceparent, traceparentOf } from "../packages/clew/src/traceparent.js";

// From docs/formats/ids.md; made there with another implementation of BLAKE3.
const VECTORS = [
  ["0198c3c2b5d07f3e8a4f1234567890ab", "0198c3c2b5d07f3e8a4f1234567890ab", "41ac5e8cd3677a59"],
  ["0198C3C2-B5D0-7F3E-8A4F-1234567890AB", "0198c3c2b5d07f3e8a4f1234567890ab", "2787ab2959ad9bdb"],
  ["trace_8ce8be32c46c44f2bb4685ecb520e220", "8ce8be32c46c44f2bb4685ecb520e220", "ef6493411bd14f91"],
  ["tr-0198c3c2b5d07f3e8a4f1234567890ab", "0198c3c2b5d07f3e8a4f1234567890ab", "4642e0d78c6eaee1"],
  ["trace_abc", "9c137c8ed66aadc1046205d77ae1cf26", "9c137c8ed66aadc1"],
  ["0198c3c2b5d07f3e", "7ae83b4c6a46b0683de47db00b21b223", "0198c3c2b5d07f3e"],
  [" My-Run ", "fba4f747c7cd2dd8d13c14cf1640b378", "fba4f747c7cd2dd8"],
  ["run 42", "70889dd4fb93fbb169a2eb1d09b73eed", "70889dd4fb93fbb1"],
  ["Überlauf-7", "d461d8f05fc41443eb70ffa6bed25e17", "d461d8f05fc41443"],
  ["a", "17762fddd969a453925d65717ac3eea2", "17762fddd969a453"],
] as const;

test("a sender's id becomes the server's by the same rule", () => {
  for (const [text, trace, span] of VECTORS) {
    assert.equal(traceIdOf(text), trace, text);
    assert.equal(spanIdOf(text), span, text);
  }
});

test("a text that fills a block, and one of several", () => {
  // Made with the `blake3` package of PyPI.
  assert.equal(traceIdOf("a".repeat(64)), "472c51290d607f100d2036fdcedd7590");
  assert.equal(traceIdOf("a".repeat(65)), "f345679d9055e53939e92c04ff4f6c9d");
  assert.equal(traceIdOf("clew ".repeat(60).trim()), "01bd2b71187b1b95f3eb7fcbb90164bf");
});

test("ids that the server refuses are not used", () => {
  for (const text of [
    "",
    "  ",
    "0".repeat(32),
    "0".repeat(16),
    "trace_00000000-0000-0000-0000-000000000000",
  ]) {
    assert.equal(isUsableId(text), false, text);
  }
  assert.equal(isUsableId("x".repeat(513)), false);
  assert.equal(isUsableId(7), false);
  assert.equal(isUsableId("0"), true);
  assert.equal(isUsableId("order-1000"), true);
});

test("new ids have their form and do not repeat", () => {
  const spans = new Set(Array.from({ length: 20_000 }, newSpanId));
  assert.equal(spans.size, 20_000);
  for (const id of spans) assert.match(id, /^[0-9a-f]{16}$/);
  assert.match(newRunId(), /^[0-9a-f]{32}$/);
});

const PLACE = { traceId: "4bf92f3577b34da6a3ce929d0e0e4736", spanId: "00f067aa0ba902b7" };

test("a traceparent is read and written as W3C says", () => {
  assert.equal(formatTraceparent(PLACE), "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  assert.deepEqual(parseTraceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"), PLACE);
  assert.deepEqual(parseTraceparent("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more"), PLACE);
  for (const wrong of [
    "",
    "00",
    "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
    "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
    "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
    7,
  ]) {
    assert.equal(parseTraceparent(wrong), undefined, String(wrong));
  }
});

test("headers are looked into whatever they are", () => {
  const text = formatTraceparent(PLACE);
  assert.equal(traceparentOf(new Headers({ Traceparent: text })), text);
  assert.equal(traceparentOf({ TraceParent: text }), text);
  assert.equal(traceparentOf({ traceparent: [text, "other"] }), text);
  assert.equal(traceparentOf([["traceparent", text]]), text);
  assert.equal(traceparentOf(new Map([["traceparent", text]])), text);
  assert.equal(traceparentOf(text), text);
  assert.equal(traceparentOf({ accept: "*/*" }), undefined);
  assert.equal(traceparentOf(undefined), undefined);
});
