/** What the list below the search field offers: fields and operators from the schema, values from the server. */

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { ApiError, get } from "@/api/client";
import type { Stats } from "@/api/schema";
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
/** Fields by which /stats can group: where values come from on a server without /filter-values. */
const GROUPS = ["agent", "model", "tool", "name", "status"];

interface Value {
  value: string;
  count: number | null;
}

async function ask(field: string, prefix: string, subject: string, signal: AbortSignal): Promise<Value[]> {
  try {
    const answer = await get<{ values: Value[] }>(
      "/filter-values",
      { field, prefix, subject, limit: SHOWN },
      signal,
    );
    return answer.values;
  } catch (error) {
    if (!(error instanceof ApiError && (error.notFound || error.status === 400))) throw error;
    if (!GROUPS.includes(field)) return [];
    const stats = await get<Stats>("/stats", { group_by: field, limit: 200 }, signal);
    return stats.rows
      .map((row) => ({ value: row.agent ?? row.group[0] ?? "", count: row.count }))
      .filter(({ value }) => value !== "" && value.toLowerCase().startsWith(prefix.toLowerCase()));
  }
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
    enabled: asking && isOpen && ["text", "open"].includes(context?.field?.type ?? ""),
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
