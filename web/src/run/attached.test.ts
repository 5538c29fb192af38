import { expect, test } from "vitest";
import type { Attachment } from "@/api/schema";
import { bytesOf, isThumbnail } from "./attached";

function attachment(content_type: string, size = 10): Attachment {
  return {
    id: 7,
    span_id: null,
    sender_id: null,
    name: "../a.png",
    content_type,
    size,
    sha256: "00",
    created_nanos: "0",
  };
}

test("only pictures that cannot run anything are drawn", () => {
  expect(isThumbnail(attachment("image/png"))).toBe(true);
  expect(isThumbnail(attachment("image/webp; charset=x"))).toBe(true);
  expect(isThumbnail(attachment("image/svg+xml"))).toBe(false);
  expect(isThumbnail(attachment("text/html"))).toBe(false);
  expect(isThumbnail(attachment("image/png", 9 << 20))).toBe(false);
});

test("bytes are at an address of Clew, whatever the name is", () => {
  expect(bytesOf("ab", attachment("image/png"))).toBe("/api/v1/traces/ab/attachments/7");
});
