import { expect, test } from "vitest";
import type { StepCard } from "@/trace/steps";
import { cardHeight, elbows, nearest, placeCards } from "./place";

/** Cards of these parents. */
function cards(...parents: number[]): StepCard[] {
  return parents.map((parent, id) => ({ id, parent }) as StepCard);
}

test("a card is as high as its head and its rows", () => {
  expect(cardHeight(0)).toBe(52);
  expect(cardHeight(3)).toBe(52 + 3 * 28 + 8);
});

test("a parent stands in the middle above what it calls", () => {
  const { boxes, width, height, edges } = placeCards(cards(-1, 0, 0), [100, 80, 60], [0, 0, 0]);
  expect(boxes.map(({ x, y }) => [x, y])).toEqual([
    [152, 0],
    [0, 160],
    [304, 160],
  ]);
  expect([width, height]).toEqual([568, 240]);
  expect(edges.map(({ from, to }) => [from, to])).toEqual([
    [0, 1],
    [0, 2],
  ]);
  // Down, across half-way, down; corners of 8.
  expect(edges[0]!.path).toBe("M284 100L284 122Q284 130 276 130L140 130Q132 130 132 138L132 157");
});

test("notes below a card push what it calls down", () => {
  const { boxes } = placeCards(cards(-1, 0), [100, 80], [30, 0]);
  expect(boxes[1]).toMatchObject({ x: 0, y: 190 });
});

test("five children are two lines, and the line to the second goes down at the left", () => {
  const { boxes, edges } = placeCards(cards(-1, 0, 0, 0, 0, 0), new Array(6).fill(100), new Array(6).fill(0));
  // Four of 264 with gaps of 40 between: 1,176 wide.
  expect(boxes.slice(1, 5).map(({ x, y }) => [x, y])).toEqual([
    [0, 160],
    [304, 160],
    [608, 160],
    [912, 160],
  ]);
  expect(boxes[5]).toMatchObject({ x: 456, y: 300 });
  expect(edges[4]!.path).toBe(
    "M588 100L588 122Q588 130 580 130L-16 130Q-24 130 -24 138L-24 272Q-24 280 -16 280L580 280Q588 280 588 288L588 297",
  );
});

test("elbows leave out points that add nothing", () => {
  expect(
    elbows([
      { x: 0, y: 0 },
      { x: 0, y: 0 },
      { x: 0, y: 50 },
    ]),
  ).toBe("M0 0L0 50");
});

test("an arrow key goes to what is near in its direction", () => {
  const places = new Map([
    ["a", { x: 0, y: 0 }],
    ["b", { x: 0, y: 28 }],
    ["c", { x: 300, y: 5 }],
  ]);
  expect(nearest(places, "a", "down")).toBe("b");
  expect(nearest(places, "a", "right")).toBe("c");
  expect(nearest(places, "c", "left")).toBe("a");
  expect(nearest(places, "a", "up")).toBe("");
  expect(nearest(places, "nobody", "up")).toBe("");
});
