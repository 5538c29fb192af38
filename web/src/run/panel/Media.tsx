/** Images, sounds and files inside messages: what came along is shown or saved, what lies elsewhere is never fetched. */

import { useState } from "react";
import { bytes } from "@/format";
import { Button } from "@/ui/button";
import { AudioIcon, FileIcon, ImageIcon } from "@/ui/icons";
import { isWebAddress, OUTSIDE } from "@/ui/web";
import type { Part } from "./detail";
import { useWholeText } from "./longTexts";

const RASTER = /^image\/(?:png|jpeg|jpg|gif|webp|avif)$/i;
const EMBEDDED = /^data:image\/(?:png|jpeg|jpg|gif|webp|avif);base64,/i;

type MediaPart = Extract<Part, { type: "blob" | "file" | "uri" }>;

export function isEmbeddedImage(text: string): boolean {
  return EMBEDDED.test(text.slice(0, 40));
}

export function Media({ part, pointer }: { part: MediaPart; pointer: string }) {
  if (part.type === "blob") return <Blob part={part} pointer={`${pointer}/content`} />;
  if (part.type === "uri" && isEmbeddedImage(part.uri))
    return <EmbeddedImage source={part.uri} alt={part.modality} />;
  const place = part.type === "uri" ? part.uri : part.file_id;
  return (
    <Note part={part} what={part.type === "file" ? "kept by the provider" : "elsewhere, not fetched"}>
      {isWebAddress(place) ? (
        <a className="link cut" href={place} title={place} {...OUTSIDE}>
          <bdi>{place.slice(0, 200)}</bdi>
        </a>
      ) : (
        <bdi className="mono cut" title={place.slice(0, 1_000)}>
          {place.slice(0, 200)}
        </bdi>
      )}
    </Note>
  );
}

/** An image of which all bytes are in the text. */
export function EmbeddedImage({ source, alt }: { source: string; alt: string }) {
  const [broken, setBroken] = useState(false);
  if (broken)
    return <span className="dim">An image that this browser cannot show, {bytes(source.length)}</span>;
  return <img className="media" src={source} alt={alt} onError={() => setBroken(true)} />;
}

/** Media in base64. */
function Blob({ part, pointer }: { part: Extract<Part, { type: "blob" }>; pointer: string }) {
  const long = useWholeText(pointer, part.content);
  const size = Math.floor(((long.clipped?.chars ?? part.content.length) * 3) / 4);
  const image = RASTER.test(part.mime_type ?? "");
  const loading = long.state?.loading ?? false;
  const save = async () => {
    const whole = long.whole ? long.text : await long.load();
    saveAs(whole, `${part.modality}.${(part.mime_type ?? "").split("/")[1]?.replace(/\W.*$/, "") || "bin"}`);
  };
  return (
    <>
      <Note part={part} what={bytes(size)}>
        {image && !long.whole && (
          <Button small tone="ghost" disabled={loading} onClick={() => void long.load()}>
            {loading ? "Loading" : "Show"}
          </Button>
        )}
        <Button small tone="ghost" disabled={loading} onClick={() => void save()}>
          Save
        </Button>
      </Note>
      {image && long.whole && (
        <EmbeddedImage source={`data:${part.mime_type};base64,${long.text}`} alt={part.modality} />
      )}
    </>
  );
}

function Note({ part, what, children }: { part: MediaPart; what: string; children: React.ReactNode }) {
  const kind = `${part.modality} ${part.mime_type ?? ""}`;
  const Icon = /image/i.test(kind) ? ImageIcon : /audio/i.test(kind) ? AudioIcon : FileIcon;
  return (
    <div className="medianote">
      <Icon size={14} strokeWidth={1.5} className="i" aria-hidden />
      <span className="nowrap">{part.mime_type || part.modality}</span>
      <span className="dim nowrap">{what}</span>
      {children}
    </div>
  );
}

/** Saves base64 as a file. Its type is never the sender's: a browser must not open it as a page of ours. */
function saveAs(base64: string, name: string): void {
  let binary: string;
  try {
    binary = atob(base64);
  } catch {
    binary = base64;
  }
  const content = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  const url = URL.createObjectURL(new globalThis.Blob([content], { type: "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
