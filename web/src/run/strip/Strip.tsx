/** The thin timeline above all views: the whole run in five lanes. A drag brushes, a click selects. */

import { type CSSProperties, useEffect, useMemo, useRef } from "react";
import { useNow } from "@/app/clock";
import { useTheme } from "@/app/theme";
import { cut, duration, place } from "@/format";
import { displayName, endOf, type Skeleton } from "@/trace/skeleton";
import { ErrorIcon, LoopIcon } from "@/ui/icons";
import { ticks, useRun, useRunStore } from "../store";
import { begin, pixelRatio, useRedraw, useWidth } from "./canvas";
import { type Colours, coloursOf } from "./colours";
import { useStripGestures } from "./gestures";
import { failureMarks, type LoopMark, loopMarks, type Mark } from "./marks";
import { useOnScreen } from "./onscreen";
import * as picture from "./picture";
import { axisOf, nowIn, type Scale } from "./scale";

const PAD_PX = 16;
const PAD_PHONE_PX = 12;

/** The strip of the open run. */
export function Strip({ height }: { height: number }) {
  const run = useRun((state) => state.run);
  return ticks(run) ? (
    <Ticking run={run} height={height} />
  ) : (
    <StripAt run={run} height={height} now={null} />
  );
}

/** A live run's strip goes on each second. */
function Ticking({ run, height }: { run: Skeleton; height: number }) {
  const nowMs = useNow();
  return <StripAt run={run} height={height} now={nowIn(run, nowMs)} />;
}

function StripAt({ run, height, now }: { run: Skeleton; height: number; now: number | null }) {
  const store = useRunStore();
  const theme = useTheme((state) => state.drawn);
  const root = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = useWidth(root);
  const layout = useMemo(() => picture.layoutOf(height), [height]);
  const { from, to, origin } = axisOf(run, now);
  const scale = useMemo<Scale>(() => {
    const left = layout.labelled ? PAD_PX : PAD_PHONE_PX;
    return { from, to, left, width: Math.max(1, width - 2 * left) };
  }, [from, to, width, layout]);
  const marks = useMemo(
    () => ({ failures: failureMarks(run, scale), loops: loopMarks(run, scale) }),
    [run, scale],
  );
  const open = useMemo(() => (now === null ? [] : picture.openWork(run)), [run, now === null]);
  const base = useBase(run, scale, layout, theme, origin, now !== null, marks);

  const redraw = useRedraw(() => {
    if (!canvas.current || width === 0) return;
    const context = begin(canvas.current, width, height);
    if (!context) return;
    const colours = coloursOf(theme);
    context.drawImage(base(colours), 0, 0, width, height);
    if (now !== null) picture.paintNow(context, run, open, scale, layout, colours, now);
    paintState(context, colours);
  });

  function paintState(context: CanvasRenderingContext2D, colours: Colours) {
    const { selected, hover, brush } = store.getState();
    const drag = gestures.dragging();
    const shown = drag ?? brush;
    if (selected >= 0 && selected < run.count) {
      const end = Math.max(endOf(run, selected), run.start[selected]!);
      picture.paintSelection(
        context,
        scale,
        layout,
        colours,
        run.start[selected]!,
        now && Number.isNaN(run.duration[selected]!) ? now : end,
      );
    }
    if (hover >= 0 && hover < run.count && hover !== selected)
      picture.paintHover(context, run, hover, endOf(run, hover), scale, layout, colours);
    if (shown) picture.paintBrush(context, scale, layout, colours, shown.from, shown.to);
    const part = useOnScreen.getState().part;
    if (part && (part.from > from || part.to < to))
      picture.paintOnScreen(context, scale, layout, colours, part.from, part.to);
    const needle = gestures.needle();
    if (!needle) return;
    const name = needle.span >= 0 ? `  ${cut(displayName(run, needle.span), 40)}` : "";
    const text = drag
      ? `${place(drag.from - origin)} – ${place(drag.to - origin)}  ${duration(drag.to - drag.from)}`
      : `${place(needle.time - origin)}${name}`;
    picture.paintNeedle(context, scale, layout, colours, needle.x, text);
  }

  const gestures = useStripGestures({ run, scale, layout, redraw });
  useEffect(() => store.subscribe(redraw), [store, redraw]);
  useEffect(() => useOnScreen.subscribe(redraw), [redraw]);

  const brushed = useRun((state) => state.brush);
  const part = brushed ? `, brushed to ${place(brushed.from - origin)} to ${place(brushed.to - origin)}` : "";
  return (
    <div
      ref={root}
      className="strip"
      style={{ height }}
      role="group"
      tabIndex={0}
      aria-label={`Timeline of the run, ${duration((now ?? to) - from)}${part}`}
      aria-description="Arrow keys walk the steps by time, B brushes the selected step, Escape clears."
      {...gestures.handlers}
    >
      <canvas ref={canvas} className="strip-canvas" style={{ width, height }} aria-hidden />
      {layout.labelled && <Labels failures={marks.failures} loops={marks.loops} />}
    </div>
  );
}

/** The picture that stays: painted again only when one of its makings is another. */
function useBase(
  run: Skeleton,
  scale: Scale,
  layout: picture.Layout,
  theme: string,
  origin: number,
  growing: boolean,
  marks: Parameters<typeof picture.paintBase>[6],
) {
  const kept = useRef<{ key: unknown[]; image: HTMLCanvasElement } | null>(null);
  return (colours: Colours): HTMLCanvasElement => {
    const key = [run, scale, layout, theme, origin, growing, pixelRatio()];
    if (kept.current?.key.every((part, at) => part === key[at])) return kept.current.image;
    const image = kept.current?.image ?? document.createElement("canvas");
    const context = begin(image, scale.width + 2 * scale.left, layout.height);
    if (context) picture.paintBase(context, run, scale, layout, colours, { origin, growing }, marks);
    kept.current = { key, image };
    return image;
  };
}

/** The words on the strip lead to what they name. */
function Labels({ failures, loops }: { failures: Mark[]; loops: LoopMark[] }) {
  const store = useRunStore();
  const go = (span: number) => {
    store.getState().goTo(span);
    store.getState().set({ panelOpen: true });
  };
  const at = (mark: Mark): CSSProperties => ({ left: mark.x, maxWidth: mark.width + 24 });
  return (
    <>
      {failures.map((mark) => (
        <button
          key={mark.span}
          type="button"
          className="strip-mark e"
          style={at(mark)}
          onClick={() => go(mark.span)}
          title={`Failed: ${mark.text}`}
        >
          <ErrorIcon size={12} strokeWidth={1.5} aria-hidden />
          <bdi className="cut">{mark.text}</bdi>
        </button>
      ))}
      {loops.map(
        ({ label, width, loop }) =>
          label && (
            <button
              key={label.span}
              type="button"
              className={`strip-mark w ${width < label.width + 16 ? "low" : ""}`}
              style={at(label)}
              onClick={() => go(label.span)}
              title={`${label.text}: ${loop.name}, ${duration(loop.end - loop.start)}`}
            >
              <LoopIcon size={11} strokeWidth={1.5} aria-hidden />
              {label.text}
            </button>
          ),
      )}
    </>
  );
}
