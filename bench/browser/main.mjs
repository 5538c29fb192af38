#!/usr/bin/env node
/**
 * How fast the pages are, measured in headless Chromium that draws in software: `make bench-browser`, or
 *
 *     node bench/browser/main.mjs [--binary target/release/clew] [--spans 200,5000,10000,100000] [--repeat 3]
 *                                 [--peer] [--json FILE]
 *
 * Prints the tables that docs/performance.md quotes. Each number is the median of the repetitions, each in a fresh
 * browser context: nothing is cached.
 */

import { writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { launch, MISSED_MS } from "./browser.mjs";
import { send, startClew } from "./clew.mjs";
import { openList, openTree, zoomTimeline } from "./pages.mjs";
import { measurePhoenix } from "./phoenix.mjs";
import { agentRun } from "./runs.mjs";

const ROOT = new URL("../../", import.meta.url).pathname;
/** Runs in the list that is measured, and the spans of each. */
const LISTED = 60;
const LISTED_SPANS = 20;
/** The size at which others are measured too. */
const PEER_SPANS = 5_000;

const { values: options } = parseArgs({
  options: {
    binary: { type: "string", default: `${ROOT}target/release/clew` },
    spans: { type: "string", default: "200,5000,10000,100000" },
    repeat: { type: "string", default: "3" },
    peer: { type: "boolean", default: false },
    json: { type: "string" },
  },
});

const repeat = Number(options.repeat);
const browser = await launch();
const clew = await startClew(options.binary);
const results = { machine: machine(browser.version()), trees: [], list: null, peer: null };
try {
  for (let at = 0; at < LISTED; at++) {
    const run = agentRun(LISTED_SPANS, at + 1);
    await send(clew.url, { ...run, traceId: (0xaa0000 + at).toString(16).padStart(32, "0") });
  }
  console.error("warming up");
  await openList(browser, clew.url);
  results.list = summary(await times(repeat, () => openList(browser, clew.url)));
  for (const spans of options.spans.split(",").map(Number)) {
    const run = agentRun(spans);
    const sent = await send(clew.url, run);
    console.error(`${spans} spans, ${megabytes(sent)} sent`);
    const trees = await times(repeat, () => openTree(browser, clew.url, run.traceId));
    const timelines = await times(repeat, () => zoomTimeline(browser, clew.url, run.traceId));
    results.trees.push({ spans, sent, ...summary(trees), timeline: summary(timelines) });
  }
  if (options.peer) results.peer = await measurePhoenix(browser, agentRun(PEER_SPANS), repeat);
} finally {
  await clew.stop();
  await browser.close();
}
if (options.json) writeFileSync(options.json, JSON.stringify(results, null, 2));
console.log(report(results));

async function times(count, measure) {
  const found = [];
  for (let at = 0; at < count; at++) found.push(await measure());
  return found;
}

/** Field by field the median of several results; failures are kept. */
function summary(found) {
  const [first] = found;
  if (typeof first === "number") return [...found].sort((left, right) => left - right)[found.length >> 1];
  if (Array.isArray(first)) return found.flat();
  if (typeof first !== "object" || first === null) return first;
  return Object.fromEntries(Object.keys(first).map((key) => [key, summary(found.map((one) => one[key]))]));
}

function machine(version) {
  const [cpu] = cpus();
  return `${cpus().length} cores of ${cpu.model.trim()}, Chromium ${version} headless, software raster, 1440 by 900, ${new Date().toISOString().slice(0, 10)}, load before it ${loadavg()[0].toFixed(1)}`;
}

function report({ machine: where, trees, list, peer }) {
  const lines = [
    `Medians of ${repeat}, each in a fresh context with nothing cached, in a tab that had shown another answer of the server. ${where}.`,
    "",
    "| spans | tree painted, ms (of it computed) | on the second visit, ms | first key drawn, ms | heap, MB; all open | page, KB | run, KB |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...trees.map(
      ({ spans, paint, cpu, again, interactive, heap, heapAfter, bytes }) =>
        `| ${whole(spans)} | ${whole(paint)} (${whole(cpu)}) | ${whole(again)} | ${whole(interactive)} | ${mb(heap)}; ${mb(heapAfter)} | ${kb(bytes.page)} | ${kb(bytes.data)} |`,
    ),
    "",
    `Frames: gaps between animation frames while the browser gets 60 turns of the wheel a second for 3 s, all rows open: 80 rows a second in the tree, in and out at the pointer in the timeline. The screen ticks every 16.7 ms; a frame is in time where the gap is below ${MISSED_MS.toFixed(0)} ms, so that no tick was missed. Busy is the share of that time that the page's own thread computed.`,
    "",
    "| spans | scrolling the tree: in time | p95, ms | worst, ms | busy | zooming the timeline: in time | p95, ms | worst, ms | busy |",
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ...trees.map(
      ({ spans, scroll, timeline }) => `| ${whole(spans)} | ${gaps(scroll)} | ${gaps(timeline.zoom)} |`,
    ),
    "",
    "| list of runs | painted, ms (of it computed) | on the second visit, ms | rows drawn | heap, MB | page, KB | data, KB |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    `| 50 of ${LISTED} | ${whole(list.paint)} (${whole(list.cpu)}) | ${whole(list.again)} | ${list.rows} | ${mb(list.heap)} | ${kb(list.bytes.page)} | ${kb(list.bytes.data)} |`,
  ];
  if (peer) lines.push("", ...peerLines(peer, trees));
  const failures = trees.flatMap((tree) => [...tree.failures, ...tree.timeline.failures]);
  if (failures.length > 0) lines.push("", `Errors on the pages: ${[...new Set(failures)].join("; ")}`);
  return lines.join("\n");
}

function peerLines(peer, trees) {
  const own = trees.find(({ spans }) => spans === PEER_SPANS);
  return [
    `| ${whole(PEER_SPANS)} spans | tree painted, ms | spans in it | heap, MB |`,
    "| --- | --- | --- | --- |",
    ...(own ? [`| Clew | ${whole(own.paint)} | ${whole(PEER_SPANS)} | ${mb(own.heap)} |`] : []),
    `| Phoenix ${peer.version} | ${whole(peer.paint)} | ${whole(peer.spans)} | ${mb(peer.heap)} |`,
  ];
}

function whole(value) {
  return Math.round(value).toLocaleString("en-US");
}
function mb({ objects, buffers }) {
  return ((objects + buffers) / 1e6).toFixed(1);
}
function kb(bytes) {
  return (bytes / 1e3).toFixed(0);
}
function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
function gaps({ inTime, p95, worst, busy }) {
  return `${(inTime * 100).toFixed(1)} % | ${p95.toFixed(1)} | ${worst.toFixed(0)} | ${(busy * 100).toFixed(0)} %`;
}
