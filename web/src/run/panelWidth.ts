/** How wide the panel of a span may be. */

/** Pixels. */
export const PANEL_WIDTH = 536;
export const PANEL_MIN = 360;
const LEFT_MIN = 480;
/** Of the window. */
const PANEL_MAX_SHARE = 0.6;

/** The width that a panel may have in a body so wide: at least 360, at most 60 % and what leaves 480 to the views. */
export function panelWidth(wanted: number, body: number): number {
  const most = Math.max(PANEL_MIN, Math.min(body * PANEL_MAX_SHARE, body - LEFT_MIN));
  return Math.round(Math.min(Math.max(wanted, PANEL_MIN), most));
}
