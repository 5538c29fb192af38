/** Placeholder until its file is written. */
export function SpanPanel() {
  return null;
}
