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

test("seven children are two lines, and the line to the second goes past the first at its left", () => {
  const { boxes, edges } = placeCards(
    cards(-1, 0, 0, 0, 0, 0, 0, 0),
    new Array(8).fill(100),
    new Array(8).fill(0),
  );
  expect(boxes.slice(1, 7).every(({ y }) => y === 160)).toBe(true);
  expect(boxes[7]).toMatchObject({ x: 760, y: 300 });
  expect(edges[6]!.path).toBe(
    "M892 100L892 122Q892 130 884 130L744 130Q736 130 736 138L736 272Q736 280 744 280L884 280Q892 280 892 288L892 297",
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
