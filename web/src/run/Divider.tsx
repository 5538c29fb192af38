/** The edge between views and panel: drag, arrow keys, double-click for the usual width. Remembered for the person. */

import { type KeyboardEvent, type PointerEvent, useRef } from "react";
import { prefer, usePreferences } from "@/app/preferences";
import { PANEL_MIN, PANEL_WIDTH, panelWidth } from "./panelWidth";

const KEY_STEP = 24;

export function Divider() {
  const wanted = usePreferences((state) => state.panelWidth) ?? PANEL_WIDTH;
  const edge = useRef<HTMLDivElement>(null);
  const body = () => edge.current?.closest<HTMLElement>(".body") ?? null;
  const show = (width: number) => body()?.style.setProperty("--w-panel-set", `${width}px`);
  const limit = (width: number) => panelWidth(width, body()?.clientWidth ?? 0);

  const drag = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    event.preventDefault();
    const right = body()?.getBoundingClientRect().right ?? 0;
    const target = event.currentTarget;
    target.setPointerCapture(event.pointerId);
    let width = wanted;
    const move = (moved: globalThis.PointerEvent) => show((width = limit(right - moved.clientX)));
    const end = () => {
      target.removeEventListener("pointermove", move);
      if (width !== wanted) prefer({ panelWidth: width });
    };
    target.addEventListener("pointermove", move);
    target.addEventListener("lostpointercapture", end, { once: true });
  };
  const key = (event: KeyboardEvent) => {
    const step = event.key === "ArrowLeft" ? KEY_STEP : event.key === "ArrowRight" ? -KEY_STEP : 0;
    if (step === 0) return;
    event.preventDefault();
    event.stopPropagation();
    prefer({ panelWidth: limit(wanted + step) });
  };
  return (
    <div
      ref={(element) => {
        edge.current = element;
        if (element) show(wanted);
      }}
      className="divider"
      role="separator"
      aria-orientation="vertical"
      aria-label="Width of the span's panel"
      aria-valuenow={wanted}
      aria-valuemin={PANEL_MIN}
      tabIndex={0}
      title="Drag; double-click for the usual width"
      onPointerDown={drag}
      onKeyDown={key}
      onDoubleClick={() => prefer({ panelWidth: null })}
    />
  );
}
