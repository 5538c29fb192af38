/** What became of the records. */

/** Counts since the client was made. */
export interface Stats {
  /** Records that the server has. */
  sent: number;
  /** Records that found no room in memory or in the spool, or that `redact` took out. */
  dropped: number;
  /** Records that the server will not have; the log on stderr says why. */
  refused: number;
  /** Records that went to the spool. */
  spooled: number;
  /** Requests that failed and were or will be made again. */
  retries: number;
  /** Records that wait in memory. */
  waiting: number;
}

/** Counts at the beginning. */
export function noStats(): Stats {
  return { sent: 0, dropped: 0, refused: 0, spooled: 0, retries: 0, waiting: 0 };
}
