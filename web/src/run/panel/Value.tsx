/** A JSON value of a sender as people read it: text as text, an object's fields by name, the rest as JSON. */

import { useMemo } from "react";
import { bytes, exact } from "@/format";
import { JsonView } from "@/ui/JsonView";
import { highlight } from "@/ui/highlight";
import { isInside, type Json, type JsonObject, step } from "./detail";
import { useLongTexts } from "./longTexts";
import { charsOf } from "./messages";
import { EmbeddedImage, isEmbeddedImage } from "./Media";
import { type Reading, TextValue } from "./TextValue";

/** Objects with more fields are shown as JSON. */
const FIELDS_MAX = 24;
/** Texts up to this length stand beside their name. */
const SHORT_CHARS = 64;

export function Value({
  value,
  pointer,
  label,
  as = "code",
  clamp = true,
}: {
  value: Json;
  pointer: string;
  label: string;
  /** How texts are read. */
  as?: Reading;
  clamp?: boolean;
}) {
  if (typeof value === "string") {
    if (isEmbeddedImage(value)) return <EmbeddedImage source={value} alt={label} />;
    return <TextValue text={value} pointer={pointer} as={as} label={label} clamp={clamp} />;
  }
  if (isObject(value)) {
    const entries = Object.entries(value);
    if (entries.length === 0) return <span className="dim">nothing in it</span>;
    if (entries.length <= FIELDS_MAX) return <Fields value={value} pointer={pointer} as={as} clamp={clamp} />;
  }
  return <Tree value={value} pointer={pointer} label={label} />;
}

/** The fields of an object: short ones beside each other, long texts and inner objects below their names. */
function Fields({
  value,
  pointer,
  as,
  clamp,
}: {
  value: JsonObject;
  pointer: string;
  as: Reading;
  clamp: boolean;
}) {
  const entries = Object.entries(value);
  const short = entries.filter(([, field]) => isShort(field));
  const long = entries.filter(([, field]) => !isShort(field));
  return (
    <div className="fields" data-pointer={pointer}>
      {long.map(([name, field]) => (
        <div key={name} className="vfield">
          {entries.length > 1 && (
            <bdi className="fieldname mono" title={name}>
              {name}
            </bdi>
          )}
          {typeof field === "string" ? (
            <Value value={field} pointer={`${pointer}/${step(name)}`} label={name} as={as} clamp={clamp} />
          ) : (
            <Tree value={field} pointer={`${pointer}/${step(name)}`} label={name} />
          )}
        </div>
      ))}
      {short.length > 0 && (
        <dl className="inlinefields">
          {short.map(([name, field]) => (
            <div key={name} data-pointer={`${pointer}/${step(name)}`}>
              <dt className="dim mono">
                <bdi>{name}</bdi>
              </dt>
              <dd className="mono">
                <bdi>
                  {typeof field === "string" ? field || '""' : highlight(JSON.stringify(field), "json")}
                </bdi>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}

function isShort(value: Json): boolean {
  if (typeof value === "string") return value.length <= SHORT_CHARS && !value.includes("\n");
  return typeof value !== "object" || value === null || charsOf(value) <= SHORT_CHARS / 2;
}

/** JSON as JSON, and below it the texts in it that are too long for it. */
function Tree({ value, pointer, label }: { value: Json; pointer: string; label: string }) {
  const { clipped } = useLongTexts();
  const inside = useMemo(
    () => [...clipped.values()].filter((one) => isInside(one.pointer, pointer)),
    [clipped, pointer],
  );
  return (
    <div data-pointer={pointer}>
      <JsonView value={value} label={label} />
      {inside.slice(0, 20).map((one) => (
        <div key={one.pointer} className="vfield">
          <span className="fieldname mono">
            {one.pointer.slice(pointer.length)} <span className="dim">{bytes(one.bytes)}, cut above</span>
          </span>
          <TextValue
            text={textAt(value, one.pointer.slice(pointer.length))}
            pointer={one.pointer}
            as="code"
            label={label}
          />
        </div>
      ))}
      {inside.length > 20 && <p className="dim">{exact(inside.length - 20)} more long texts are cut above</p>}
    </div>
  );
}

/** The text at a pointer into a value; "" where there is none. */
export function textAt(value: Json, pointer: string): string {
  let found: Json | undefined = value;
  for (const part of pointer.split("/").slice(1)) {
    const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (Array.isArray(found)) found = found[Number(name)];
    else found = isObject(found ?? null) ? (found as JsonObject)[name] : undefined;
  }
  return typeof found === "string" ? found : "";
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
