/** A length of time as the filter language writes it, without losing what matters: `4.2s`, `350ms`. Pure. */
export function filterDuration(nanos: number): string {
  if (nanos < 1e6) return `${Math.max(0, Math.round(nanos / 1e3))}us`;
  if (nanos < 1e9) return `${Math.round(nanos / 1e6)}ms`;
  if (nanos < 6e10) return `${Math.round(nanos / 1e8) / 10}s`;
  return `${Math.round(nanos / 1e9)}s`;
}
