/** How numbers, times and money are written: DESIGN.md part 6, one function a rule. Nothing here knows React. */

/** Written where nobody said a value. */
export const ABSENT = "–";
/** A space that keeps number and unit together, and is narrow. */
const THIN = "\u202f";
const MINUS = "\u2212";
/** Names longer than this are cut by code before they reach the page: nobody reads 10 KB in a row. */
export const NAME_MAX_CHARS = 200;

/** Nanoseconds as people read them: `46 ms`, `7.42 s`, `30.0 s`, `4m 10s`, `1h 04m`. */
export function duration(nanos: number | null | undefined): string {
  if (nanos === null || nanos === undefined || Number.isNaN(nanos)) return ABSENT;
  if (nanos < 0) return MINUS + duration(-nanos);
  const ms = nanos / 1e6;
  if (ms === 0) return `0${THIN}ms`;
  if (ms < 0.9995) {
    const micros = Math.round(ms * 1000);
    return micros === 0 ? `<1${THIN}µs` : `${micros}${THIN}µs`;
  }
  if (ms < 999.5) return `${Math.round(ms)}${THIN}ms`;
  const seconds = ms / 1000;
  if (seconds < 9.995) return `${seconds.toFixed(2)}${THIN}s`;
  if (seconds < 59.95) return `${seconds.toFixed(1)}${THIN}s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)}m ${two(whole % 60)}s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)}h ${two(minutes % 60)}m`;
  const days = Math.round(seconds / 86_400);
  return days < 800 ? `${count(days)} days` : `${(days / 365.25).toFixed(1)} years`;
}

