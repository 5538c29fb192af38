/** Files of a run: on its band, at its span, and where a text speaks of one. */

import { openRun, panel } from "./openrun";
import { agent, chat, id, otlp } from "./otlp";
import { expect, test } from "./test";

const RUN = "0a77ac4ed0000000000000000000f11e";
const MEDIA = "@@@langfuseMedia:type=image/png|id=medium-1|source=bytes@@@";
const LOST = "@@@langfuseMedia:type=audio/wav|id=medium-2|source=bytes@@@";

/** Sixteen by sixteen pixels of one blue. */
const IMAGE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAAFklEQVR42mMwTjtDEmIY1TCqYfhqAAAyDmUQmeLCAAAAAABJRU5ErkJggg==",
  "base64",
);

test("files of a run are on its band and at their span", async ({ page, empty: clew }) => {
  const start = Date.parse("2026-11-20T11:00:00Z");
  await clew.otlp(
    otlp(RUN, start, [
      { id: id(1), name: "planner", start: 0, end: 900, attributes: agent("planner") },
      {
        id: id(2),
        parent: id(1),
        name: "chat gpt-5",
        start: 10,
        end: 800,
        attributes: chat(
          "gpt-5",
          `What is in this picture? ${MEDIA} And here? ${LOST}`,
          "A blue square.",
          [9, 4],
        ),
      },
    ]),
  );
  const put = (query: string, type: string, body: Uint8Array) =>
    clew.send({
      path: `/api/v1/traces/${RUN}/attachments?${query}`,
      headers: { "content-type": type },
      body,
    });
  await put(`span_id=${id(2)}&name=square.png&sender_id=medium-1`, "image/png", IMAGE);
  await put("name=../report%22%3E.html", "text/html", Buffer.from("<script>alert(1)</script>"));

  await openRun(page, clew, RUN, `span=${id(2)}`);
  const own = panel(page).locator(".attachments li");
  await expect(own).toHaveCount(1);
  await expect(own).toContainText("square.png");
  await expect(own).toContainText(`image/png, ${IMAGE.length} B`);
  // The picture itself has come, not only its place.
  await expect
    .poll(() => own.locator("img").evaluate((image: HTMLImageElement) => image.naturalWidth))
    .toBe(16);

  const chip = panel(page).locator("a.medianote");
  await expect(chip).toHaveText(/image\/png/);
  await expect(chip).toHaveAttribute("href", /^\/api\/v1\/traces\/0a77ac4e[0-9a-f]+\/attachments\/\d+$/);
  await expect(panel(page).locator("span.medianote")).toContainText("has not come");
  await expect(panel(page)).not.toContainText("@@@langfuseMedia");
  await expect(page.getByRole("list", { name: "Transcript of the run" })).toContainText("[image/png]");

  await page.getByTitle("Files, images and sound").click();
  const all = page.getByRole("dialog").locator(".attachments li");
  await expect(all).toHaveCount(2);
  await expect(all.nth(1)).toContainText('../report">.html');
  const saving = page.waitForEvent("download");
  await all.nth(1).getByRole("link", { name: /^Save/ }).click();
  const saved = await saving;
  expect(await (await saved.createReadStream()).toArray()).toEqual([
    Buffer.from("<script>alert(1)</script>"),
  ]);

  await put("name=late.txt", "text/plain", Buffer.from("late"));
  await expect(all).toHaveCount(3);

  // Opened as a page it runs nothing: the browser saves it.
  const { attachments } = await clew.get<{ attachments: { id: number; name: string }[] }>(
    `/traces/${RUN}/attachments`,
  );
  const answer = await fetch(`${clew.url}/api/v1/traces/${RUN}/attachments/${attachments[1]!.id}`);
  expect(answer.headers.get("content-disposition")).toMatch(/^attachment;/);
  expect(answer.headers.get("content-security-policy")).toContain("sandbox");
});

test("a run without files says nothing of any", async ({ page, empty: clew }) => {
  const start = Date.parse("2026-11-20T11:05:00Z");
  const run = "0a77ac4ed0000000000000000000f11f";
  await clew.otlp(
    otlp(run, start, [{ id: id(1), name: "planner", start: 0, end: 900, attributes: agent("planner") }]),
  );
  await openRun(page, clew, run, `span=${id(1)}`);
  await expect(panel(page)).toBeVisible();
  await expect(page.locator(".attachments")).toHaveCount(0);
  await expect(page.getByTitle("Files, images and sound")).toHaveCount(0);
});
