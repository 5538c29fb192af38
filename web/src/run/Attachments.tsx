/** Attachments as people see them: what they are called, how large they are, a small picture where they are one. */

import { useState } from "react";
import type { Attachment } from "@/api/schema";
import * as format from "@/format";
import { Popover } from "@/ui/floating";
import { AudioIcon, ExportIcon, FileIcon, ImageIcon } from "@/ui/icons";
import { bytesOf, isThumbnail, useAttachments } from "./attached";
import type { Mention } from "@/ui/mentions";
import { useRun } from "./store";

/** More are counted. */
const SHOWN_MAX = 200;

/** On the band of facts; nothing where the run has none. */
export function AttachmentsFact() {
  const all = useAttachments();
  if (all.length === 0) return null;
  return (
    <Popover
      width={420}
      title="Files of this run"
      trigger={
        <button type="button" className="fact btnl" title="Files, images and sound">
          <FileIcon size={14} strokeWidth={1.5} className="i" aria-hidden />
          <b>{format.count(all.length)}</b> {all.length === 1 ? "file" : "files"}
        </button>
      }
    >
      <AttachmentRows attachments={all} />
    </Popover>
  );
}

/** Those of one span, in its panel. */
export function AttachmentsOfSpan({ spanId }: { spanId: string }) {
  const own = useAttachments().filter((attachment) => attachment.span_id === spanId);
  if (own.length === 0) return null;
  return (
    <section className="sec">
      <h3 className="sech">{own.length === 1 ? "File" : "Files"}</h3>
      <AttachmentRows attachments={own} />
    </section>
  );
}

function AttachmentRows({ attachments }: { attachments: Attachment[] }) {
  return (
    <>
      <ul className="attachments">
        {attachments.slice(0, SHOWN_MAX).map((attachment) => (
          <Row key={attachment.id} attachment={attachment} />
        ))}
      </ul>
      {attachments.length > SHOWN_MAX && (
        <p className="dim">and {format.exact(attachments.length - SHOWN_MAX)} more</p>
      )}
    </>
  );
}

function Row({ attachment }: { attachment: Attachment }) {
  const href = useAddress(attachment);
  const name = format.cut(attachment.name, 120) || "attachment";
  return (
    <li>
      <Thumbnail attachment={attachment} href={href} />
      <span className="names">
        <bdi className="cut" title={name}>
          {name}
        </bdi>
        <span className="dim cut">
          {attachment.content_type}, {format.bytes(attachment.size)}
        </span>
      </span>
      <a className="btn icon ghost" href={href} download={name} aria-label={`Save ${name}`} title="Save">
        <ExportIcon size={15} strokeWidth={1.5} className="i" aria-hidden />
      </a>
    </li>
  );
}

function useAddress(attachment: Attachment): string {
  return bytesOf(
    useRun((state) => state.run.trace.trace_id),
    attachment,
  );
}

function Thumbnail({ attachment, href }: { attachment: Attachment; href: string }) {
  const [broken, setBroken] = useState(false);
  const Icon = iconOf(attachment.content_type);
  if (broken || !isThumbnail(attachment)) {
    return (
      <span className="thumb">
        <Icon size={18} strokeWidth={1.5} className="i" aria-hidden />
      </span>
    );
  }
  return (
    <a className="thumb" href={href} target="_blank" rel="noopener noreferrer" title="Open the image">
      <img src={href} alt={format.cut(attachment.name, 120)} loading="lazy" onError={() => setBroken(true)} />
    </a>
  );
}

function iconOf(contentType: string) {
  return contentType.startsWith("image/")
    ? ImageIcon
    : contentType.startsWith("audio/")
      ? AudioIcon
      : FileIcon;
}

/** Where a text speaks of media: leads to the attachment, and says so where it has not come. */
export function MentionChip({ mention }: { mention: Mention }) {
  const found = useAttachments().find((attachment) => attachment.sender_id === mention.id);
  const Icon = iconOf(mention.type);
  const kind = format.cut(mention.type || "media", 60);
  const body = (
    <>
      <Icon size={14} strokeWidth={1.5} className="i" aria-hidden />
      <bdi className="nowrap">{kind}</bdi>
    </>
  );
  if (!found) {
    return (
      <span className="medianote" title={format.cut(mention.id, 200)}>
        {body}
        <span className="dim nowrap">has not come</span>
      </span>
    );
  }
  return <Found attachment={found}>{body}</Found>;
}

function Found({ attachment, children }: { attachment: Attachment; children: React.ReactNode }) {
  const href = useAddress(attachment);
  const image = isThumbnail(attachment);
  return (
    <span className="mention">
      <a
        className="medianote link"
        href={href}
        {...(image ? { target: "_blank", rel: "noopener noreferrer" } : { download: attachment.name })}
      >
        {children}
        <span className="dim nowrap">{format.bytes(attachment.size)}</span>
      </a>
      {image && <Thumbnail attachment={attachment} href={href} />}
    </span>
  );
}