/** A place in a run, minutes:seconds.tenth since its start: `2:30.7`. */
export function place(nanos: number): string {
  if (Number.isNaN(nanos)) return ABSENT;
  if (nanos < 0) return MINUS + place(-nanos);
  const tenths = Math.round(nanos / 1e8);
  const minutes = Math.floor(tenths / 600);
  const rest = tenths % 600;
  const seconds = `${two(Math.floor(rest / 10))}.${rest % 10}`;
  if (minutes < 60) return `${minutes}:${seconds}`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours}:${two(minutes % 60)}:${two(Math.floor(rest / 10))}`;
  return duration(nanos);
}

/** Tokens: exact below 1,000, then three significant digits: `642`, `9.06k`, `918k`, `61.4M`. */
export function tokens(amount: number | null | undefined): string {
  if (amount === null || amount === undefined || Number.isNaN(amount)) return ABSENT;
  if (amount < 1000) return String(amount);
  for (const [size, unit] of [
    [1e3, "k"],
    [1e6, "M"],
    [1e9, "G"],
    [1e12, "T"],
  ] as const) {
    const scaled = amount / size;
    if (scaled < 999.5)
      return `${scaled < 9.995 ? scaled.toFixed(2) : scaled < 99.95 ? scaled.toFixed(1) : Math.round(scaled)}${unit}`;
  }
  return amount.toExponential(2);
}

/** US dollars from decimal text or a number: `$0.447`, `$0.0061`, `$212.40`, `$1,204`. */
export function cost(usd: string | number | null | undefined): string {
  if (usd === null || usd === undefined) return ABSENT;
  const amount = typeof usd === "number" ? usd : Number(usd);
  if (Number.isNaN(amount)) return ABSENT;
  if (amount < 0) return MINUS + cost(-amount);
  if (amount === 0) return "$0";
  if (amount < 0.00005) return "<$0.0001";
  if (amount < 0.00995) return `$${amount.toFixed(4)}`;
  if (amount < 0.9995) return `$${amount.toFixed(3)}`;
  if (amount < 999.995) return `$${amount.toFixed(2)}`;
  return `$${count(Math.round(amount))}`;
}

/** Pico-dollars (whole numbers, exact up to $9,007) as dollars. */
export function picoToUsd(pico: number | null | undefined): number | null {
  return pico === null || pico === undefined || Number.isNaN(pico) ? null : pico / 1e12;
}

/** Exact with commas up to 99,999, then k or M. */
export function count(amount: number | null | undefined): string {
  if (amount === null || amount === undefined || Number.isNaN(amount)) return ABSENT;
  return Math.abs(amount) <= 99_999 ? exact(amount) : tokens(amount);
}

/** Made once: a new one for each number costs more than the row that the number stands in. */
const EXACT = new Intl.NumberFormat("en-US");

/** Every digit, with commas; for tooltips. */
export function exact(amount: number): string {
  return EXACT.format(amount);
}

/** A share of 1 as per cent: whole, or with one decimal below 20 where it is a rate of failures. */
export function share(part: number, isRate = false): string {
  if (!Number.isFinite(part)) return ABSENT;
  const percent = part * 100;
  if (isRate && percent < 20 && percent !== 0) return `${percent < 0.1 ? "<0.1" : percent.toFixed(1)}%`;
  return percent > 0 && percent < 0.5 ? "<1%" : `${Math.round(percent)}%`;
}

/** Bytes in decimal units, one decimal: `12.8 KB`. */
export function bytes(amount: number | null | undefined): string {
  if (amount === null || amount === undefined) return ABSENT;
  if (amount < 1000) return `${amount}${THIN}B`;
  for (const [size, unit] of [
    [1e3, "KB"],
    [1e6, "MB"],
    [1e9, "GB"],
    [1e12, "TB"],
  ] as const) {
    if (amount / size < 999.95) return `${(amount / size).toFixed(1)}${THIN}${unit}`;
  }
  return `${(amount / 1e15).toFixed(1)}${THIN}PB`;
}

/** Milliseconds since 1970 from nanoseconds as decimal text. */
export function millis(nanos: string): number {
  return Number(BigInt(nanos) / 1_000_000n);
}

const DAY_MS = 86_400_000;

/** When something was, in the reader's own time: relative up to a day, then weekday and time, then the date. */
export function when(nanos: string | null | undefined, nowMs: number): string {
  if (nanos === null || nanos === undefined) return ABSENT;
  const at = millis(nanos);
  const ago = nowMs - at;
  if (ago < 0 && ago > -60_000) return "now";
  if (ago >= 0 && ago < DAY_MS) return `${span(ago)} ago`;
  const date = new Date(at);
  const time = `${two(date.getHours())}:${two(date.getMinutes())}`;
  if (ago < 0) return ago > -DAY_MS ? `in ${span(-ago)}` : day(date, nowMs);
  if (ago < 6 * DAY_MS) return `${WEEKDAYS[date.getDay()]} ${time}`;
  return day(date, nowMs);
}

/** Local and UTC time in full, for tooltips. */
export function instant(nanos: string | null | undefined): string {
  if (nanos === null || nanos === undefined) return "nobody said";
  const date = new Date(millis(nanos));
  if (Number.isNaN(date.getTime())) return `${nanos} ns since 1970`;
  const local = date.toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "medium" });
  return `${local} (${date.toISOString().replace("T", " ").replace("Z", " UTC")})`;
}

/** One line of at most `max` characters with an ellipsis, never half a character. */
export function cut(text: string, max = NAME_MAX_CHARS): string {
  if (text.length <= max) return text;
  const whole = Array.from(text.slice(0, max * 2));
  return whole.length <= max && text.length <= max * 2 ? text : `${whole.slice(0, max - 1).join("")}…`;
}

/** Ids and paths keep both ends: `aos_agent_4tq9…3UfJ`. */
export function cutMiddle(text: string, max: number): string {
  if (text.length <= max) return text;
  const tail = Math.floor((max - 1) / 3);
  return `${text.slice(0, max - 1 - tail)}…${text.slice(text.length - tail)}`;
}

/** `1 span`, `2 spans`. */
export function plural(amount: number, one: string, many = `${one}s`): string {
  return `${count(amount)} ${amount === 1 ? one : many}`;
}

/** The server's messages begin small and end without a stop, since programs read them too. */
export function sentence(message: string): string {
  const stop = /[.!?…]$/.test(message) ? "" : ".";
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}${stop}`;
}

const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function day(date: Date, nowMs: number): string {
  const sameYear = date.getFullYear() === new Date(nowMs).getFullYear();
  return `${date.getDate()} ${MONTHS[date.getMonth()]}${sameYear ? "" : ` ${date.getFullYear()}`}`;
}

function span(ms: number): string {
  if (ms < 60_000) return `${Math.floor(ms / 1000)}s`;
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)}m`;
  return `${Math.floor(ms / 3_600_000)}h`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
