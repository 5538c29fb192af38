/** What the list below the search field offers: fields and operators from the schema, values from the server. */

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { get } from "@/api/client";
import {
  closedValues,
  type Completion,
  type Context,
  contextAt,
  fieldCompletions,
  type FilterSchema,
  operatorCompletions,
  valueCompletion,
} from "@/query/complete";
import { OPERATOR_WORDS } from "@/query/words";

const SHOWN = 20;
interface Value {
  value: string;
  count: number | null;
}

async function ask(field: string, prefix: string, subject: string, signal: AbortSignal): Promise<Value[]> {
  const answer = await get<{ values: Value[] }>(
    "/filter-values",
    { field, prefix, subject, limit: SHOWN },
    signal,
  );
  return answer.values;
}

export interface Offered {
  context: Context | null;
  items: Completion[];
  loading: boolean;
}

/** What may stand at the caret. `asking` false asks the server nothing. */
export function useCompletion(before: string, schema: FilterSchema | undefined, asking: boolean): Offered {
  const context = useMemo(() => (schema ? contextAt(before, schema) : null), [before, schema]);
  const closed = context?.stage === "value" ? closedValues(context) : [];
  const isOpen = context?.stage === "value" && (context.field?.values.length ?? 0) === 0;
  const field = context?.stage === "value" ? (context.field?.name ?? context.name) : "";
  const prefix = context?.stage === "value" ? context.prefix.replace(/\*$/, "") : "";
  const values = useQuery({
    queryKey: ["filter-values", field, prefix, schema?.subject],
    queryFn: ({ signal }) => ask(field, prefix, schema?.subject ?? "trace", signal),
    enabled: asking && isOpen && context?.field?.type === "text",
    staleTime: 30_000,
    retry: false,
  });
  const items = useMemo(() => {
    if (!context || !schema) return [];
    if (context.stage === "field") return fieldCompletions(context, schema);
    if (context.stage === "operator") return operatorCompletions(context, OPERATOR_WORDS);
    const known = (values.data ?? []).map(({ value, count }) => valueCompletion(value, count));
    return [...known, ...closed.filter((one) => !known.some((other) => other.label === one.label))];
    // `closed` follows from the context.
  }, [context, schema, values.data]);
  return {
    context,
    items: items.slice(0, context?.stage === "field" ? 60 : SHOWN),
    loading: values.isFetching,
  };
}
