/** What is written on the strip: which step failed, above; which calls went round in a loop, below. */

import { type Loop, loops } from "@/trace/children";
import { cut, exact } from "@/format";
import { endOf, type Skeleton } from "@/trace/skeleton";
import { work } from "@/trace/work";
import { failures } from "../cause";
import { type Scale, toX } from "./scale";

/** A label, with the pixels that it may take. */
export interface Mark {
  span: number;
  text: string;
  /** Left edge of the text. */
  x: number;
  width: number;
}

/** A loop's bracket, its label where there is room. */
export interface LoopMark {
  loop: Loop;
  x: number;
  width: number;
  label: Mark | null;
}

const FAILURES_MAX = 6;
/** Up to so many failures each has its own label. */
const SINGLE_MAX = 8;
const LOOPS_MAX = 60;
const TEXT_MAX = 22;
/** A character and the icon with its gaps, at 10.5 px. */
const CHARACTER_PX = 6.2;
const ICON_PX = 22;

function textWidth(text: string): number {
  return Math.ceil(text.length * CHARACTER_PX + ICON_PX);
}

function textOf(run: Skeleton, span: number): string {
  const text = run.strings[run.errorKind[span]!] || run.strings[run.errorMessage[span]!] || "failed";
  return cut(text.trim() || "failed", TEXT_MAX);
}

/** Labels of what failed, as far as they have room. Of many failures the first of each kind has one, with a count. */
export function failureMarks(run: Skeleton, scale: Scale): Mark[] {
  const all = failures(run);
  const counts = new Map<string, number>();
  for (const span of all) counts.set(textOf(run, span), (counts.get(textOf(run, span)) ?? 0) + 1);
  const grouped = all.length > SINGLE_MAX;
  const marks: Mark[] = [];
  const right = scale.left + scale.width;
  for (const span of all) {
    if (marks.length >= FAILURES_MAX || counts.size === 0) break;
    const kind = textOf(run, span);
    const many = counts.get(kind);
    if (grouped && (many === undefined || !counts.delete(kind))) continue;
    const text = grouped && many! > 1 ? `${kind} ×${exact(many!)}` : kind;
    const width = textWidth(text);
    const at = work(run)[span] ? run.start[span]! : endOf(run, span);
    const x = Math.max(scale.left, Math.min(toX(scale, at), right - width));
    if (marks.some((mark) => x < mark.x + mark.width && mark.x < x + width)) continue;
    marks.push({ span, text, x, width });
  }
  return marks;
}

/** Loops of the run, the longest first to get a label. */
export function loopMarks(run: Skeleton, scale: Scale): LoopMark[] {
  const long = [...loops(run)]
    .sort((left, right) => right.end - right.start - (left.end - left.start))
    .slice(0, LOOPS_MAX);
  const labels: Mark[] = [];
  return long.map((loop) => {
    const x = toX(scale, loop.start);
    const width = Math.max(6, toX(scale, loop.end) - x);
    const text = `same call ×${loop.calls.length}`;
    const wide = textWidth(text);
    const left = x + (width - wide) / 2;
    const free = !labels.some((label) => left < label.x + label.width && label.x < left + wide);
    const inside = left >= 0 && left + wide <= scale.left * 2 + scale.width;
    const label = free && inside ? { span: loop.calls[0]!, text, x: left, width: wide } : null;
    if (label) labels.push(label);
    return { loop, x, width, label };
  });
}
