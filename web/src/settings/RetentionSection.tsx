/** How long runs are kept, and receipts of what was removed. */

import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { get, send } from "@/api/client";
import type { Retention, RetentionReceipt, RetentionRun, Setting } from "@/api/schema";
import { announce } from "@/app/announce";
import { useSession } from "@/app/session";
import { count, cut, plural } from "@/format";
import { Button, IconButton } from "@/ui/button";
import { Failure, LoadingRows } from "@/ui/feedback";
import { CloseIcon, PlusIcon } from "@/ui/icons";
import { When } from "@/ui/values";
import { Field, Heading, Rows, useChange } from "./Section";

interface Rule {
  name: string;
  filter: string;
  days: number;
}

const GIGABYTE = 1e9;

export function RetentionSection() {
  const session = useSession();
  const retention = useQuery({
    queryKey: ["retention"],
    queryFn: ({ signal }) => get<Retention>("/retention", {}, signal),
  });
  const run = useChange(
    async () => {
      const answer = await send<RetentionRun>("POST", "/retention/run");
      announce(`${plural(answer.trace_count, "run")} removed`);
    },
    "retention",
    "traces",
    "stats",
  );
  const setting = (name: string) => retention.data?.settings.find((known) => known.name === name);
  return (
    <>
      <Heading
        title="Retention"
        lead="Runs are removed whole, with every byte. What nobody set is kept for ever."
        action={
          <Button onClick={() => run.mutate(undefined)} disabled={run.isPending}>
            {run.isPending ? "Removing…" : "Remove what is due now"}
          </Button>
        }
      />
      {retention.isPending && <LoadingRows rows={4} height={38} />}
      {retention.isError && <Failure error={retention.error} retry={() => void retention.refetch()} />}
      {retention.data && (
        <>
          <NumberSetting setting={setting("retention.days")} label="Days" unit="days" scale={1} />
          {session.data?.operator && (
            <NumberSetting
              setting={setting("retention.max_bytes")}
              label="Size of the store"
              unit="GB"
              scale={GIGABYTE}
            />
          )}
          <Rules setting={setting("retention.rules")} />
          <Heading title="What was removed" />
          <Rows<RetentionReceipt>
            label="Receipts"
            columns="100px minmax(0,1.4fr) 90px 90px 110px 110px"
            head={["When", "Rule", "Runs", "Spans", "Oldest", "Newest"]}
            rows={retention.data.receipts}
            id={(receipt) => `${receipt.ran_nanos} ${receipt.rule}`}
            row={(receipt) => [
              <When nanos={receipt.ran_nanos} />,
              <bdi>{cut(receipt.rule)}</bdi>,
              count(receipt.trace_count),
              count(receipt.span_count),
              <When nanos={receipt.oldest_nanos} />,
              <When nanos={receipt.newest_nanos} />,
            ]}
            empty="Nothing was removed yet."
          />
        </>
      )}
    </>
  );
}

function useSetting() {
  return useChange(
    (change: { name: string; value: unknown }) => send("PUT", "/settings", change),
    "retention",
    "audit",
  );
}

/** A number or none; locked where it is set from outside. */
function NumberSetting({
  setting,
  label,
  unit,
  scale,
}: {
  setting: Setting | undefined;
  label: string;
  unit: string;
  scale: number;
}) {
  const stored = typeof setting?.value === "number" ? String(setting.value / scale) : "";
  const [typed, setTyped] = useState<string | null>(null);
  const change = useSetting();
  if (!setting) return null;
  const text = typed ?? stored;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const value = text.trim() === "" ? null : Math.round(Number(text) * scale);
    change.mutate({ name: setting.name, value }, { onSuccess: () => setTyped(null) });
  };
  return (
    <form className="setrow" onSubmit={submit}>
      <Field
        label={label}
        note={setting.locked ? "Set from outside: a file, the environment or a flag." : `${setting.about}.`}
        after={
          <>
            <span className="mut">{unit}</span>
            <Button
              type="submit"
              disabled={setting.locked || typed === null || typed === stored || change.isPending}
            >
              Save
            </Button>
          </>
        }
      >
        <input
          className="field short"
          type="number"
          min={0}
          step="any"
          placeholder="no limit"
          value={text}
          disabled={setting.locked}
          onChange={(event) => setTyped(event.target.value)}
        />
      </Field>
    </form>
  );
}

/** Filters with days of their own. */
function Rules({ setting }: { setting: Setting | undefined }) {
  const [fresh, setFresh] = useState<Rule>({ name: "", filter: "", days: 30 });
  const change = useSetting();
  if (!setting) return null;
  const rules = Array.isArray(setting.value) ? (setting.value as Rule[]) : [];
  const save = (next: Rule[], done?: () => void) =>
    change.mutate({ name: setting.name, value: next.length > 0 ? next : null }, { onSuccess: done });
  const add = (event: FormEvent) => {
    event.preventDefault();
    save([...rules, { ...fresh, name: fresh.name.trim(), filter: fresh.filter.trim() }], () =>
      setFresh({ name: "", filter: "", days: 30 }),
    );
  };
  return (
    <>
      <Heading
        title="Rules"
        lead="Runs that meet a filter are removed after days of their own: label:smoke-test after 2, for instance."
      />
      <Rows<Rule>
        label="Rules"
        columns="minmax(0,1fr) minmax(0,2fr) 80px 44px"
        head={["Name", "Filter", "Days", ""]}
        rows={rules}
        id={(rule) => rule.name}
        row={(rule) => [
          <bdi className="med">{cut(rule.name)}</bdi>,
          <bdi className="mono">{cut(rule.filter)}</bdi>,
          count(rule.days),
          !setting.locked && (
            <IconButton
              icon={CloseIcon}
              label={`Remove the rule ${cut(rule.name, 60)}`}
              onClick={() => save(rules.filter((other) => other !== rule))}
            />
          ),
        ]}
        empty="No rule."
      />
      {!setting.locked && (
        <form className="row set-add" onSubmit={add}>
          <input
            className="field"
            aria-label="Name of the rule"
            placeholder="Name"
            required
            value={fresh.name}
            onChange={(event) => setFresh({ ...fresh, name: event.target.value })}
          />
          <input
            className="field mono"
            aria-label="Filter of the rule"
            placeholder="label:smoke-test"
            required
            value={fresh.filter}
            onChange={(event) => setFresh({ ...fresh, filter: event.target.value })}
          />
          <input
            className="field short"
            aria-label="Days"
            type="number"
            min={0}
            required
            value={fresh.days}
            onChange={(event) => setFresh({ ...fresh, days: Number(event.target.value) })}
          />
          <Button type="submit" icon={PlusIcon} disabled={change.isPending}>
            Add
          </Button>
        </form>
      )}
    </>
  );
}
