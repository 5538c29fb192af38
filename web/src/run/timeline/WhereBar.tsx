/** The line above the timeline: where the time went, the scale of the heat, or what the critical path explains. */

import { type ReactNode, useMemo, useRef } from "react";
import { announce } from "@/app/announce";
import * as format from "@/format";
import { criticalPath } from "@/trace/critical";
import { amount, heat, HEAT_STEPS, heatFloor } from "@/trace/heat";
import { loops } from "@/trace/children";
import { type Part, PARTS, partition, percents, stretches } from "@/trace/partition";
import { timeRange } from "@/trace/range";
import { displayName, type Skeleton } from "@/trace/skeleton";
import { work } from "@/trace/work";
import { jumpTo } from "../moving";
import { useRun, useRunStore } from "../store";

/** Parts that are told as one. */
const GROUPS: { parts: Part[]; name: string; colour: string; title: string }[] = [
  { parts: ["model", "waiting"], name: "Model", colour: "--cat-llm", title: "a model call was open" },
  { parts: ["both"], name: "Both", colour: "--cat-embedding", title: "models and tools at once" },
  { parts: ["tool"], name: "Tool", colour: "--cat-tool", title: "a tool was open" },
  { parts: ["failedTool"], name: "Failed tool", colour: "--st-error", title: "a tool that failed was open" },
  {
    parts: ["failedModel"],
    name: "Failed model",
    colour: "--st-error",
    title: "a failed model call was open",
  },
  {
    parts: ["retrieval"],
    name: "Retrieval",
    colour: "--cat-retrieval",
    title: "search, embedding, reranking",
  },
  { parts: ["memory"], name: "Memory", colour: "--cat-memory", title: "memory was read or written" },
  { parts: ["checks"], name: "Checks", colour: "--cat-guardrail", title: "guardrails and evaluators" },
  { parts: ["other"], name: "Other", colour: "--cat-other", title: "steps of other kinds" },
  {
    parts: ["dark"],
    name: "Dark",
    colour: "--line-strong",
    title: "no step was open: the framework's own time, or a part that is not traced",
  },
];

export function WhereBar({ run, tools }: { run: Skeleton; tools: ReactNode }) {
  const mode = useRun((state) => state.heat);
  const path = useRun((state) => state.criticalPath);
  return (
    <div className={path || mode !== "none" ? "where told" : "where"}>
      {path ? (
        <PathFacts run={run} />
      ) : mode === "none" ? (
        <Where run={run} />
      ) : (
        <HeatScale run={run} of={mode} />
      )}
      <span className="grow" />
      {tools}
    </div>
  );
}

function Where({ run }: { run: Skeleton }) {
  const store = useRunStore();
  const brush = useRun((state) => state.brush);
  const turn = useRef<{ name: string; at: number }>({ name: "", at: -1 });
  const shares = useMemo(() => partition(run, brush), [run, brush]);
  const range = timeRange(run);
  const percent = percents(shares);
  const whole = PARTS.reduce((all, part) => all + shares[part], 0);
  const groups = GROUPS.map((group) => ({
    ...group,
    time: group.parts.reduce((all, part) => all + shares[part], 0),
    percent: group.parts.reduce((all, part) => all + percent[part], 0),
  })).filter((group) => group.time > 0);
  /** Each click brushes the next stretch of this part, the longest first. */
  const go = (group: (typeof groups)[number]) => {
    const found = stretches(run, group.parts);
    const at = turn.current.name === group.name ? (turn.current.at + 1) % found.length : 0;
    turn.current = { name: group.name, at };
    const stretch = found[at];
    if (!stretch) return;
    store.getState().setBrush({ from: stretch.from, to: stretch.to });
    announce(
      `${group.name}: ${format.duration(stretch.to - stretch.from)} at ${format.place(stretch.from - range.origin)}, ${at + 1} of ${format.exact(found.length)}`,
    );
  };
  return (
    <>
      <span className="med nowrap">
        Where {format.duration(whole)} went
        {brush && <span className="dim"> of {format.duration(range.to - range.from)}</span>}
      </span>
      <span className="ctx" aria-hidden>
        {groups.map((group) => (
          <i
            key={group.name}
            title={`${group.name} ${format.duration(group.time)}`}
            style={{ width: `${(group.time / whole) * 100}%`, background: `var(${group.colour})` }}
          />
        ))}
      </span>
      <span className="legend">
        {groups
          .filter((group) => group.time / whole > 0.004 || group.name.startsWith("Failed"))
          .map((group) => (
            <button
              key={group.name}
              type="button"
              className="wherepart"
              onClick={() => go(group)}
              title={`${group.name}: ${format.duration(group.time)}, ${group.title}${
                group.name === "Model" && shares.waiting > 0
                  ? `; of it ${format.duration(shares.waiting)} before the first token`
                  : ""
              }. Click: brush the longest stretch, again: the next`}
            >
              <i style={{ background: `var(${group.colour})` }} aria-hidden />
              {group.name} {group.percent < 1 ? "<1" : group.percent}%
            </button>
          ))}
      </span>
    </>
  );
}

