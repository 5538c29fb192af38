import { expect, test } from "vitest";
import { bytes, cost, count, cut, cutMiddle, duration, place, share, tokens, when } from "./format";

const plain = (text: string) => text.replaceAll("\u202f", " ");

test("durations as DESIGN.md writes them", () => {
  const cases: [number | null, string][] = [
    [46e6, "46 ms"],
    [7.42e9, "7.42 s"],
    [30e9, "30.0 s"],
    [250e9, "4m 10s"],
    [3_840e9, "1h 04m"],
    [-3e6, "−3 ms"],
    [0, "0 ms"],
    [400, "<1 µs"],
    [12_300, "12 µs"],
    [999_600_000, "1.00 s"],
    [59.96e9, "1m 00s"],
    [9.996e9, "10.0 s"],
    [null, "–"],
  ];
  for (const [nanos, text] of cases) expect(plain(duration(nanos))).toBe(text);
  expect(duration(2 * 365.25 * 86_400e9)).toBe("731 days");
  expect(duration(170 * 365.25 * 86_400e9)).toBe("170.0 years");
});

test("places in a run", () => {
  expect(place(150.7e9)).toBe("2:30.7");
  expect(place(0)).toBe("0:00.0");
  expect(place(-1.5e9)).toBe("−0:01.5");
  expect(place(3_725e9)).toBe("1:02:05");
});

test("tokens, money, counts", () => {
  expect([642, 9060, 918_000, 61_400_000, null, 0].map(tokens)).toEqual([
    "642",
    "9.06k",
    "918k",
    "61.4M",
    "–",
    "0",
  ]);
  expect(tokens(999_600)).toBe("1.00M");
  expect(["0.447", "0.0061", "212.40", "1204.2", "0", null, "0.00001", "1"].map(cost)).toEqual([
    "$0.447",
    "$0.0061",
    "$212.40",
    "$1,204",
    "$0",
    "–",
    "<$0.0001",
    "$1.00",
  ]);
  expect([1284, 148_000, 99_999].map(count)).toEqual(["1,284", "148k", "99,999"]);
  expect(plain(bytes(12_800))).toBe("12.8 KB");
  expect(share(0.84)).toBe("84%");
  expect(share(0.029, true)).toBe("2.9%");
});

test("when, as seen from a fixed now", () => {
  const now = Date.UTC(2026, 10, 20, 12, 0, 0);
  const at = (ms: number) => String(BigInt(ms) * 1_000_000n);
  expect(when(at(now - 19_000), now)).toBe("19s ago");
  expect(when(at(now - 3 * 3_600_000), now)).toBe("3h ago");
  expect(when(null, now)).toBe("–");
  expect(when(at(Date.UTC(1970, 5, 15, 12)), now)).toBe("15 Jun 1970");
});

test("cutting never halves a character", () => {
  expect(cut("short")).toBe("short");
  expect(cut("abcdef", 4)).toBe("abc…");
  expect(cut("👩‍🚀".repeat(3), 3)).toMatch(/…$/);
  expect(cutMiddle("aos_agent_4tq9xxxxxxxx3UfJ", 16)).toBe("aos_agent_…x3UfJ");
});
