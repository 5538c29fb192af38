/** What stands in the place of rows while there are none: loading, an error, no match, or whatever an empty store says. */

import type { ReactNode } from "react";
import { Failure } from "@/ui/feedback";
import { NoMatch } from "./NoMatch";
import { conditions } from "./range";
import type { List, Source } from "./useList";
import type { ListAddress } from "./useListAddress";

export function Rows<Row>({
  address,
  list,
  source,
  loading,
  bare = false,
  empty,
  children,
}: {
  address: ListAddress;
  list: List<Row>;
  source: Source;
  /** The rows in grey. */
  loading: ReactNode;
  /** The store is known to hold nothing, whatever is left out of the list. */
  bare?: boolean;
  /** What an empty store says. */
  empty: ReactNode;
  children: ReactNode;
}) {
  const retry = () => void list.renew();
  if (list.error && list.rows.length === 0) return <Failure error={list.error} retry={retry} />;
  if (list.loading) return <>{loading}</>;
  if (list.rows.length > 0 || list.hasMore) return <>{children}</>;
  const isLimited =
    address.q !== "" || address.hiding !== "" || conditions(address.range, address.subject).length > 0;
  return isLimited && !bare ? <NoMatch address={address} source={source} /> : <>{empty}</>;
}
