/** The measurements: a run opened as a tree, scrolled, its timeline zoomed, and the list of runs. */

import { computed, duringFrames, freshPage, heap, painted, wheel } from "./browser.mjs";

const GESTURE_MS = 3_000;
/** A turn of the wheel: sixty a second are 2,400 pixels or 80 rows, faster than anybody reads. */
const SCROLL_PX = 40;
/** Time for what was asked last to come, before something else is measured. */
const SETTLED_MS = 1_000;
const TREE = { row: "[role=tree] [role=treeitem]" };
const TIMELINE = { row: ".tl-rows [role=listitem]" };
const LIST = { row: "[role=row].trow.r" };
const SELECTED = "[role=tree] [role=treeitem][aria-selected=true]";
const CTRL = 2;

/** Opens a run as a tree in a fresh page: paint, first key, heap, bytes; then everything open and scrolled. */
export async function openTree(browser, url, traceId) {
  const fresh = await freshPage(browser, url, TREE);
  const { page, cdp, bytes } = fresh;
  try {
    const address = `${url}/ui/runs/${traceId}?view=tree`;
    await page.goto(address, { waitUntil: "commit" });
    const paint = await painted(page, "row");
    const cpu = await computed(cdp);
    await page.evaluate((selector) => window.__meter.watch(selector, "data-span"), SELECTED);
    await page.keyboard.press("ArrowDown");
    const interactive = await within(
      page.evaluate(() => window.__meter.changed),
      "the first key moved no selection",
    );
    await page.waitForTimeout(SETTLED_MS);
    const transferred = { ...bytes };
    const used = await heap(cdp);
    const rows = await page.locator(SELECTED).count();
    if (rows !== 1) throw new Error(`${rows} rows are selected`);
    const scroll = await scrollTree(fresh);
    const usedAfter = await heap(cdp);
    const again = await secondVisit(page, address);
    return {
      paint,
      cpu,
      again,
      interactive,
      heap: used,
      heapAfter: usedAfter,
      bytes: transferred,
      scroll,
      failures: fresh.failures,
    };
  } finally {
    await fresh.close();
  }
}

/** All open, then three seconds of the wheel down and up again. */
async function scrollTree(fresh) {
  const { page, cdp } = fresh;
  await openAll(page);
  const box = await page.locator("[role=tree]").boundingBox();
  const place = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  await page.mouse.move(place.x, place.y);
  return duringFrames(fresh, () =>
    wheel(cdp, {
      ...place,
      milliseconds: GESTURE_MS,
      deltaAt: (turn) => (turn % 120 < 80 ? SCROLL_PX : -SCROLL_PX),
    }),
  );
}

/** Milliseconds to paint for somebody who was here before: the code is in the cache. */
async function secondVisit(page, address) {
  await page.goto(`${new URL(address).origin}/healthz`);
  await page.goto(address, { waitUntil: "commit" });
  return painted(page, "row");
}

async function openAll(page) {
  await page.keyboard.press("]");
  await page.waitForTimeout(SETTLED_MS);
}

/** Opens the timeline with all rows open and zooms at the pointer for three seconds, in and out. */
export async function zoomTimeline(browser, url, traceId) {
  const fresh = await freshPage(browser, url, TIMELINE);
  const { page, cdp } = fresh;
  try {
    await page.goto(`${url}/ui/runs/${traceId}?view=timeline`, { waitUntil: "commit" });
    const paint = await painted(page, "row");
    await openAll(page);
    const box = await page.locator("#run-view").boundingBox();
    const place = { x: box.x + box.width * 0.6, y: box.y + box.height / 2 };
    await page.mouse.move(place.x, place.y);
    const zoom = await duringFrames(fresh, () =>
      wheel(cdp, {
        ...place,
        milliseconds: GESTURE_MS,
        modifiers: CTRL,
        deltaAt: (turn) => (turn % 60 < 30 ? -40 : 40),
      }),
    );
    return { paint, zoom, failures: fresh.failures };
  } finally {
    await fresh.close();
  }
}

/** Opens the list of runs. */
export async function openList(browser, url) {
  const fresh = await freshPage(browser, url, LIST);
  const { page, cdp, bytes } = fresh;
  try {
    await page.goto(`${url}/ui/runs`, { waitUntil: "commit" });
    const paint = await painted(page, "row");
    const cpu = await computed(cdp);
    await page.waitForTimeout(SETTLED_MS);
    const rows = await page.locator(LIST.row).count();
    const transferred = { ...bytes };
    const used = await heap(cdp);
    const again = await secondVisit(page, `${url}/ui/runs`);
    return { paint, cpu, again, rows, heap: used, bytes: transferred, failures: fresh.failures };
  } finally {
    await fresh.close();
  }
}

async function within(promise, message, milliseconds = 20_000) {
  let timer;
  const late = new Promise((_, fail) => (timer = setTimeout(() => fail(new Error(message)), milliseconds)));
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
