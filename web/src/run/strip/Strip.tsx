/** Placeholder until its file is written. */
export function Strip() {
  return null;
}
