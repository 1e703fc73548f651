import { QueryClient } from "@tanstack/react-query";
import { expect, it } from "vitest";
import { faultGroupsQuery, faultPages, refreshAfterFile } from "./data.ts";

it("asks anew what was not taken in, by reason and row by row, once a file is in", () => {
  const client = new QueryClient();
  const keys = [faultGroupsQuery({ state: "open" }).queryKey, faultPages({ state: "open" }).queryKey];
  for (const key of keys) client.setQueryData(key as readonly unknown[], {});
  refreshAfterFile(client);
  for (const key of keys) expect(client.getQueryState(key)?.isInvalidated, String(key[0])).toBe(true);
});
