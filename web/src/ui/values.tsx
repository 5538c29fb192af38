/** Values in the page: the short form is read, the exact one is in the tooltip. */

import { useNow } from "@/app/clock";
import * as format from "@/format";

export function Duration({ nanos }: { nanos: number | null | undefined }) {
  const exact =
    nanos === null || nanos === undefined || Number.isNaN(nanos)
      ? "nobody said"
      : `${format.exact(nanos / 1e6)} ms`;
  return <span title={exact}>{format.duration(nanos)}</span>;
}

export function Tokens({ amount }: { amount: number | null | undefined }) {
  const known = amount !== null && amount !== undefined && !Number.isNaN(amount);
  return (
    <span title={known ? `${format.exact(amount)} tokens` : "nobody said"}>{format.tokens(amount)}</span>
  );
}

/** Dollars from decimal text, or from a number where the skeleton gives pico-dollars. */
export function Cost({
  usd,
  estimated = false,
}: {
  usd: string | number | null | undefined;
  estimated?: boolean;
}) {
  const title =
    usd === null || usd === undefined
      ? "no price known, none reported"
      : `$${usd}${estimated ? ", estimated" : ""}`;
  return <span title={title}>{format.cost(usd)}</span>;
}

/** When something was; ticks while it is on screen. */
export function When({ nanos }: { nanos: string | null | undefined }) {
  const now = useNow();
  return <time title={format.instant(nanos)}>{format.when(nanos, now)}</time>;
}

/** Fresh input, cached input and output as one bar, always in this order. */
export function TokenBar({
  input,
  cacheRead,
  output,
}: {
  input: number | null;
  cacheRead: number | null;
  output: number | null;
}) {
  const cached = Math.min(cacheRead ?? 0, input ?? 0);
  const fresh = Math.max(0, (input ?? 0) - cached);
  const out = output ?? 0;
  const all = fresh + cached + out;
  if (all === 0) return <span className="tokbar" aria-hidden />;
  const width = (part: number) => ({ width: `${(part / all) * 100}%` });
  return (
    <span
      className="tokbar"
      title={`${format.exact(fresh)} fresh, ${format.exact(cached)} from cache, ${format.exact(out)} out`}
    >
      <i className="t-f" style={width(fresh)} />
      <i className="t-c" style={width(cached)} />
      <i className="t-o" style={width(out)} />
    </span>
  );
}

/** A name somebody else chose: one line, isolated direction, cut by code before it reaches the page. */
export function Name({ text, className = "" }: { text: string; className?: string }) {
  const short = format.cut(text);
  return (
    <bdi className={`cut ${className}`} title={short}>
      {short}
    </bdi>
  );
}
