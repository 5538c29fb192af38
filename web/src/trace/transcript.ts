/**
 * A run as a conversation, in rows: the words that began it, what the model said, calls with their results, sub-agents
 * as cards. Wrappers that say nothing of their own are looked through; folds are those of the tree (children.ts).
 */

import { type Fold, type FoldOptions, inside, type Item, items } from "./children";
import { below } from "./remarkable";
import { shownSpans } from "./rows";
import { category, failed, FLAG, has, type Skeleton, spanId } from "./skeleton";
import { threads } from "./threads";

/** What every row has. */
interface Base {
  /** Stays while a live run grows. */
  key: string;
  /** The span that the row selects. */
  span: number;
  /** Cards that it stands in. */
  level: number;
  /** Row of the innermost open card around it, -1 for none. */
  card: number;
  /** It stands in an opened fold. */
  inFold: "" | "loop" | "fold";
}

export type TranscriptRow = Base &
  (
    | /** What the run was asked: the input of its main agent. */ { kind: "words" }
    | /** A model call: thinking, text, the calls it asks for. */ {
        kind: "message";
        /** Its tools have rows of their own. */
        hasTools: boolean;
        /** A person's words that are new in this call are shown above it: nothing else shows them. */
        asks: boolean;
        /** The run's last words. */
        final: boolean;
      }
    | /** A tool call with its result, a retrieval, a memory, any other step. */ {
        kind: "call";
        /** The call of this tool before it failed. */
        retry: boolean;
      }
    | { kind: "loop"; item: Extract<Fold, { kind: "loop" }>; open: boolean }
    | { kind: "fold"; item: Exclude<Fold, { kind: "loop" }>; open: boolean }
    | /** Guardrails and evaluators that passed. */ { kind: "checks"; spans: number[]; open: boolean }
    | /** A sub-agent, or a step with model calls of its own. */ {
        kind: "card";
        /** The tool that called it, -1 where it stands by itself. */
        via: number;
        open: boolean;
      }
    | /** The foot of an open card. */ { kind: "end" }
    | /** What the run gave, where no model call says it. */ { kind: "answer" }
  );

/** What is to be seen: as `RowOptions` of rows.ts. */
export interface TranscriptOptions {
  expanded: Uint8Array;
  openFolds: ReadonlySet<string>;
  showInfrastructure: boolean;
  fold: boolean;
  within?: { from: number; to: number } | null;
  keep?: ReadonlySet<number>;
}

/** The rows, and for each span the row that shows it or what it is folded into (-1: none). */
export interface Transcript {
  rows: TranscriptRow[];
  rowOf(span: number): number;
}

/** Rows of a run as a conversation. */
export function transcript(run: Skeleton, options: TranscriptOptions): Transcript {
  return new Builder(run, options).build();
}

/** Where rows stand. */
type Where = Pick<TranscriptRow, "level" | "card" | "inFold">;
const TOP: Where = { level: 0, card: -1, inFold: "" };

function where({ level, card, inFold }: Where): Where {
  return { level, card, inFold };
}

/** A list of items being told, in a card or not. */
interface Frame extends Where {
  items: Item[];
  at: number;
  /** This frame is a card's inside: its foot follows. */
  closes: boolean;
}

/** Rows before the last words, so that they are worth setting apart. */
const FINAL_MIN = 3;
/** Steps looked at for the tools of a model call. */
const LOOKED_MAX = 20;

class Builder {
  private readonly rows: TranscriptRow[] = [];
  private readonly at: Int32Array;
  private readonly folding: FoldOptions;
  private readonly stack: Frame[] = [];
  /** Spans from the root to the main agent: the conversation itself. */
  private readonly main: ReadonlySet<number>;
  /** The next model call's question is the run's, which stands above. */
  private asksKnown = false;
  /** Tools whose last call failed, by parent and name. */
  private readonly failing = new Set<number>();

  constructor(
    private readonly run: Skeleton,
    private readonly options: TranscriptOptions,
  ) {
    this.at = new Int32Array(run.count).fill(-1);
    this.folding = {
      showInfrastructure: options.showInfrastructure,
      fold: options.fold,
      keep: options.keep,
      shown: shownSpans(run, { within: options.within }),
    };
    this.main = mainPath(run);
  }

