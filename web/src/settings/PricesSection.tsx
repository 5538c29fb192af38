/** What a million tokens of a model cost: the shipped table, and one's own rows, which go before it. */

import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useDeferredValue, useState } from "react";
import { get, send } from "@/api/client";
import type { Price, PriceList, Repriced } from "@/api/schema";
import { announce } from "@/app/announce";
import { may, useSession } from "@/app/session";
import { count, cut, instant } from "@/format";
import { Button } from "@/ui/button";
import { Failure, LoadingRows } from "@/ui/feedback";
import { Dialog } from "@/ui/floating";
import { PlusIcon } from "@/ui/icons";
import { Field, Heading, Rows, useChange } from "./Section";

const RATES = [
  { name: "input", label: "Input", required: true },
  { name: "output", label: "Output", required: false },
  { name: "cache_read", label: "Cache read", required: false },
  { name: "cache_write", label: "Cache write", required: false },
  { name: "reasoning", label: "Reasoning", required: false },
] as const;
/** Rows that are shown; the rest is found by name. */
const SHOWN_MAX = 200;

export function PricesSection() {
  const [text, setText] = useState("");
  const [own, setOwn] = useState(false);
  const [asking, setAsking] = useState(false);
  const asked = useDeferredValue(text.trim());
  const session = useSession();
  // The table is the instance's; working out costs anew is a matter of the workspace.
  const setsPrices = session.data?.operator ?? false;
  const prices = useQuery({
    queryKey: ["prices", asked, own],
    queryFn: ({ signal }) => get<PriceList>("/prices", { q: asked, own: own || null }, signal),
    placeholderData: (before) => before,
  });
  const remove = useChange(
    (price: Price) =>
      send("DELETE", "/prices", {
        model: price.model,
        provider: price.provider,
        from_nanos: price.from_nanos,
      }),
    "prices",
    "audit",
  );
  return (
    <>
      <Heading
        title="Prices"
        lead="In US dollars for a million tokens. Your own rows go before the shipped ones. A run keeps the cost that it was given when it came, until costs are worked out anew."
        action={
          setsPrices && (
            <Button tone="primary" icon={PlusIcon} onClick={() => setAsking(true)}>
              Own price
            </Button>
          )
        }
      />
      <div className="row set-add">
        <input
          className="field"
          type="search"
          aria-label="Part of a model's name"
          placeholder="Model"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <label className="check">
          <input type="checkbox" checked={own} onChange={(event) => setOwn(event.target.checked)} /> only own
          ones
        </label>
        <span className="grow" />
        {may(session.data, "admin") && <Reprice />}
      </div>
      {prices.isPending && <LoadingRows rows={8} height={38} />}
      {prices.isError && <Failure error={prices.error} retry={() => void prices.refetch()} />}
      {prices.data && (
        <>
          <Rows<Price>
            label="Prices"
            columns="minmax(0,2fr) minmax(0,1fr) 64px 64px 78px 78px 72px"
            head={["Model", "Provider", "Input", "Output", "Cache read", "Cache write", ""]}
            rows={prices.data.prices.slice(0, SHOWN_MAX)}
            id={(price) => `${price.model} ${price.provider} ${price.from_nanos} ${price.shipped}`}
            row={(price) => [
              <bdi className="med" title={price.from_nanos ? `from ${instant(price.from_nanos)}` : undefined}>
                {cut(price.model)}
              </bdi>,
              <bdi className="mut">{cut(price.provider ?? "any")}</bdi>,
              price.rates.input,
              price.rates.output ?? "–",
              price.rates.cache_read ?? "–",
              price.rates.cache_write ?? "–",
              price.shipped ? (
                <span className="dim">shipped</span>
              ) : (
                setsPrices && (
                  <Button small tone="danger" onClick={() => remove.mutate(price)}>
                    Remove
                  </Button>
                )
              ),
            ]}
            empty={own ? "No price of your own yet." : "No model is called that. Put in a price of your own."}
          />
          <p className="guide-note">
            {Math.min(SHOWN_MAX, prices.data.prices.length)} of {count(prices.data.prices.length)} shown;
            table of {prices.data.version}.
          </p>
        </>
      )}
      <NewPrice open={asking} onClose={() => setAsking(false)} />
    </>
  );
}

/** Works out the costs of past runs anew, page by page. */
function Reprice() {
  const [done, setDone] = useState<{ traces: number; changed: number } | null>(null);
  const reprice = useChange(
    async () => {
      let cursor: string | null = null;
      let traces = 0;
      let changed = 0;
      do {
        const page: Repriced = await send<Repriced>("POST", "/reprice", { cursor });
        traces += page.traces;
        changed += page.changed;
        cursor = page.next_cursor;
        setDone({ traces, changed });
      } while (cursor !== null);
      announce(`Costs of ${count(traces)} runs were worked out anew, ${count(changed)} changed`);
    },
    "stats",
    "traces",
    "agents",
  );
  return (
    <Button onClick={() => reprice.mutate(undefined)} disabled={reprice.isPending}>
      {reprice.isPending ? `${count(done?.traces ?? 0)} runs so far…` : "Work out past costs anew"}
    </Button>
  );
}

function NewPrice({ open, onClose }: { open: boolean; onClose: () => void }) {
  const [model, setModel] = useState("");
  const [provider, setProvider] = useState("");
  const [rates, setRates] = useState<Record<string, string>>({});
  const put = useChange(
    () =>
      send("PUT", "/prices", {
        model: model.trim(),
        provider: provider.trim() || null,
        mode: "chat",
        rates: Object.fromEntries(Object.entries(rates).filter(([, rate]) => rate.trim() !== "")),
      }),
    "prices",
    "audit",
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    put.mutate(undefined, {
      onSuccess: () => {
        setModel("");
        setProvider("");
        setRates({});
        onClose();
      },
    });
  };
  return (
    <Dialog open={open} onOpenChange={(next) => !next && onClose()} title="Own price" className="ask">
      <form onSubmit={submit}>
        <Field label="Model" note="As senders write it.">
          <input
            className="field"
            value={model}
            onChange={(event) => setModel(event.target.value)}
            required
            autoFocus
            maxLength={200}
          />
        </Field>
        <Field label="Provider" note="Left empty it holds for any.">
          <input
            className="field"
            value={provider}
            onChange={(event) => setProvider(event.target.value)}
            maxLength={200}
          />
        </Field>
        <div className="setrates">
          {RATES.map(({ name, label, required }) => (
            <Field key={name} label={label}>
              <input
                className="field"
                inputMode="decimal"
                pattern="[0-9]+([.][0-9]+)?"
                title="Dollars for a million tokens, such as 1.25"
                required={required}
                value={rates[name] ?? ""}
                onChange={(event) => setRates({ ...rates, [name]: event.target.value })}
              />
            </Field>
          ))}
        </div>
        {put.isError && (
          <p className="err-t" role="alert">
            {put.error.message}
          </p>
        )}
        <div className="row acts">
          <Button onClick={onClose}>Cancel</Button>
          <Button tone="primary" type="submit" disabled={put.isPending}>
            Put it in
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
