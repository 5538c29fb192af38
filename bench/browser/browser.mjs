/** Chromium without a GPU, and what is read from its pages. */

import { createRequire } from "node:module";

const { chromium } = createRequire(new URL("../../web/package.json", import.meta.url))("@playwright/test");

/** A frame of a 60 Hz screen, in milliseconds. */
export const FRAME_MS = 1000 / 60;
/**
 * A frame that took longer than this missed at least one tick of the screen. The headless clock ticks at 60 Hz, so
 * frames in time are 16.7 ms apart, give or take a few tenths: counting those above 16.7 would count the noise.
 */
export const MISSED_MS = FRAME_MS * 1.5;

export function launch() {
  return chromium.launch({
    executablePath: process.env.CLEW_CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--js-flags=--expose-gc",
    ],
  });
}

/**
 * A page that nothing is cached for, at 1440 by 900, with a meter in it from the first byte on. It was on another
 * answer of the same server before, so that starting a process of the browser's is not measured.
 */
export async function freshPage(browser, url, selectors) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.goto(`${url}/healthz`);
  const cdp = await context.newCDPSession(page);
  await cdp.send("Network.enable");
  await cdp.send("Performance.enable");
  const bytes = { page: 0, data: 0 };
  const urls = new Map();
  cdp.on("Network.requestWillBeSent", ({ requestId, request }) => urls.set(requestId, request.url));
  cdp.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const isData = /\/(api|graphql)\b/.test(urls.get(requestId) ?? "");
    bytes[isData ? "data" : "page"] += encodedDataLength;
  });
  const failures = [];
  page.on("pageerror", (error) => failures.push(error.message));
  await page.addInitScript(meter, selectors);
  return { page, cdp, bytes, failures, close: () => context.close() };
}

/**
 * Runs in the page before its own code: notes when what a selector names was first painted (the second frame after
 * it stood in the document with a height), and measures the time between frames.
 */
function meter(selectors) {
  const seen = {};
  const waiting = new Set(Object.keys(selectors));
  const look = () => {
    for (const name of waiting) {
      const element = document.querySelector(selectors[name]);
      if (!element || element.getBoundingClientRect().height === 0) continue;
      waiting.delete(name);
      // Painted when the frame that it stands in is done: the callback after the next one.
      requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => (seen[name] = performance.now());
        channel.port2.postMessage(0);
      });
    }
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true, attributes: true });
  let deltas = null;
  window.__meter = {
    seen,
    startFrames() {
      deltas = [];
      let before = 0;
      const tick = (now) => {
        if (!deltas) return;
        if (before) deltas.push(now - before);
        before = now;
        requestAnimationFrame(tick);
      };
      requestAnimationFrame(tick);
    },
    stopFrames() {
      const found = deltas;
      deltas = null;
      return found;
    },
    /** Promises, in `changed`, the milliseconds since navigation at which an attribute was another one and painted. */
    watch(selector, attribute) {
      const read = () => document.querySelector(selector)?.getAttribute(attribute) ?? "";
      const before = read();
      this.changed = new Promise((done) => {
        const observer = new MutationObserver(() => {
          if (read() === before) return;
          observer.disconnect();
          requestAnimationFrame(() => setTimeout(() => done(performance.now())));
        });
        observer.observe(document, { childList: true, subtree: true, attributes: true });
      });
    },
  };
}

/** Waits until the meter saw something, and gives its milliseconds since navigation. */
export async function painted(page, name, timeout = 120_000) {
  const handle = await page.waitForFunction((key) => window.__meter?.seen[key], name, {
    polling: 20,
    timeout,
  });
  return handle.jsonValue();
}

/** Heap after collection, in bytes: objects of JavaScript, and the buffers of typed arrays beside them. */
export async function heap(cdp) {
  await cdp.send("HeapProfiler.enable");
  await cdp.send("HeapProfiler.collectGarbage");
  await cdp.send("HeapProfiler.collectGarbage");
  const { usedSize, backingStorageSize = 0 } = await cdp.send("Runtime.getHeapUsage");
  return { objects: usedSize, buffers: backingStorageSize };
}

/** Milliseconds that the page's thread has computed: what others do on the machine does not count. */
export async function computed(cdp) {
  const { metrics } = await cdp.send("Performance.getMetrics");
  return (metrics.find(({ name }) => name === "ThreadTime")?.value ?? NaN) * 1000;
}

/** What the frames of a stretch came to. */
export function frames(deltas) {
  const sorted = [...deltas].sort((left, right) => left - right);
  const inTime = sorted.filter((delta) => delta <= MISSED_MS).length;
  const total = sorted.reduce((all, delta) => all + delta, 0);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
  return {
    frames: sorted.length,
    inTime: inTime / Math.max(1, sorted.length),
    perSecond: (sorted.length / Math.max(1, total)) * 1000,
    p50: at(0.5),
    p95: at(0.95),
    worst: at(1),
  };
}

/** Measures frames while `act` does something, and how much of that time the page's thread computed (0 to 1). */
export async function duringFrames({ page, cdp }, act) {
  await page.evaluate(() => window.__meter.startFrames());
  const before = await computed(cdp);
  const began = performance.now();
  await act();
  const busy = ((await computed(cdp)) - before) / (performance.now() - began);
  return { ...frames(await page.evaluate(() => window.__meter.stopFrames())), busy };
}

/** Turns of the wheel at a place, sixty a second for so many milliseconds, as a hand would: events of the browser. */
export async function wheel(cdp, { x, y, milliseconds, deltaAt, modifiers = 0 }) {
  const started = performance.now();
  const under = [];
  for (let turn = 0; performance.now() - started < milliseconds; turn++) {
    const event = { type: "mouseWheel", x, y, deltaX: 0, deltaY: deltaAt(turn), modifiers };
    under.push(cdp.send("Input.dispatchMouseEvent", event));
    const due = started + (turn + 1) * FRAME_MS;
    await new Promise((done) => setTimeout(done, Math.max(0, due - performance.now())));
  }
  await Promise.all(under);
}
