/** Rows that come and change while the list is open; nothing moves under the pointer. */

import { recording } from "./clew";
import { metric, expectTotal, rowOf, rows } from "./lists";
import { agent, id, otlp } from "./otlp";
import { expect, test } from "./test";

const AGNO = "d0fc0bad38f42f397faa21436b3a42b7";

function openRun(trace: string, started: number, spans = 1, end?: number) {
  return otlp(
    trace,
    started,
    Array.from({ length: spans }, (_, at) => ({
      id: id(at + 1),
      ...(at > 0 ? { parent: id(1) } : {}),
      name: at > 0 ? `step ${at}` : "invoke_agent clerk",
      start: at,
      ...(at > 0 ? { end: at + 1 } : { end }),
      attributes: at > 0 ? {} : agent("clerk"),
    })),
  );
}

test("a new run comes by itself while the reader rests at the top", async ({ page, empty }) => {
  await empty.replay("agno");
  await page.goto(`${empty.url}/ui/runs`);
  await expectTotal(page, 1);
  await expect(page.locator(".livestate")).toContainText("0 live");
  await empty.otlp(openRun("00000000000000000000000000000c1e", Date.now()));
  await expect(rows(page)).toHaveCount(2);
  await expect(rows(page).first()).toContainText("clerk");
  await expect(rows(page).first()).toContainText("Live");
  await expect(metric(page, "Traces").locator("dd")).toHaveText("2");
  await expect(page.locator(".livestate")).toContainText("1 live");
});

test("with the pointer in the table new runs wait behind a pill, and no row moves", async ({
  page,
  empty,
}) => {
  await empty.replay("agno");
  await page.goto(`${empty.url}/ui/runs`);
  await expectTotal(page, 1);
  await expect(page.locator(".livestate")).toContainText("0 live");
  await rowOf(page, AGNO).hover();
  const before = (await rowOf(page, AGNO).boundingBox())!;
  for (const request of recording("phoenix-http")) await empty.send(request);
  await empty.otlp(openRun("00000000000000000000000000000c1e", Date.now()));
  await expect(page.getByRole("button", { name: "5 new" })).toBeVisible();
  await expect(rows(page)).toHaveCount(1);
  expect(await rowOf(page, AGNO).boundingBox()).toEqual(before);
  await page.getByRole("button", { name: "5 new" }).click();
  await expect(rows(page)).toHaveCount(6);
  await expect(page.locator(".newpill")).toHaveCount(0);
  await expect(rows(page).first()).toContainText("clerk");
});

test("a running run changes in its row and in its place", async ({ page, empty }) => {
  const started = Date.now() - 5_000;
  const trace = "00000000000000000000000000000c1e";
  await empty.replay("agno");
  await empty.otlp(openRun(trace, started));
  await page.goto(`${empty.url}/ui/runs?sort=-start`);
  await expectTotal(page, 2);
  await expect(rowOf(page, trace)).toContainText("Live");
  await rowOf(page, trace).hover();
  await empty.otlp(openRun(trace, started, 4));
  await expect(rowOf(page, trace).getByRole("gridcell").nth(7)).toHaveText("4");
  await empty.otlp(openRun(trace, started, 4, 3_000));
  await expect(rowOf(page, trace)).toContainText("Completed");
  await expect(rowOf(page, trace)).toContainText(/3\.00\s*s/);
  await expect(page.locator(".newpill")).toHaveCount(0);
});

test("live updates are paused with a key, and go on", async ({ page, empty }) => {
  await empty.replay("agno");
  await page.goto(`${empty.url}/ui/runs`);
  await expect(page.locator(".livestate")).toContainText("0 live");
  await page.keyboard.press(".");
  await expect(page.locator(".livestate")).toContainText("paused");
  await empty.otlp(openRun("00000000000000000000000000000c1e", Date.now()));
  await expect.poll(async () => (await empty.get<{ traces: unknown[] }>("/traces")).traces.length).toBe(2);
  await expect(rows(page)).toHaveCount(1);
  await page.keyboard.press(".");
  await expect(rows(page)).toHaveCount(2);
});
