/** Placeholder until its file is written. */
export function TreeView() {
  return null;
}
