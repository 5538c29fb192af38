/** Instants as the filter language and people write them. */

/** Nanoseconds since 1970 as `2026-11-20T09:00:25.925410780Z`, nothing lost. */
export function isoNanos(nanos: string): string {
  const all = BigInt(nanos);
  const second = 1_000_000_000n;
  const rest = ((all % second) + second) % second;
  const date = new Date(Number((all - rest) / 1_000_000n));
  return `${date.toISOString().slice(0, 19)}.${rest.toString().padStart(9, "0")}Z`;
}

/** Seconds as a running clock shows them: `0:19`, `1:04:07`. */
export function clock(seconds: number): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}
