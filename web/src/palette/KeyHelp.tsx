/** The keys that work on this page now, by what they are for. */

import { type Key, declaredKeys, printed } from "@/app/keys";
import { Kbd } from "@/ui/button";

const ORDER = ["Anywhere", "List", "Run", "Moving in a run", "Timeline and graph", "Copy"];

export function KeyHelp() {
  const keys = declaredKeys().filter((key) => !key.hidden);
  const groups = [...new Set([...ORDER, ...keys.map((key) => key.group)])].filter((group) =>
    keys.some((key) => key.group === group),
  );
  return (
    <div className="keyhelp">
      <div className="row head">
        <span className="strong">Keys</span>
        <span className="grow" />
        <span className="dim no-phone">Letters work when no field has the focus</span>
        <Kbd keys={["Esc"]} />
      </div>
      <div className="g">
        {groups.map((group) => (
          <section key={group}>
            <h4>{group}</h4>
            <ul>
              {merged(keys.filter((key) => key.group === group)).map(({ label, keys }) => (
                <li key={label}>
                  <span>{label}</span>
                  <span className="kb">
                    {keys.map((key) => (
                      <Kbd key={key} keys={printed(key)} />
                    ))}
                  </span>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </div>
  );
}

/** Keys that do the same stand in one line. */
function merged(keys: Key[]): { label: string; keys: string[] }[] {
  const lines = new Map<string, string[]>();
  for (const key of keys) lines.set(key.label, [...(lines.get(key.label) ?? []), key.keys]);
  return [...lines].map(([label, several]) => ({ label, keys: several }));
}
