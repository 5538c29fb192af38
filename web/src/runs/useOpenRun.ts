/** Opening a run from a list: beside it, or as a page on a phone. */

import { useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect } from "react";
import type { Search } from "@/app/address";
import { usePhone } from "@/ui/media";
import { type ListAddress, WITHOUT_RUN } from "./useListAddress";

export interface OpenRun {
  /** The run that is open beside; null for none. */
  open: string | null;
  /** Opens it, at a span where one is given. */
  show: (traceId: string, spanId?: string) => void;
  page: (traceId: string, spanId?: string) => void;
  close: () => void;
  href: (traceId: string, spanId?: string) => string;
}

export function useOpenRun({ search, update }: ListAddress): OpenRun {
  const navigate = useNavigate();
  const phone = usePhone();
  const open = phone ? null : (search.run ?? null);
  const { q, view } = search;
  // On a phone a run is a screen of its own, whatever the shared address says.
  useEffect(() => {
    const { run, ...rest } = search;
    if (phone && run) {
      void navigate({ to: "/runs/$traceId", params: { traceId: run }, search: rest as never, replace: true });
    }
  }, [phone, search, navigate]);
  const page = useCallback(
    (traceId: string, spanId?: string) => {
      const part: Search = { q, view, span: spanId };
      void navigate({ to: "/runs/$traceId", params: { traceId }, search: part as never });
    },
    [navigate, q, view],
  );
  const show = useCallback(
    (traceId: string, spanId?: string) => {
      if (phone) return page(traceId, spanId);
      // The view goes along from run to run, what was selected in it does not.
      update({ ...WITHOUT_RUN, view, run: traceId, span: spanId }, open ? "replace" : "push");
    },
    [phone, page, update, view, open],
  );
  const close = useCallback(() => update(WITHOUT_RUN), [update]);
  const href = useCallback(
    (traceId: string, spanId?: string) =>
      `/ui/runs/${encodeURIComponent(traceId)}${spanId ? `?span=${spanId}` : ""}`,
    [],
  );
  return { open, show, page, close, href };
}
