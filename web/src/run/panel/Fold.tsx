/** Something that is closed until asked for: a line with a chevron, and what is behind it. */

import { type ReactNode, useEffect, useState } from "react";
import { DownIcon, RightIcon } from "@/ui/icons";
import { useHitInside } from "./find";

export function Fold({
  summary,
  note,
  children,
  className = "think",
  openAt = "\u0000",
  initially = false,
}: {
  summary: ReactNode;
  /** At the right edge. */
  note?: ReactNode;
  /** Drawn once it is open. */
  children: () => ReactNode;
  className?: string;
  /** Opens when a hit of the search stands at this pointer or inside it. */
  openAt?: string;
  initially?: boolean;
}) {
  const [open, setOpen] = useState(initially);
  const hit = useHitInside(openAt);
  useEffect(() => {
    if (hit) setOpen(true);
  }, [hit]);
  const Chevron = open ? DownIcon : RightIcon;
  return (
    <>
      <button type="button" className={className} aria-expanded={open} onClick={() => setOpen(!open)}>
        <Chevron size={13} strokeWidth={1.5} className="i" aria-hidden />
        {summary}
        {note && (
          <>
            <span className="foldgap" />
            <span className="dim nowrap">{note}</span>
          </>
        )}
      </button>
      {open && children()}
    </>
  );
}
