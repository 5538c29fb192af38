import { describe, expect, it } from "vitest";
import { fit, isWhole, pan, show, within, zoomAt } from "./window";

const whole = { from: 0, to: 1_000_000 };

describe("the part that is shown", () => {
  it("zooms so that the time under the pointer stays", () => {
    expect(zoomAt(whole, whole, 250_000, 0.5)).toEqual({ from: 125_000, to: 625_000 });
    expect(zoomAt({ from: 125_000, to: 625_000 }, whole, 250_000, 2)).toEqual(whole);
  });
  it("never leaves the whole", () => {
    expect(zoomAt({ from: 0, to: 500_000 }, whole, 400_000, 10)).toEqual(whole);
    expect(pan({ from: 100_000, to: 300_000 }, whole, -500_000)).toEqual({ from: 0, to: 200_000 });
    expect(pan({ from: 100_000, to: 300_000 }, whole, 5e9)).toEqual({ from: 800_000, to: 1_000_000 });
    expect(within({ from: -50, to: 2e6 }, whole)).toEqual(whole);
  });
  it("is never shorter than a microsecond", () => {
    expect(zoomAt(whole, whole, 500_000, 1e-9)).toEqual({ from: 499_500, to: 500_500 });
  });
  it("fits with room at both sides", () => {
    expect(fit({ from: 400_000, to: 500_000 }, whole)).toEqual({ from: 396_000, to: 504_000 });
    expect(fit({ from: 0, to: 0 }, whole)).toEqual({ from: 0, to: 2_000 });
  });
  it("knows the whole", () => {
    expect(isWhole(whole, whole)).toBe(true);
    expect(isWhole({ from: 0, to: 999_000 }, whole)).toBe(false);
  });
  it("moves to what is not in sight, and stays where it is", () => {
    const part = { from: 0, to: 300_000 };
    expect(show(part, whole, 100_000, 110_000)).toBe(part);
    expect(show(part, whole, 600_000, 610_000)).toEqual({ from: 500_000, to: 800_000 });
  });
});