  build(): Transcript {
    const { run, rows, at } = this;
    const asked = this.asked();
    this.asksKnown = asked >= 0;
    if (asked >= 0) this.add({ kind: "words", key: `words:${spanId(run, asked)}`, span: asked, ...TOP });
    this.open(items(run, -1, this.folding), TOP);
    for (let frame = this.stack.at(-1); frame; frame = this.stack.at(-1)) this.step(frame);
    this.finish();
    const rowOf = (span: number) => {
      for (let wanted = span; wanted >= 0; wanted = run.parent[wanted]!) {
        if (at[wanted]! >= 0) return at[wanted]!;
      }
      // The run's own spans, down to its main agent, have no row but its first words.
      return asked >= 0 && span >= 0 ? 0 : -1;
    };
    return { rows, rowOf };
  }

  /** The span whose input began the conversation, -1 where nobody says. */
  private asked(): number {
    let asked = -1;
    for (const span of this.main) if (this.run.inputBytes[span]! > 0) asked = span;
    return asked;
  }

  private add(row: TranscriptRow): number {
    const place = this.rows.push(row) - 1;
    // An opened fold stands for nothing: what is in it has rows.
    if (row.kind !== "words" && row.kind !== "end") this.at[row.span] = place;
    return place;
  }

  private open(list: Item[], where: Where, closes = false): void {
    this.stack.push({ items: list, at: 0, closes, ...where });
  }

  /** Tells the next item of the frame, or ends it. */
  private step(frame: Frame): void {
    const item = frame.items[frame.at++];
    if (!item) {
      this.stack.pop();
      if (frame.closes) this.foot(frame);
      return;
    }
    if (item.kind === "infrastructure") return;
    if (item.kind === "span") this.span(item.span, frame);
    else this.fold(item, frame);
  }

  private foot(frame: Frame): void {
    const head = this.rows[frame.card]!;
    this.add({ kind: "end", key: `end:${head.key}`, span: head.span, ...where(frame) });
  }

  private fold(item: Fold, frame: Frame): void {
    const open = this.options.openFolds.has(item.key);
    const base = { key: item.key, span: item.covered[0]!, open, ...where(frame) };
    const place = this.add(
      item.kind === "loop" ? { kind: "loop", item, ...base } : { kind: "fold", item, ...base },
    );
    const inFold = item.kind === "loop" || frame.inFold === "loop" ? "loop" : "fold";
    if (open) this.open(inside(this.run, item, this.folding), { ...where(frame), inFold });
    else for (const span of item.covered) this.at[span] = place;
  }

  private span(span: number, frame: Frame): void {
    const { run } = this;
    if (this.isCheck(span)) return this.checks(span, frame);
    const base = { key: spanId(run, span), span, ...where(frame) };
    switch (category(run, span)) {
      case "agent":
        if (this.main.has(span)) return this.through(span, frame);
        return this.card(span, -1, frame);
      case "llm":
        this.add({
          kind: "message",
          ...base,
          hasTools: this.hasTools(span),
          asks: base.level === 0 && !this.asksKnown,
          final: false,
        });
        this.asksKnown = false;
        if (below(run, span, "content") > below(run, span, "llm")) this.through(span, frame);
        return;
      case "workflow":
      case "chain":
      case "other":
        return this.wrapper(span, frame);
      default:
        return this.call(span, frame);
    }
  }

  /** Tells what is below a span in its place. */
  private through(span: number, frame: Frame): void {
    this.open(items(this.run, span, this.folding), where(frame));
  }

  private card(span: number, via: number, frame: Frame): void {
    const { run } = this;
    const open = this.options.expanded[span] === 1 && run.endIndex[span]! > span + 1;
    const base = { key: spanId(run, span), span, ...where(frame) };
    const place = this.add({ kind: "card", ...base, via, open });
    if (via >= 0) this.at[via] = place;
    if (open)
      this.open(items(run, span, this.folding), { level: frame.level + 1, card: place, inFold: "" }, true);
  }

  private wrapper(span: number, frame: Frame): void {
    const { run } = this;
    const content = below(run, span, "content");
    const ownFailure = failed(run, span) && !has(run, span, FLAG.errorDerived);
    if (content === 0 && !this.main.has(span)) return this.call(span, frame);
    if (this.main.has(span)) return this.through(span, frame);
    if (ownFailure) return this.card(span, -1, frame);
    const several = below(run, span, "llm") >= 2 || below(run, span, "agent") >= 1;
    if (several && this.onlyContent(span) < 0) return this.card(span, -1, frame);
    return this.through(span, frame);
  }

