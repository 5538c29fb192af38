import { expect, test } from "vitest";
import { type Command, narrow, SHOWN_OF_A_GROUP } from "./commands";

const command = (group: string, label: string, about = ""): Command => ({
  group,
  label,
  about,
  run: () => undefined,
});
const labels = (found: { shown: Command[] }) => found.shown.map((shown) => shown.label);

const ALL = [
  command("Go to", "Overview"),
  command("Go to", "Runs"),
  command("Agents", "planner", "agent, 12 runs"),
  command("Agents", "trip planner", "agent, 3 runs"),
  command("Actions", "Light or dark"),
];

test("every word must be there, in label or explanation", () => {
  expect(labels(narrow(ALL, "planner"))).toEqual(["planner", "trip planner"]);
  expect(labels(narrow(ALL, "runs 12"))).toEqual(["planner"]);
  expect(labels(narrow(ALL, "RUNS"))).toEqual(["Runs", "planner", "trip planner"]);
  expect(labels(narrow(ALL, "nothing"))).toEqual([]);
});

test("a label that begins with the word comes first in its group, groups keep their order", () => {
  expect(labels(narrow([ALL[3]!, ALL[2]!, ALL[0]!], "plan"))).toEqual(["planner", "trip planner"]);
  expect(labels(narrow(ALL, "")).slice(0, 3)).toEqual(["Overview", "Runs", "planner"]);
});

test("one group can be given whole, else each is cut and the total says so", () => {
  const many = Array.from({ length: 20 }, (_, at) => command("Spans", `read_file ${at}`));
  expect(narrow(many, "read").shown.length).toBe(SHOWN_OF_A_GROUP);
  expect(narrow(many, "read").total).toBe(20);
  expect(narrow([...many, ...ALL], "", "Agents").shown.length).toBe(2);
});
