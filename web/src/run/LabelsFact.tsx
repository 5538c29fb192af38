/** The run's labels: verdicts of people, rules and judges. They can be added and taken back here. */

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { send } from "@/api/client";
import type { Label, TraceRow } from "@/api/schema";
import { announce } from "@/app/announce";
import { may, useSession } from "@/app/session";
import * as format from "@/format";
import { Button, IconButton } from "@/ui/button";
import { Popover } from "@/ui/floating";
import { CloseIcon, PlusIcon } from "@/ui/icons";
import { short, toneOf } from "./labels";
import { When } from "@/ui/values";

/** On the band; the rest are in the popover. */
const SHOWN = 3;

export function LabelsFact({ trace, reload }: { trace: TraceRow; reload: () => void }) {
  const session = useSession().data;
  const labels = trace.labels;
  const more = labels.length - SHOWN;
  return (
    <span className="labels">
      {labels.slice(0, SHOWN).map((label) => (
        <span key={keyOf(label)} className={`label ${toneOf(label.name)}`} title={spoken(label)}>
          <bdi>{format.cut(short(label), 32)}</bdi>
        </span>
      ))}
      <Popover
        width={340}
        title="Labels of this run"
        trigger={
          <button type="button" className="label add" title="Labels" aria-label="Labels">
            {more > 0 ? `+${more}` : <PlusIcon size={12} strokeWidth={1.5} aria-hidden />}
          </button>
        }
      >
        {labels.length === 0 && <p className="lgempty">None yet.</p>}
        {labels.map((label) => (
          <Line key={keyOf(label)} label={label} reload={reload} removable={may(session, "admin")} />
        ))}
        {may(session, "ingest") && <Add traceId={trace.trace_id} reload={reload} />}
      </Popover>
    </span>
  );
}

/** A run has one label of a name by one author from one source. */
function keyOf(label: Label): string {
  return [label.span_id, label.name, label.source, label.author].join("/");
}

function spoken(label: Label): string {
  const parts = [
    short(label),
    label.score !== null && label.value !== null ? `score ${label.score}` : "",
    `by ${label.author || label.source}`,
    label.explanation ?? "",
  ];
  return format.cut(parts.filter(Boolean).join(", "), 400);
}

function Line({ label, reload, removable }: { label: Label; reload: () => void; removable: boolean }) {
  const remove = useMutation({
    mutationFn: () => send("DELETE", `/labels/${label.id}`),
    onSuccess: () => {
      announce("The label is gone");
      reload();
    },
  });
  return (
    <div className="labelline">
      <span className={`label ${toneOf(label.name)}`}>
        <bdi>{format.cut(short(label), 40)}</bdi>
      </span>
      <span className="dim grow cut">
        {label.score !== null && label.value !== null && `${label.score}, `}
        {label.source}
        {label.author && (
          <>
            , <bdi>{format.cut(label.author, 32)}</bdi>
          </>
        )}
        , <When nanos={label.created_nanos} />
      </span>
      {removable && (
        <IconButton
          icon={CloseIcon}
          label={`Take back ${format.cut(label.name, 40)}`}
          disabled={remove.isPending}
          onClick={() => remove.mutate()}
        />
      )}
      {label.explanation && <p className="mut">{format.cut(label.explanation, 600)}</p>}
      {remove.error && <p className="err-t">{remove.error.message}</p>}
    </div>
  );
}

function Add({ traceId, reload }: { traceId: string; reload: () => void }) {
  const [name, setName] = useState("");
  const [value, setValue] = useState("");
  const [score, setScore] = useState("");
  const [explanation, setExplanation] = useState("");
  const put = useMutation({
    mutationFn: () =>
      send("POST", "/labels", {
        trace_id: traceId,
        name: name.trim(),
        ...(value.trim() && { value: value.trim() }),
        ...(score.trim() && { score: Number(score) }),
        ...(explanation.trim() && { explanation: explanation.trim() }),
        source: "human",
      }),
    onSuccess: () => {
      setName("");
      setValue("");
      setScore("");
      setExplanation("");
      announce("The label is added");
      reload();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() && !Number.isNaN(Number(score))) put.mutate();
  };
  return (
    <form className="labelform" onSubmit={submit}>
      <label>
        <span className="dim">Name</span>
        <input value={name} required maxLength={100} onChange={(event) => setName(event.target.value)} />
      </label>
      <label>
        <span className="dim">Value</span>
        <input value={value} maxLength={200} onChange={(event) => setValue(event.target.value)} />
      </label>
      <label>
        <span className="dim">Score</span>
        <input
          value={score}
          inputMode="decimal"
          pattern="-?[0-9]*\.?[0-9]*"
          title="A number"
          onChange={(event) => setScore(event.target.value)}
        />
      </label>
      <label className="whole">
        <span className="dim">Why</span>
        <input
          value={explanation}
          maxLength={1000}
          onChange={(event) => setExplanation(event.target.value)}
        />
      </label>
      {put.error && <p className="err-t whole">{put.error.message}</p>}
      <Button type="submit" small tone="primary" disabled={put.isPending || !name.trim()}>
        Add the label
      </Button>
    </form>
  );
}
