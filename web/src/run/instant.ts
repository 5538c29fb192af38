/** Instants as the filter language and people write them. */

/** Nanoseconds since 1970 as `2026-11-20T09:00:25.925410780Z`, nothing lost. */
export function isoNanos(nanos: string): string {
  const all = BigInt(nanos);
  const second = 1_000_000_000n;
  const rest = ((all % second) + second) % second;
  const date = new Date(Number((all - rest) / 1_000_000n));
  return `${date.toISOString().slice(0, 19)}.${rest.toString().padStart(9, "0")}Z`;
}
