/** Placeholder until its file is written. */
export function TimelineView() {
  return null;
}
