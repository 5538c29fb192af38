/** The users of the workspace, page by page in the server's order: who was active last comes first. */

import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { get } from "@/api/client";
import type { User, UserList } from "@/api/schema";

const PAGE = 200;

export function useUsers(prefix: string) {
  const query = useInfiniteQuery({
    queryKey: ["users", prefix],
    queryFn: ({ pageParam, signal }) =>
      get<UserList>("/users", { q: prefix, limit: PAGE, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
    placeholderData: keepPreviousData,
    staleTime: 10_000,
    retry: false,
  });
  const { data } = query;
  const rows = useMemo((): User[] => data?.pages.flatMap((page) => page.users) ?? [], [data]);
  const first = data?.pages[0];
  return { ...query, rows, total: first?.total ?? null, totalIs: first?.total_is ?? null };
}
