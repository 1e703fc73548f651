import { QueryClient } from "@tanstack/react-query";
import { expect, it } from "vitest";
import { refreshAudit, signOffQuery } from "./send-findings.tsx";

it("asks anew whether an audit may be signed, and of that audit alone", () => {
  const client = new QueryClient();
  const [one, other] = [signOffQuery("one").queryKey, signOffQuery("other").queryKey];
  client.setQueryData(one as readonly unknown[], {});
  client.setQueryData(other as readonly unknown[], {});
  refreshAudit(client, "one");
  expect([one, other].map((key) => client.getQueryState(key)?.isInvalidated)).toEqual([true, false]);
});
