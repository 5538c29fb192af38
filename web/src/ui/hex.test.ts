import { expect, it } from "vitest";
import { longHex } from "./hex";

it("doubles the digits of short colours and leaves others alone", () => {
  expect(longHex("#fff")).toBe("#ffffff");
  expect(longHex(" #1a2 ")).toBe("#11aa22");
  expect(longHex("#fff8")).toBe("#ffffff88");
  expect(longHex("#12ab34")).toBe("#12ab34");
  expect(longHex("rgb(1 2 3)")).toBe("rgb(1 2 3)");
  expect(longHex("")).toBe("");
});
