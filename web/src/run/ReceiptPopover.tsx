/** The receipt: what is missing or odd, what each means, where it is, what to do; and how the run arrived. */

import { useMemo } from "react";
import * as format from "@/format";
import { IconButton } from "@/ui/button";
import { copyText } from "@/ui/copy";
import { Popover } from "@/ui/floating";
import { CopyIcon, OkIcon, ReceiptIcon, WarnIcon } from "@/ui/icons";
import { When } from "@/ui/values";
import { displayName, type Skeleton } from "@/trace/skeleton";
import { type Gap, gaps, receiptWord } from "./receipt";
import { isGrowing, nextOf, useRun, useRunStore } from "./store";

export function ReceiptPopover({
  open,
  onOpenChange,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  const run = useRun((state) => state.run);
  const growing = isGrowing(run);
  const found = useMemo(() => gaps(run, growing), [run, growing]);
  const word = receiptWord(found, growing);
  return (
    <Popover
      open={open}
      onOpenChange={onOpenChange}
      align="end"
      width={440}
      title={
        <>
          Receipt <span className="dim">{format.plural(run.trace.span_count, "span")}, all stored</span>
        </>
      }
      trigger={
        <button type="button" className={`fact btnl chip-receipt ${word.tone}`} title="Receipt (I)">
          <ReceiptIcon size={14} strokeWidth={1.5} className="i" aria-hidden />
          <span className="med">{word.text}</span>
        </button>
      }
    >
      {found.length === 0 && (
        <div className="gap">
          <OkIcon size={15} strokeWidth={1.5} className="ok-i" aria-hidden />
          <span className="med">Nothing is missing{growing && " so far"}</span>
          <span />
          <p>Every span that came names a parent that is here, ended, and was taken whole.</p>
        </div>
      )}
      {found.map((gap) => (
        <GapRow key={gap.key} gap={gap} run={run} />
      ))}
      <Arrival run={run} />
    </Popover>
  );
}

function GapRow({ gap, run }: { gap: Gap; run: Skeleton }) {
  return (
    <div className="gap">
      <span className={gap.missing ? "warn-t" : "dim"}>
        <WarnIcon size={15} strokeWidth={1.5} aria-hidden />
      </span>
      <span className="med">{gap.title}</span>
      {gap.spans.length > 0 ? <Where spans={gap.spans} run={run} /> : <span />}
      <p>{gap.meaning}</p>
      <p>
        {gap.remedy}
        {gap.setting && (
          <span className="setting">
            <code className="mono">{gap.setting}</code>
            <IconButton
              icon={CopyIcon}
              label="Copy the setting"
              onClick={() => void copyText(gap.setting!, "setting")}
            />
          </span>
        )}
      </p>
    </div>
  );
}

/** Leads to the span, or from one to the next. */
function Where({ spans, run }: { spans: number[]; run: Skeleton }) {
  const store = useRunStore();
  const selected = useRun((state) => state.selected);
  const at = spans.indexOf(selected);
  const text =
    spans.length === 1
      ? format.cut(displayName(run, spans[0]!), 24)
      : at >= 0
        ? `${at + 1} of ${format.count(spans.length)}, next`
        : format.plural(spans.length, "span");
  return (
    <button
      type="button"
      className="a"
      onClick={() => store.getState().goTo(nextOf(spans, at < 0 ? -1 : selected, 1))}
    >
      <bdi>{text}</bdi>
    </button>
  );
}

function Arrival({ run }: { run: Skeleton }) {
  const { trace, receipt } = run;
  const { duplicates, open_spans } = receipt;
  return (
    <dl className="arrival">
      <dt>Duplicates</dt>
      <dd>
        {duplicates > 0
          ? `${format.plural(duplicates, "span")} received again or in parts, counted once`
          : "none"}
      </dd>
      <dt>Open spans</dt>
      <dd>{open_spans > 0 ? format.count(open_spans) : "none"}</dd>
      <dt>First arrival</dt>
      <dd title={format.instant(trace.arrived_nanos)}>
        {delay(trace.start_nanos, trace.arrived_nanos)} after the start
      </dd>
      <dt>Last arrival</dt>
      <dd>
        <When nanos={trace.last_arrival_nanos} />
        {trace.end_nanos && `, ${delay(trace.end_nanos, trace.last_arrival_nanos)} after the end`}
      </dd>
    </dl>
  );
}

function delay(from: string, to: string): string {
  return format.duration(Number(BigInt(to) - BigInt(from)));
}
