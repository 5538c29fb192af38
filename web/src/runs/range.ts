/**
 * The time range of a list: relative (`24h`), which stays relative in the address and in the filter, or exact from-to,
 * which then lies as a brush over the range around it. Pure.
 */

import { millis } from "@/format";

/** A range that can be chosen by name. */
export interface Preset {
  /** As the address and the filter language write it; `all` for no limit. */
  id: string;
  label: string;
}

export const PRESETS: readonly Preset[] = [
  { id: "15m", label: "Last 15 minutes" },
  { id: "1h", label: "Last hour" },
  { id: "6h", label: "Last 6 hours" },
  { id: "24h", label: "Last 24 hours" },
  { id: "7d", label: "Last 7 days" },
  { id: "30d", label: "Last 30 days" },
  { id: "all", label: "All time" },
];

const UNITS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const WORDS: Record<string, string> = { m: "minutes", h: "hours", d: "days", w: "weeks" };

export interface Range {
  /** `24h`, `all`: what is around, and what the histogram shows. */
  around: string;
  /** Exact ends inside of it, nanoseconds since 1970; null where it is open. */
  from: string | null;
  to: string | null;
  /** The reader chose it; else it is the usual one. */
  chosen: boolean;
}

/** The range of an address; `usual` where it names none. Ends that are no numbers do not count. */
export function readRange(search: { range?: string; from?: string; to?: string }, usual: string): Range {
  const exact = (text: string | undefined) => (text && /^\d{1,19}$/.test(text) ? text : null);
  const around =
    search.range && (search.range === "all" || lengthOf(search.range) !== null) ? search.range : null;
  const from = exact(search.from);
  const to = exact(search.to);
  return {
    around: around ?? (from !== null || to !== null ? "all" : usual),
    from,
    to,
    chosen: around !== null || from !== null || to !== null,
  };
}

/** Milliseconds of a relative range; null for `all` and for what is none. */
export function lengthOf(relative: string): number | null {
  const found = /^(\d{1,5})([mhdw])$/.exec(relative);
  return found ? Number(found[1]) * UNITS[found[2]!]! : null;
}

/** Conditions of the filter language, about runs and spans by their start, about sessions by being active in it. */
export function conditions(range: Range, subject: "trace" | "span" | "session"): string[] {
  const { around, from, to } = range;
  if (from === null && to === null) {
    if (around === "all") return [];
    return subject === "session" ? [`(end > -${around} or start > -${around})`] : [`start > -${around}`];
  }
  const parts: string[] = [];
  if (from !== null) {
    const text = iso(from);
    parts.push(subject === "session" ? `(end >= ${text} or start >= ${text})` : `start >= ${text}`);
  }
  if (to !== null) parts.push(`start < ${iso(to)}`);
  return parts;
}

/** Conditions of the range around alone: what the histogram covers. */
export function aroundConditions(range: Range): string[] {
  return conditions({ ...range, from: null, to: null }, "trace");
}

function iso(nanos: string): string {
  return new Date(millis(nanos)).toISOString();
}

/** The range in words: `Last 24 hours`, `09:00 to now`, `18 Nov 09:00 to 19 Nov 12:30`. */
export function rangeLabel(range: Range, nowMs: number): string {
  const { around, from, to } = range;
  if (from === null && to === null) return aroundLabel(around);
  const start = from === null ? "Beginning" : moment(millis(from), nowMs);
  if (to === null) return `${start} to now`;
  const end = millis(to);
  const sameDay = from !== null && new Date(millis(from)).toDateString() === new Date(end).toDateString();
  return `${start} to ${sameDay ? clock(new Date(end), end - millis(from!) < 60_000) : moment(end, nowMs)}`;
}

function aroundLabel(around: string): string {
  const preset = PRESETS.find((one) => one.id === around);
  if (preset) return preset.label;
  const found = /^(\d+)([mhdw])$/.exec(around);
  return found ? `Last ${Number(found[1])} ${WORDS[found[2]!]}` : around;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const two = (value: number) => String(value).padStart(2, "0");

function clock(date: Date, withSeconds = false): string {
  const seconds = withSeconds || date.getSeconds() !== 0 ? `:${two(date.getSeconds())}` : "";
  return `${two(date.getHours())}:${two(date.getMinutes())}${seconds}`;
}

/** A moment in the reader's time, as short as it can be told. */
function moment(ms: number, nowMs: number): string {
  const date = new Date(ms);
  const now = new Date(nowMs);
  if (date.toDateString() === now.toDateString()) return clock(date);
  const year = date.getFullYear() === now.getFullYear() ? "" : ` ${date.getFullYear()}`;
  return `${date.getDate()} ${MONTHS[date.getMonth()]}${year} ${clock(date)}`;
}

/** What a field for a date and a time (`datetime-local`) holds, in the reader's time. */
export function fieldOf(ms: number): string {
  const date = new Date(ms);
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** Milliseconds since 1970 as nanoseconds in decimal text. */
export function nanosOf(ms: number): string {
  return (BigInt(Math.round(ms)) * 1_000_000n).toString();
}

/** Steps of an axis of time, milliseconds. */
const STEPS = [
  1_000, 5_000, 10_000, 30_000, 60_000, 300_000, 600_000, 900_000, 1_800_000, 3_600_000, 7_200_000,
  10_800_000, 21_600_000, 43_200_000, 86_400_000, 172_800_000, 604_800_000, 1_209_600_000, 2_592_000_000,
  7_776_000_000, 31_536_000_000,
];

/** A mark on the axis. */
export interface Tick {
  ms: number;
  label: string;
}

/** Marks at round times of the reader's day, at most `most` of them. */
export function ticks(fromMs: number, toMs: number, most: number): Tick[] {
  const length = toMs - fromMs;
  if (!(length > 0) || most < 1) return [];
  const step =
    STEPS.find((size) => length / size <= most) ?? STEPS.at(-1)! * Math.ceil(length / STEPS.at(-1)! / most);
  const found: Tick[] = [];
  // Round in the reader's zone, as it was on the first day shown.
  const zone = new Date(fromMs).getTimezoneOffset() * 60_000;
  for (let at = Math.ceil((fromMs - zone) / step) * step + zone; at < toMs; at += step) {
    found.push({ ms: at, label: tickLabel(at, step) });
  }
  return found;
}

function tickLabel(ms: number, step: number): string {
  const date = new Date(ms);
  const midnight = date.getHours() === 0 && date.getMinutes() === 0 && date.getSeconds() === 0;
  if (step >= 86_400_000 * 28) return `${MONTHS[date.getMonth()]} ${date.getFullYear()}`;
  if (step >= 86_400_000) return `${date.getDate()} ${MONTHS[date.getMonth()]}`;
  if (midnight) return `${DAYS[date.getDay()]} ${date.getDate()}`;
  return clock(date, step < 60_000);
}
