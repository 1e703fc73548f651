// Lists are keyset pages: there is a next one, or there is not.
import { infiniteQueryOptions } from "@tanstack/react-query";

type KeysetPage<Item> = { items: Item[]; next: string | null };

/** Options of an infinite query; `rowsOf` gives all rows read so far. */
export function pagesOptions<Item, Page extends KeysetPage<Item> = KeysetPage<Item>>(
  queryKey: readonly unknown[],
  read: (cursor: string | undefined, signal: AbortSignal) => Promise<Page>,
) {
  return infiniteQueryOptions({
    queryKey,
    queryFn: ({ pageParam, signal }) => read(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last: Page) => last.next ?? undefined,
  });
}

export function rowsOf<Item>(data: { pages: KeysetPage<Item>[] } | undefined): Item[] {
  return data?.pages.flatMap((page) => page.items) ?? [];
}
