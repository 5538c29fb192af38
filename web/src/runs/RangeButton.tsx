/** The time range: by name, or exactly from and to. */

import { type FormEvent, useState } from "react";
import { useNow } from "@/app/clock";
import type { Search } from "@/app/address";
import { millis } from "@/format";
import { Button } from "@/ui/button";
import { Popover } from "@/ui/floating";
import { CheckIcon, ClockIcon } from "@/ui/icons";
import { fieldOf, lengthOf, nanosOf, PRESETS, type Range, rangeLabel } from "./range";

export function RangeButton({
  range,
  onChange,
}: {
  range: Range;
  onChange: (part: Partial<Pick<Search, "range" | "from" | "to">>) => void;
}) {
  const now = useNow();
  const [open, setOpen] = useState(false);
  const label = rangeLabel(range, now);
  const exact = range.from !== null || range.to !== null;
  const pick = (id: string) => {
    onChange({ range: id, from: undefined, to: undefined });
    setOpen(false);
  };
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      align="end"
      width={280}
      title="Time range"
      trigger={
        <Button icon={ClockIcon} aria-label={`Time range: ${label}`}>
          {label}
        </Button>
      }
    >
      <div className="menu" role="menu">
        {PRESETS.map((preset) => (
          <button
            type="button"
            key={preset.id}
            role="menuitemradio"
            aria-checked={!exact && range.around === preset.id}
            className="mi choice"
            onClick={() => pick(preset.id)}
          >
            <span className="grow">{preset.label}</span>
            {!exact && range.around === preset.id && <CheckIcon size={14} strokeWidth={1.8} aria-hidden />}
          </button>
        ))}
      </div>
      <Exact
        key={`${range.from} ${range.to} ${open}`}
        range={range}
        onChange={(part) => {
          onChange(part);
          setOpen(false);
        }}
      />
    </Popover>
  );
}

function Exact({
  range,
  onChange,
}: {
  range: Range;
  onChange: (part: Partial<Pick<Search, "range" | "from" | "to">>) => void;
}) {
  const length = lengthOf(range.around) ?? 86_400_000;
  const [from, setFrom] = useState(() => fieldOf(range.from ? millis(range.from) : Date.now() - length));
  const [to, setTo] = useState(() => (range.to ? fieldOf(millis(range.to)) : ""));
  const start = Date.parse(from);
  const end = to === "" ? null : Date.parse(to);
  const wrong = Number.isNaN(start)
    ? "Say when it begins"
    : end !== null && !(end > start)
      ? "The end is before the beginning"
      : "";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!wrong) onChange({ from: nanosOf(start), to: end === null ? undefined : nanosOf(end) });
  };
  return (
    <form className="exact" onSubmit={submit}>
      <label>
        <span>From</span>
        <input
          type="datetime-local"
          step={1}
          className="field"
          value={from}
          onChange={(e) => setFrom(e.target.value)}
        />
      </label>
      <label>
        <span>To</span>
        <input
          type="datetime-local"
          step={1}
          className="field"
          value={to}
          onChange={(e) => setTo(e.target.value)}
        />
      </label>
      <p className="dim">
        {wrong || (to === "" ? "Without an end it goes to now" : "In your own time zone")}
      </p>
      <button type="submit" className="btn primary" disabled={wrong !== ""}>
        Show this range
      </button>
    </form>
  );
}
