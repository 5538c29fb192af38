/** What the sender said of the span, as it was said: attributes by namespace, resource, scope, ids, what was dropped. */

import { Link } from "@tanstack/react-router";
import { useDeferredValue, useMemo, useState } from "react";
import { exact, plural } from "@/format";
import { Button, IconButton } from "@/ui/button";
import { copyText } from "@/ui/copy";
import { CloseIcon, CopyIcon, FilterIcon, SearchIcon, WarnIcon } from "@/ui/icons";
import { type Attribute, attributesOf, grouped, searched } from "./attributes";
import type { Detail, JsonObject } from "./detail";
import { useHitInside } from "./find";
import { TextValue } from "./TextValue";

/** Attributes drawn at once; more on request. */
const WINDOW = 300;
/** Longer values are cut to one line, with a button. */
const CUT_CHARS = 240;

interface Section {
  title: string;
  attributes: Attribute[];
  dropped: number;
}

export function Attributes({ detail }: { detail: Detail }) {
  const [find, setFind] = useState("");
  const wanted = useDeferredValue(find);
  const sections = useMemo(() => sectionsOf(detail), [detail]);
  const total = sections.reduce((sum, section) => sum + section.attributes.length, 0);
  return (
    <div className="attributes">
      <label className="find attrfind">
        <SearchIcon size={13} strokeWidth={1.5} className="i" aria-hidden />
        <input
          value={find}
          onChange={(event) => setFind(event.target.value)}
          placeholder={`Filter ${plural(total, "attribute")}`}
          aria-label="Filter attributes"
          spellCheck={false}
        />
        {find && <IconButton icon={CloseIcon} label="Clear" className="sm" onClick={() => setFind("")} />}
      </label>
      {sections.map((section) => (
        <SectionView key={section.title} section={section} find={wanted} first={section === sections[0]} />
      ))}
    </div>
  );
}

function sectionsOf(detail: Detail): Section[] {
  const { resource, scope, dropped } = detail;
  const named = (entries: [string, string | null][]): JsonObject =>
    Object.fromEntries(entries.filter(([, value]) => value !== null && value !== ""));
  const scopeItself = named([
    ["name", scope.name],
    ["version", scope.version],
    ["schema_url", scope.schema_url],
  ]);
  const sender = named([
    ["received as", detail.sender],
    ["span id", detail.sender_span_id],
    ["trace id", detail.sender_trace_id],
    ["trace state", detail.trace_state],
    ["conventions", detail.span.conventions.join(", ")],
    ["name", detail.span.name],
    ["kind", detail.span.kind],
  ]);
  return [
    {
      title: "Attributes",
      attributes: attributesOf(detail.attributes, "/attributes", "attr"),
      dropped: dropped.attributes,
    },
    {
      title: "Resource",
      attributes: [
        ...attributesOf(resource.attributes, "/resource/attributes", "resource"),
        ...attributesOf(named([["schema_url", resource.schema_url]]), "/resource", null),
      ],
      dropped: resource.dropped_attributes_count,
    },
    {
      title: "Scope",
      attributes: [
        ...attributesOf(scopeItself, "/scope", null),
        ...attributesOf(scope.attributes, "/scope/attributes", null),
      ],
      dropped: scope.dropped_attributes_count,
    },
    { title: "Sender", attributes: attributesOf(sender, "", null), dropped: 0 },
  ].filter(
    (section) => section.attributes.length > 0 || section.dropped > 0 || section.title === "Attributes",
  );
}

function SectionView({ section, find, first }: { section: Section; find: string; first: boolean }) {
  const [shown, setShown] = useState(WINDOW);
  const all = useMemo(() => searched(section.attributes, find), [section, find]);
  const ordered = useMemo(() => grouped(all).flatMap((group) => group.attributes), [all]);
  const hit = useHitInside("/attributes");
  const hitAt = first && hit ? ordered.findIndex(({ pointer }) => pointer === hit.pointer) : -1;
  const until = Math.max(shown, hitAt + 1);
  if (find !== "" && all.length === 0 && !first) return null;
  const groups = grouped(ordered.slice(0, until));
  return (
    <section className="attrsection" aria-label={section.title}>
      {!first && <h3 className="sech">{section.title}</h3>}
      {all.length === 0 && (
        <p className="dim">
          {find ? `None of ${exact(section.attributes.length)} has “${find}”` : "The sender said none"}
        </p>
      )}
      {groups.map((group) => (
        <dl
          className={group.attributes.length > 2 ? "kv many" : "kv"}
          key={group.name}
          aria-label={group.name || "without a namespace"}
        >
          {group.attributes.map((attribute) => (
            <Row key={attribute.key} attribute={attribute} />
          ))}
        </dl>
      ))}
      {until < ordered.length && (
        <Button small onClick={() => setShown(until + WINDOW)}>
          Show {exact(Math.min(WINDOW, ordered.length - until))} more of {exact(ordered.length)}
        </Button>
      )}
      {section.dropped > 0 && (
        <p className="warn-t row droppednote">
          <WarnIcon size={14} strokeWidth={1.5} className="i" aria-hidden />
          {plural(section.dropped, "attribute")} {section.dropped === 1 ? "was" : "were"} dropped by the
          sender
        </p>
      )}
    </section>
  );
}

function Row({ attribute }: { attribute: Attribute }) {
  const hit = useHitInside(attribute.pointer || "\u0000");
  const [open, setOpen] = useState(false);
  const long = attribute.text.length > CUT_CHARS || attribute.text.includes("\n");
  const shown = (open || hit !== null) && long;
  return (
    <div className={shown ? "kvrow open" : "kvrow"}>
      <dt title={attribute.key}>
        <bdi>{attribute.key}</bdi>
      </dt>
      <dd className={`v-${attribute.type}`}>
        {shown ? (
          <TextValue
            text={readable(attribute)}
            pointer={attribute.pointer}
            as={/^\s*[[{]/.test(attribute.text) ? "json" : "code"}
            label={attribute.key}
          />
        ) : (
          <bdi className="cut kvvalue" data-pointer={attribute.pointer}>
            {attribute.text === "" ? <span className="dim">empty</span> : attribute.text.slice(0, CUT_CHARS)}
          </bdi>
        )}
        <span className="kvactions">
          {long && (
            <button type="button" className="link" aria-expanded={shown} onClick={() => setOpen(!shown)}>
              {shown ? "less" : "show"}
            </button>
          )}
          {attribute.filter && (
            <Link
              to="/runs"
              search={{ q: attribute.filter } as never}
              className="btn icon ghost sm"
              title={`Runs with ${attribute.filter}`}
              aria-label={`Runs with this ${attribute.key}`}
            >
              <FilterIcon size={13} strokeWidth={1.5} aria-hidden />
            </Link>
          )}
          <IconButton
            icon={CopyIcon}
            label={`Copy the value of ${attribute.key}`}
            className="sm"
            onClick={() => void copyText(attribute.text, "value")}
          />
        </span>
      </dd>
    </div>
  );
}

/** JSON with lines of its own, where the text is JSON and all of it is here. */
function readable(attribute: Attribute): string {
  if (attribute.text.length > 60_000 || !/^\s*[[{]/.test(attribute.text)) return attribute.text;
  try {
    return JSON.stringify(JSON.parse(attribute.text), null, 2);
  } catch {
    return attribute.text;
  }
}
