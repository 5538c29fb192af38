/** What can be done with the runs that were picked: copy their ids, export them, delete them. */

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { address, send } from "@/api/client";
import { announce } from "@/app/announce";
import { may, useSession } from "@/app/session";
import { plural } from "@/format";
import { Button } from "@/ui/button";
import { copyText } from "@/ui/copy";
import { Dialog } from "@/ui/floating";
import { CloseIcon, CopyIcon, DeleteIcon, ExportIcon } from "@/ui/icons";

/** Ids that one filter names. */
const EXPORT_MAX = 100;
const AT_ONCE = 4;

export function SelectionBar({
  ids,
  onClear,
  onDeleted,
}: {
  ids: readonly string[];
  onClear: () => void;
  onDeleted: (ids: readonly string[]) => void;
}) {
  const session = useSession();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const runs = plural(ids.length, "run");

  const remove = async () => {
    setBusy(true);
    const gone: string[] = [];
    try {
      for (let at = 0; at < ids.length; at += AT_ONCE) {
        const some = ids.slice(at, at + AT_ONCE);
        await Promise.all(some.map((id) => send("DELETE", `/traces/${encodeURIComponent(id)}`)));
        gone.push(...some);
      }
      announce(`Deleted ${runs}`);
      setAsking(false);
    } catch (error) {
      setProblem(
        `${gone.length} of ${ids.length} are deleted, then: ${error instanceof Error ? error.message : error}`,
      );
    }
    setBusy(false);
    onDeleted(gone);
    void client.invalidateQueries({ queryKey: ["stats"] });
  };

  return (
    <div className="picks" role="region" aria-label="Selected runs">
      <span className="med">{runs} selected</span>
      <Button
        small
        icon={CopyIcon}
        onClick={() => void copyText(ids.join("\n"), ids.length === 1 ? "id" : "ids")}
      >
        Copy ids
      </Button>
      {ids.length <= EXPORT_MAX ? (
        <a
          className="btn sm"
          href={address("/export", { filter: `trace:(${ids.join(", ")})` })}
          download="runs.jsonl"
        >
          <ExportIcon size={14} strokeWidth={1.5} className="i" aria-hidden />
          Export
        </a>
      ) : (
        <span className="dim">Export takes {EXPORT_MAX} at once</span>
      )}
      {may(session.data, "admin") && (
        <Button small icon={DeleteIcon} tone="danger" onClick={() => setAsking(true)}>
          Delete
        </Button>
      )}
      <span className="grow" />
      <Button small tone="ghost" icon={CloseIcon} onClick={onClear}>
        Clear
      </Button>
      <Dialog open={asking} onOpenChange={setAsking} title={`Delete ${runs}?`} className="askdel">
        <div className="askbody">
          <p>
            Every byte of them goes, and spans that come later for them are refused for 30 days. This cannot
            be undone.
          </p>
          {problem && <p className="err-t">{problem}</p>}
          <div className="row">
            <span className="grow" />
            <Button onClick={() => setAsking(false)}>Keep them</Button>
            <Button tone="danger" icon={DeleteIcon} disabled={busy} onClick={() => void remove()}>
              {busy ? "Deleting…" : `Delete ${runs}`}
            </Button>
          </div>
        </div>
      </Dialog>
    </div>
  );
}
