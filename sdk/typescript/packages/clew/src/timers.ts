/** Timers of the background, which a test replaces by ones that it moves itself. */

/** Something to call later. */
export interface Timer {
  cancel(): void;
}

/** Makes timers. */
export interface Timers {
  /** `keepAlive`: the process waits for it. */
  after(ms: number, call: () => void, keepAlive: boolean): Timer;
  /** Milliseconds of a clock that only goes forward. */
  now(): number;
  /** Between 0 and 1, for the spread of attempts. */
  random(): number;
}

/** The system's timers. */
export const systemTimers: Timers = {
  after(ms, call, keepAlive) {
    const timer = setTimeout(call, ms);
    if (!keepAlive) timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
  now: () => performance.now(),
  random: Math.random,
};