function HeatScale({ run, of }: { run: Skeleton; of: "tokens" | "cost" }) {
  const store = useRunStore();
  const found = heat(run, of);
  const share = useMemo(() => loopShare(run, of, found.total), [run, of, found.total]);
  const write = (value: number) =>
    of === "cost" ? format.cost(format.picoToUsd(value)) : format.tokens(Math.round(value));
  if (found.most === 0) {
    return (
      <span className="dim">
        {of === "cost" ? "No step of this run has a cost." : "No step of this run says tokens."}
      </span>
    );
  }
  return (
    <>
      <span className="med nowrap">{of === "cost" ? "Cost by step" : "Tokens by step"}</span>
      <span className="legend">
        <span>none</span>
        <span className="ramp" title="Square-root scale: a quarter of the most is half of the ramp">
          {Array.from({ length: HEAT_STEPS + 1 }, (_, step) => (
            <i
              key={step}
              style={{ background: `var(--heat-${step})` }}
              title={step === 0 ? "none" : `from ${write(heatFloor(step, found.most))}`}
            />
          ))}
        </span>
        <button
          type="button"
          className="wherepart"
          title={`The most: ${format.cut(displayName(run, found.hottest), 60)}`}
          onClick={() => jumpTo(store, found.hottest)}
        >
          {write(found.most)} {of === "cost" ? "" : "tokens "}a call
        </button>
      </span>
      {share >= 0.01 && (
        <span className="dim nowrap">
          {loops(run).length === 1 ? "the loop is" : "loops are"} {format.share(share)} of{" "}
          {of === "cost" ? "the cost" : "the tokens"}
        </span>
      )}
    </>
  );
}

/** The part of all cost or tokens that steps in loops have. */
function loopShare(run: Skeleton, of: "tokens" | "cost", total: number): number {
  let inLoops = 0;
  for (const { covered } of loops(run))
    for (const above of covered)
      for (let span = above; span < run.endIndex[above]!; span++) inLoops += amount(run, span, of);
  return total > 0 ? inLoops / total : 0;
}

/** Names that stand beside the path's sum. */
const NAMED = 4;

function PathFacts({ run }: { run: Skeleton }) {
  const store = useRunStore();
  const path = criticalPath(run);
  const longest = useMemo(() => longestNames(run), [run]);
  return (
    <>
      <span className="med nowrap">Critical path</span>
      <span className="nowrap">
        {format.plural(path.steps, "step")} explain {format.duration(path.explained)} of{" "}
        {format.duration(path.total)}{" "}
        <span className="dim">({format.share(path.explained / path.total)})</span>
      </span>
      <span className="legend">
        {longest.map(({ name, time, count, span }) => (
          <button
            key={name}
            type="button"
            className="wherepart"
            title="To the longest of them"
            onClick={() => jumpTo(store, span)}
          >
            <bdi className="cut">{format.cut(name, 28)}</bdi>
            {count > 1 && <span className="dim">×{format.count(count)}</span>}
            <b className="med">{format.duration(time)}</b>
          </button>
        ))}
      </span>
    </>
  );
}

/** The names that the path spends most time in, each with its longest piece. */
function longestNames(run: Skeleton): { name: string; time: number; count: number; span: number }[] {
  const marks = work(run);
  const byName = new Map<number, { time: number; spans: Set<number>; span: number; longest: number }>();
  for (const { span, from, to } of criticalPath(run).pieces) {
    if (span < 0 || !marks[span]) continue;
    const key = run.displayName[span]! || run.name[span]!;
    const known = byName.get(key) ?? { time: 0, spans: new Set(), span, longest: 0 };
    known.time += to - from;
    known.spans.add(span);
    if (to - from > known.longest) Object.assign(known, { span, longest: to - from });
    byName.set(key, known);
  }
  return [...byName.values()]
    .sort((left, right) => right.time - left.time)
    .slice(0, NAMED)
    .map(({ time, spans, span }) => ({ name: displayName(run, span), time, count: spans.size, span }));
}
