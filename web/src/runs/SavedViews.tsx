/** Saving what the list shows under a name, and the views that there are. They stand in the menu at the left too. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { get, send } from "@/api/client";
import type { SavedView, SavedViewList } from "@/api/schema";
import type { Search } from "@/app/address";
import { announce } from "@/app/announce";
import { may, useSession } from "@/app/session";
import { cut } from "@/format";
import { Button, IconButton } from "@/ui/button";
import { Popover } from "@/ui/floating";
import { CheckIcon, DeleteIcon, PlusIcon, StarIcon } from "@/ui/icons";
import type { Subject } from "./useListAddress";
import { asSearch, definitionOf, OFFERED, PAGES, sameView, type ViewDefinition, viewsOf } from "./views";

export function SavedViews({
  subject,
  search,
  onShow,
}: {
  subject: Subject;
  search: Search;
  onShow: (part: Partial<Search>) => void;
}) {
  const client = useQueryClient();
  const session = useSession();
  const [name, setName] = useState("");
  const [problem, setProblem] = useState("");
  const page = PAGES[subject];
  const answer = useQuery({
    queryKey: ["views"],
    queryFn: ({ signal }) => get<SavedViewList>("/views", {}, signal),
    staleTime: 60_000,
  });
  const views = viewsOf(answer.data?.views ?? [], page);
  const now = definitionOf(search);
  const current = views.find((view) => sameView(now, view.definition));
  const canSave = may(session.data, "admin");
  const offered =
    subject === "trace" ? OFFERED.filter((one) => !views.some((view) => view.name === one.name)) : [];

  const change = async (what: Promise<unknown>, done: string) => {
    try {
      await what;
      setProblem("");
      announce(done);
      await client.invalidateQueries({ queryKey: ["views"] });
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  const save = (as: string, definition: ViewDefinition) =>
    change(send<SavedView>("POST", "/views", { name: as, page, definition }), `Saved ${as}`);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const as = name.trim();
    if (!as) return;
    setName("");
    void save(as, now);
  };

  return (
    <Popover
      align="end"
      width={340}
      title="Views"
      trigger={
        <Button icon={StarIcon} on={current !== undefined}>
          {current ? cut(current.name, 24) : "Save view"}
        </Button>
      }
    >
      {canSave ? (
        <form className="viewform" onSubmit={submit}>
          <input
            className="field grow"
            aria-label="Name of the view"
            placeholder={current ? `Another name for ${cut(current.name, 20)}` : "Name for what you see now"}
            maxLength={80}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
          <button type="submit" className="btn primary" disabled={!name.trim()}>
            Save
          </button>
        </form>
      ) : (
        <p className="note-in dim">Saving views takes a key with the scope admin.</p>
      )}
      {problem && <p className="note-in err-t">{problem}</p>}
      <ul className="viewlist">
        {views.map((view) => (
          <li key={view.id}>
            <button type="button" className="grow cut" onClick={() => onShow(asSearch(view.definition))}>
              <bdi>{cut(view.name, 60)}</bdi>
              <span className="dim"> {cut(summary(view.definition), 60)}</span>
            </button>
            {view === current && <CheckIcon size={14} strokeWidth={1.8} aria-label="Shown now" />}
            {canSave && view !== current && (
              <button
                type="button"
                className="btn sm"
                onClick={() => void save(view.name, now)}
                title="Saves what you see now under this name"
              >
                Update
              </button>
            )}
            {canSave && (
              <IconButton
                icon={DeleteIcon}
                label={`Delete ${cut(view.name, 40)}`}
                onClick={() =>
                  void change(send("DELETE", `/views/${view.id}`), `Deleted ${cut(view.name, 40)}`)
                }
              />
            )}
          </li>
        ))}
      </ul>
      {offered.length > 0 && (
        <>
          <h4 className="viewhead">Ready-made</h4>
          <ul className="viewlist">
            {offered.map((one) => (
              <li key={one.name}>
                <button type="button" className="grow cut" onClick={() => onShow(asSearch(one.definition))}>
                  {one.name}
                  <span className="dim"> {one.about}</span>
                </button>
                {canSave && (
                  <IconButton
                    icon={PlusIcon}
                    label={`Keep ${one.name} in the menu`}
                    onClick={() => void save(one.name, one.definition)}
                  />
                )}
              </li>
            ))}
          </ul>
        </>
      )}
    </Popover>
  );
}

function summary(definition: unknown): string {
  const { q, range, sort } = asSearch(definition);
  return [q, range && range !== "all" ? `last ${range}` : undefined, sort && `by ${sort}`]
    .filter(Boolean)
    .join(", ");
}
