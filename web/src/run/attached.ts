/** Files, images and sound of a run: which there are, where their bytes are, and where texts speak of them. */

import { useQuery } from "@tanstack/react-query";
import { address, get } from "@/api/client";
import type { Attachment, AttachmentList } from "@/api/schema";
import { useRun } from "./store";

/** Images up to this size are shown small; larger ones would cost more than they tell. */
const THUMBNAIL_MAX_BYTES = 8 << 20;
const RASTER = /^image\/(?:png|jpeg|gif|webp)$/;

/** Attachments of the open run; empty until they are there. */
export function useAttachments(): Attachment[] {
  const traceId = useRun((state) => state.run.trace.trace_id);
  const version = useRun((state) => state.run.commitSeq);
  const { data } = useQuery({
    queryKey: ["run", traceId, "attachments", version],
    queryFn: ({ signal }) =>
      get<AttachmentList>(`/traces/${encodeURIComponent(traceId)}/attachments`, {}, signal),
    placeholderData: (before) => before,
    staleTime: 60_000,
    retry: false,
  });
  return data?.attachments ?? NONE;
}

const NONE: Attachment[] = [];

/** Where the bytes are: an address of Clew's own, whatever the sender called them. */
export function bytesOf(traceId: string, attachment: Attachment): string {
  return address(`/traces/${encodeURIComponent(traceId)}/attachments/${attachment.id}`);
}

/** Whether it is drawn small. */
export function isThumbnail(attachment: Attachment): boolean {
  const kind = attachment.content_type.split(";")[0]!.trim();
  return RASTER.test(kind) && attachment.size <= THUMBNAIL_MAX_BYTES;
}
