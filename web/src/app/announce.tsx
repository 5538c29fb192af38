/** Short notes at the foot of the page, which screen readers hear too. */

import { create } from "zustand";

const SHOWN_MS = 2_600;

const useNote = create<{ text: string }>(() => ({ text: "" }));
let timer: ReturnType<typeof setTimeout> | undefined;

/** Shows a note for a moment. */
export function announce(text: string): void {
  useNote.setState({ text });
  clearTimeout(timer);
  timer = setTimeout(() => useNote.setState({ text: "" }), SHOWN_MS);
}

/** The place of the note. */
export function Announcer() {
  const text = useNote((state) => state.text);
  return (
    <div className={text ? "note show" : "note"} role="status" aria-live="polite">
      {text}
    </div>
  );
}
