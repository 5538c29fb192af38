/** The tools that the model could call, with their parameters as rows. */

import { useMemo, useState } from "react";
import { exact, plural } from "@/format";
import { Button } from "@/ui/button";
import { JsonView } from "@/ui/JsonView";
import { KindTile } from "@/ui/kind";
import type { Detail, Json } from "./detail";
import { useHitInside } from "./find";
import { Fold } from "./Fold";
import { TextValue } from "./TextValue";
import { type Parameter, readDefinition } from "./toolSchema";

/** Definitions drawn at once. */
const WINDOW = 100;

export function Tools({ detail }: { detail: Detail }) {
  const [shown, setShown] = useState(WINDOW);
  const definitions = detail.content.tool_definitions;
  const called = useMemo(() => callsOf(detail), [detail]);
  const removed = detail.difference?.tools_removed ?? [];
  const hit = useHitInside("/content/tool_definitions");
  const hitAt = hit ? Number(hit.pointer.split("/")[3]) : -1;
  if (definitions.length === 0)
    return <p className="sec dim">The sender said no tool definitions for this call</p>;
  const until = Math.max(shown, hitAt + 1);
  return (
    <>
      {definitions.slice(0, until).map((definition, at) => (
        <Tool
          key={at}
          definition={definition}
          pointer={`/content/tool_definitions/${at}`}
          called={called}
          fresh={detail.difference?.tools_added ?? []}
        />
      ))}
      {until < definitions.length && (
        <div className="sec">
          <Button small onClick={() => setShown(until + WINDOW)}>
            Show more of {exact(definitions.length)}
          </Button>
        </div>
      )}
      {removed.length > 0 && (
        <p className="sec dim">
          The call before could also call <bdi className="mono">{removed.slice(0, 50).join(", ")}</bdi>
        </p>
      )}
    </>
  );
}

/** How often the answer calls each tool. */
function callsOf(detail: Detail): Map<string, number> {
  const calls = new Map<string, number>();
  for (const { parts } of detail.content.output_messages) {
    for (const part of parts) {
      if (part.type === "tool_call" || part.type === "server_tool_call")
        calls.set(part.name, (calls.get(part.name) ?? 0) + 1);
    }
  }
  return calls;
}

function Tool({
  definition,
  pointer,
  called,
  fresh,
}: {
  definition: Json;
  pointer: string;
  called: ReadonlyMap<string, number>;
  fresh: readonly string[];
}) {
  const tool = useMemo(() => readDefinition(definition), [definition]);
  const calls = called.get(tool.name) ?? 0;
  return (
    <section className="sec tool" data-pointer={pointer}>
      <div className="role">
        <KindTile category="tool" small />
        <bdi className="mono cut">{tool.name}</bdi>
        {calls > 0 && <span className="label">called{calls > 1 && ` ×${calls}`}</span>}
        {fresh.includes(tool.name) && <span className="label">new in this call</span>}
        <span className="grow" />
        {tool.kind && tool.kind !== "function" && <bdi className="dim cut">{tool.kind}</bdi>}
      </div>
      {tool.description && tool.description !== tool.name && (
        <TextValue
          text={tool.description}
          pointer={`${pointer}/description`}
          as="plain"
          label={`Description of ${tool.name}`}
          clamp
        />
      )}
      {tool.parameters.length > 0 && <Parameters parameters={tool.parameters} />}
      <Fold summary={tool.parameters.length > 0 ? "As JSON" : "No parameters; as JSON"}>
        {() => <JsonView value={definition} label={`Definition of ${tool.name}`} />}
      </Fold>
    </section>
  );
}

function Parameters({ parameters }: { parameters: readonly Parameter[] }) {
  return (
    <table className="params">
      <caption className="vh">{plural(parameters.length, "parameter")}</caption>
      <tbody>
        {parameters.map((parameter, at) => (
          <tr key={at}>
            <th scope="row" style={{ paddingLeft: parameter.depth * 14 }}>
              <bdi className="mono">{parameter.name}</bdi>
              {parameter.required && (
                <span className="required" title="required">
                  required
                </span>
              )}
            </th>
            <td>
              <span className="dim mono">{parameter.type}</span>
              {parameter.description && <bdi className="about">{parameter.description}</bdi>}
              {parameter.limits && <bdi className="dim mono about">{parameter.limits}</bdi>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