  /** A tool or the like: with an agent in it, the agent's card; with calls in it, a card; else a row. */
  private call(span: number, frame: Frame): void {
    const { run } = this;
    const isTool = category(run, span) === "tool";
    if (isTool) {
      const only = this.onlyContent(span);
      if (only >= 0 && category(run, only) === "agent") return this.card(only, span, frame);
      const steps = below(run, span, "llm") + below(run, span, "agent") + below(run, span, "tool");
      if (steps > 0) return this.card(span, -1, frame);
    }
    const tool = run.parent[span]! * run.strings.length + run.displayName[span]!;
    const retry = isTool && this.failing.has(tool);
    if (failed(run, span)) this.failing.add(tool);
    else this.failing.delete(tool);
    this.add({ kind: "call", key: spanId(run, span), span, retry, ...where(frame) });
    if (isTool && below(run, span, "content") > 0) this.through(span, frame);
  }

  /** The only child with anything in it, -1 where there are more or none. */
  private onlyContent(span: number): number {
    const { run } = this;
    let only = -1;
    const end = run.endIndex[span]!;
    for (let child = span + 1; child < end; child = Math.max(child + 1, run.endIndex[child]!)) {
      const isWrapper = ["workflow", "chain", "other"].includes(category(run, child));
      if (isWrapper && below(run, child, "content") === 0) continue;
      if (only >= 0) return -1;
      only = child;
    }
    return only;
  }

  /** A tool follows before the model speaks again. */
  private hasTools(span: number): boolean {
    const { run } = this;
    const above = run.parent[span]!;
    const end = above < 0 ? run.count : run.endIndex[above]!;
    let next = span;
    for (let looked = 0; looked < LOOKED_MAX; looked++) {
      next = Math.max(next + 1, run.endIndex[next]!);
      if (next >= end) return false;
      const kind = category(run, next);
      if (kind === "llm") return false;
      if (kind === "tool" || kind === "agent" || below(run, next, "content") > 0) return true;
    }
    return false;
  }

  private isCheck(span: number): boolean {
    const kind = category(this.run, span);
    return (kind === "guardrail" || kind === "evaluator") && this.passed(span) && this.options.fold;
  }

  /** It ended, and neither it nor anything below it failed or is odd. */
  private passed(span: number): boolean {
    const odd = FLAG.open | FLAG.orphan | FLAG.cycle | FLAG.oddClock;
    return this.run.subtreeErrors[span] === 0 && !failed(this.run, span) && !has(this.run, span, odd);
  }

  /** This check and those right after it, in one row. */
  private checks(span: number, frame: Frame): void {
    const { run } = this;
    const spans = [span];
    for (let item = frame.items[frame.at]; item?.kind === "span"; item = frame.items[++frame.at]) {
      if (!this.isCheck(item.span) && (category(run, item.span) !== "memory" || !this.passed(item.span)))
        break;
      spans.push(item.span);
    }
    const key = `checks:${spanId(run, span)}`;
    const open = this.options.openFolds.has(key) || spans.some((check) => this.options.keep?.has(check));
    const base = where(frame);
    const place = this.add({ kind: "checks", key, span, spans, open, ...base });
    for (const check of spans) this.at[check] = place;
    if (!open) return;
    for (const check of spans) {
      this.at[check] = this.rows.length;
      this.add({ kind: "call", key: spanId(run, check), span: check, retry: false, ...base });
    }
  }

  /** Marks the last words of the main agent, if nothing but checks follows; where it never spoke by a model call, its output stands for them. */
  private finish(): void {
    const { run, rows } = this;
    for (let place = rows.length - 1; place >= 0; place--) {
      const row = rows[place]!;
      if (row.kind === "checks") continue;
      if (row.kind === "message" && row.level === 0)
        row.final = place >= FINAL_MIN && !has(run, row.span, FLAG.open);
      break;
    }
    let answer = -1;
    for (const span of this.main) if (run.outputBytes[span]! > 0) answer = span;
    if (answer >= 0 && below(run, answer, "llm") === 0)
      rows.push({ kind: "answer", key: `answer:${spanId(run, answer)}`, span: answer, ...TOP });
  }
}

/** The spans that are the conversation itself: from the only root to the main agent. */
function mainPath(run: Skeleton): ReadonlySet<number> {
  const path = new Set<number>();
  const { agent } = threads(run)[0]!;
  for (let above = agent; above >= 0; above = run.parent[above]!) path.add(above);
  const isOnlyRoot = run.count > 0 && run.endIndex[0]! >= run.count;
  const kind = isOnlyRoot ? category(run, 0) : "llm";
  if (kind === "workflow" || kind === "chain" || kind === "other") path.add(0);
  return new Set([...path].sort((left, right) => left - right));
}
