/** Which columns a list shows, and in which order; remembered in this browser. */

import { useMemo } from "react";
import { prefer, usePreferences } from "@/app/preferences";
import { IconButton } from "@/ui/button";
import { Popover } from "@/ui/floating";
import { ColumnsIcon, DownIcon, UpIcon } from "@/ui/icons";
import { usePageWidth } from "@/ui/media";
import { type Column, widthOf } from "@/ui/Table";
import { chosenColumns, fitting, move, toggled } from "./columnOrder";

/** Usual columns that go first where there is no room. */
const LEAST = ["user", "run", "session", "spans", "agents", "model", "tokens"];

/** The columns of a list as the reader wants them. */
export function useColumns<Row>(
  list: string,
  all: readonly Column<Row>[],
  usual: readonly string[],
): { columns: Column<Row>[]; chosen: string[]; choose: (ids: string[] | null) => void } {
  const kept = usePreferences((state) => state.columns[list]);
  const chosen = useMemo(
    () =>
      chosenColumns(
        kept,
        all.map((column) => column.id),
        usual,
      ),
    [kept, all, usual],
  );
  const room = usePageWidth();
  const isUsual = kept === undefined;
  const columns = useMemo(() => {
    const wanted = chosen.flatMap((id) => all.find((column) => column.id === id) ?? []);
    return isUsual ? fitting(wanted, widthOf, room, LEAST) : wanted;
  }, [chosen, all, isUsual, room]);
  const choose = (ids: string[] | null) => {
    const { [list]: _, ...rest } = usePreferences.getState().columns;
    prefer({ columns: ids === null ? rest : { ...rest, [list]: ids } });
  };
  return { columns, chosen, choose };
}

export function ColumnChooser<Row>({
  all,
  chosen,
  choose,
}: {
  all: readonly Column<Row>[];
  chosen: readonly string[];
  choose: (ids: string[] | null) => void;
}) {
  const [fixed = "", ...moving] = chosen;
  const hidden = all.filter((column) => !chosen.includes(column.id));
  return (
    <Popover
      align="end"
      width={300}
      title="Columns"
      trigger={<IconButton icon={ColumnsIcon} label="Columns" tone="" />}
    >
      <ul className="cols" aria-label="Shown, in this order">
        {moving.map((id, at) => {
          const column = all.find((one) => one.id === id);
          if (!column) return null;
          return (
            <li key={id}>
              <label className="grow" title={column.about}>
                <input type="checkbox" checked onChange={() => choose(toggled(chosen, id))} />
                {column.label}
              </label>
              <IconButton
                icon={UpIcon}
                label={`${column.label} further left`}
                disabled={at === 0}
                onClick={() => choose([fixed, ...move(moving, at, -1)])}
              />
              <IconButton
                icon={DownIcon}
                label={`${column.label} further right`}
                disabled={at === moving.length - 1}
                onClick={() => choose([fixed, ...move(moving, at, 1)])}
              />
            </li>
          );
        })}
      </ul>
      {hidden.length > 0 && (
        <ul className="cols hiddencols" aria-label="Not shown">
          {hidden.map((column) => (
            <li key={column.id}>
              <label className="grow" title={column.about}>
                <input type="checkbox" checked={false} onChange={() => choose(toggled(chosen, column.id))} />
                {column.label}
              </label>
            </li>
          ))}
        </ul>
      )}
      <footer className="colsfoot">
        <button type="button" className="btn sm" onClick={() => choose(null)}>
          As they were
        </button>
      </footer>
    </Popover>
  );
}
