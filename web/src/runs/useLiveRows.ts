/**
 * Rows that change while the list is open. A run that is in the list changes in place; a new one waits behind the
 * "12 new" pill unless the reader rests at the top with the pointer elsewhere. Nothing ever moves under the pointer.
 */

import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import type { TraceRow } from "@/api/schema";
import { follow } from "@/api/live";
import { arrival, replaced } from "./arrive";
import type { List } from "./useList";

/** Sums and histogram are asked anew at most this often while runs come in. */
const FIGURES_EVERY_MS = 4_000;

/** From the stream being up to the list being read once more. */
const CATCH_UP_MS = 400;
/** Quiet and abandoned come by time passing, which no event tells. */
const STATES_EVERY_MS = 20_000;

export interface LiveRows {
  /** New runs that are not in the list yet. */
  waiting: number;
  /** Runs of the list that were deleted while it was open. */
  deleted: ReadonlySet<string>;
  /** The stream is up. */
  up: boolean;
  /** Reads the list anew from the top, with what waits. */
  show: () => void;
}

export interface Resting {
  atTop: boolean;
  pointerInside: boolean;
}

/** Follows the runs that meet a filter. `null` follows nothing (paused). */
export function useLiveRows(
  filter: string | null,
  list: List<TraceRow>,
  isNewestFirst: boolean,
  mayInsert: () => boolean,
): LiveRows {
  const client = useQueryClient();
  const [waiting, setWaiting] = useState<ReadonlySet<string>>(new Set());
  const [deleted, setDeleted] = useState<ReadonlySet<string>>(new Set());
  const [up, setUp] = useState(false);
  const now = useRef({ list, isNewestFirst, mayInsert });
  now.current = { list, isNewestFirst, mayInsert };

  const show = useCallback(() => {
    void now.current.list.renew().then(() => setWaiting(new Set()));
  }, []);

  useEffect(() => {
    setWaiting(new Set());
    setUp(false);
    if (filter === null) return;
    const timers: Record<string, ReturnType<typeof setTimeout> | undefined> = {};
    const figuresLater = () => {
      timers.figures ??= setTimeout(() => {
        timers.figures = undefined;
        void client.invalidateQueries({ queryKey: ["stats"] });
        void client.invalidateQueries({ queryKey: ["histogram"] });
      }, FIGURES_EVERY_MS);
    };
    const stop = follow(
      "/live",
      { filter },
      {
        onState: setUp,
        onEvent: (name, data) => {
          if (name === "ready") {
            timers.head = setTimeout(catchUp, CATCH_UP_MS);
            return;
          }
          figuresLater();
          if (name === "trace") took((data as { trace: TraceRow }).trace);
          else if (name === "deleted") {
            const id = (data as { trace_id: string }).trace_id;
            setDeleted((before) => new Set(before).add(id));
            setWaiting((before) => without(before, id));
          } else void catchUp();
        },
      },
    );
    // The list was asked for beside the stream, not after it: what came in between is read once more.
    const catchUp = () =>
      now.current.list.head().then(
        (rows) => rows.toReversed().forEach(took),
        () => undefined,
      );
    const took = (run: TraceRow) => {
      const { list, isNewestFirst, mayInsert } = now.current;
      const state = { isNewestFirst, hasMore: list.hasMore, mayInsert: mayInsert() };
      const where = arrival(run, list.rows, state);
      if (where === "replace") list.patch((rows) => replaced(rows, run));
      else if (where === "insert") list.prepend(run);
      else if (where === "wait")
        setWaiting((before) => (before.has(run.trace_id) ? before : new Set(before).add(run.trace_id)));
    };
    const states = setInterval(() => {
      const open = now.current.list.rows.some((row) => row.state !== "done" && row.state !== "abandoned");
      if (open && !document.hidden) void catchUp();
    }, STATES_EVERY_MS);
    return () => {
      stop();
      clearInterval(states);
      for (const timer of Object.values(timers)) clearTimeout(timer);
    };
  }, [filter, client]);

  return { waiting: waiting.size, deleted, up, show };
}

function without(set: ReadonlySet<string>, id: string): ReadonlySet<string> {
  if (!set.has(id)) return set;
  const next = new Set(set);
  next.delete(id);
  return next;
}
