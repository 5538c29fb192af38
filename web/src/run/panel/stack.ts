/**
 * Stack traces of Python, JavaScript, Java and what looks like them, cut into frames, so that one's own frames show
 * and those of libraries fold. A line that is none of these stands as it came: nothing is lost.
 */

/** A call in the stack. */
export interface Frame {
  kind: "frame";
  /** As sent, without indentation and with its lines of code. */
  text: string;
  /** The line of code, where the sender gave it. */
  code: string;
  library: boolean;
}

/** A line between frames: a heading, the error's own line, "Caused by". */
export interface Note {
  kind: "note";
  text: string;
}

/** Frames of libraries in a row. */
export interface Folded {
  kind: "folded";
  frames: Frame[];
}

const PYTHON = /^\s*File "(.+?)", line \d+(?:, in .*)?$/;
const AT = /^\s*at\s+(.+)$/;
/** Rust and Go name a function on one line and its place on the next. */
const PLACE = /^\s+(?:at )?\S+\.(?:rs|go):\d+/;
const MARKERS = /^[\s~^]+$/;
/** "... 14 more" of Java. */
const MORE = /^\s*\.\.\. \d+ (?:more|common frames omitted)$/;

const LIBRARY_PLACES =
  /site-packages|dist-packages|node_modules|\/lib\/python\d|[\\/]lib[\\/]python\d|<frozen |node:|<anonymous>|\/gems\/|\.cargo\/registry|\/rustc\/|\/go\/pkg\/mod\/|\/usr\/local\/go\/|internal\/process|webpack-internal/;
const LIBRARY_PACKAGES =
  /^(?:async )?(?:[\w.]+\/)?(?:java|javax|jakarta|jdk|sun|com\.sun|kotlin|kotlinx|scala|org\.springframework|org\.apache|reactor|io\.netty|io\.opentelemetry|okhttp3|com\.google|System|Microsoft|native)\b[.\w$]*[.(]/;
const NATIVE = /\((?:native|Native Method|Unknown Source)\)$|^native\b/;

/** The lines of a stack as frames and notes, in the order of the sender. */
export function readStack(stack: string): (Frame | Note)[] {
  const found: (Frame | Note)[] = [];
  for (const line of stack.split("\n")) {
    const text = line.trimEnd();
    if (text.trim() === "") continue;
    const last = found.at(-1);
    const python = PYTHON.exec(text);
    const at = AT.exec(text);
    if (python) {
      found.push({ kind: "frame", text: text.trim(), code: "", library: LIBRARY_PLACES.test(python[1]!) });
    } else if (at) {
      found.push({ kind: "frame", text: text.trim(), code: "", library: isLibrary(at[1]!) });
    } else if (MORE.test(text)) {
      found.push({ kind: "frame", text: text.trim(), code: "", library: true });
    } else if (last?.kind === "frame" && PLACE.test(text)) {
      last.text += `\n${text.trim()}`;
      last.library ||= LIBRARY_PLACES.test(text);
    } else if (last?.kind === "frame" && last.text.startsWith("File ") && /^\s{3,}/.test(text)) {
      if (!MARKERS.test(text)) last.code += `${last.code && "\n"}${text.trim()}`;
    } else {
      found.push({ kind: "note", text: text.trim() });
    }
  }
  return found;
}

function isLibrary(place: string): boolean {
  return LIBRARY_PLACES.test(place) || LIBRARY_PACKAGES.test(place) || NATIVE.test(place);
}

/**
 * What to show: own frames, and frames of libraries folded in rows. Headings ("Traceback (most recent call last)")
 * and a repetition of the error's own text are left out where frames stand around them.
 */
export function foldStack(stack: string, message: string | null): (Frame | Note | Folded)[] {
  const lines = readStack(stack);
  if (!lines.some((line) => line.kind === "frame")) return lines;
  const said = message?.split("\n")[0]?.trim() ?? "";
  const found: (Frame | Note | Folded)[] = [];
  for (const line of lines) {
    if (line.kind === "note") {
      const heading = /^Traceback \(most recent call last\):$/.test(line.text);
      const repeated = said !== "" && (line.text === said || line.text.endsWith(`: ${said}`));
      const caused = /^Caused by|^During handling|^The above exception/.test(line.text);
      if (!heading && (caused || !repeated)) found.push(line);
      continue;
    }
    const last = found.at(-1);
    if (!line.library) found.push(line);
    else if (last?.kind === "folded") last.frames.push(line);
    else found.push({ kind: "folded", frames: [line] });
  }
  return found;
}
