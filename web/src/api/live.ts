/** Server-sent events of the API. The browser's EventSource comes back by itself with Last-Event-ID. */

import { address, type Params } from "./client";

/** What a stream tells. */
export interface Live {
  /** `ready`, `trace`, `deleted`, `omitted` or `reset`, with its data. */
  onEvent(name: string, data: unknown): void;
  /** The connection is up (true) or being tried again (false). */
  onState?(up: boolean): void;
}

const NAMES = ["ready", "trace", "deleted", "omitted", "reset"];
/** The server refused the stream (401, 404, limit): EventSource gives up then, and we ask again after this. */
const RETRY_MS = 5_000;

/** Follows a stream until the returned function is called. */
export function follow(path: string, params: Params, live: Live): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const open = () => {
    source = new EventSource(address(path, params));
    source.onopen = () => live.onState?.(true);
    source.onerror = () => {
      live.onState?.(false);
      if (source?.readyState === EventSource.CLOSED) timer = setTimeout(open, RETRY_MS);
    };
    for (const name of NAMES) {
      source.addEventListener(name, (event) =>
        live.onEvent(name, JSON.parse((event as MessageEvent<string>).data)),
      );
    }
  };
  open();
  return () => {
    clearTimeout(timer);
    source?.close();
  };
}
