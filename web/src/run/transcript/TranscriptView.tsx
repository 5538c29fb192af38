/** Placeholder until its file is written. */
export function TranscriptView() {
  return null;
}
