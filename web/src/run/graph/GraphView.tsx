/** Placeholder until its file is written. */
export function GraphView() {
  return null;
}
