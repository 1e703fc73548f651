import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useMay } from "@/api/me.ts";
import { rowsOf } from "@/api/pages.ts";
import { Mono, None, PageHead, Pagination, Tag } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { day, instantNear, londonDay } from "@/kit/dates.ts";
import { useShortcut } from "@/kit/keyboard.ts";
import { EmptyState, ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { type Column, DataTable } from "@/kit/table.tsx";
import { AddClient } from "./add-client.tsx";
import { type ApiClient, clientPages } from "./data.ts";
import { RevokeClient, RotateClient } from "./key-dialogs.tsx";
import { scopeLabel } from "./scopes.ts";

type Asking = { what: "add" } | { what: "rotate" | "revoke"; client: ApiClient };

export default function ApiClientsPage() {
  const may = useMay();
  const clients = useInfiniteQuery(clientPages);
  const rows = rowsOf(clients.data);
  const [asking, setAsking] = useState<Asking | null>(null);
  const mayAdd = may("api_client:add");
  useShortcut({
    keys: "Alt+A",
    label: "Add an API client",
    group: "API clients",
    enabled: mayAdd,
    onPress: () => setAsking({ what: "add" }),
  });

  const columns: Column<ApiClient>[] = [
    { key: "name", heading: "Name", rowHeading: true, cell: (client) => client.name },
    { key: "scopes", heading: "For", cell: (client) => client.scopes.map(scopeLabel).join(", ") },
    { key: "key", heading: "Key", nowrap: true, cell: (client) => <Mono>cwk_{client.key_id}_…</Mono> },
    {
      key: "used",
      heading: "Last used",
      align: "right",
      nowrap: true,
      cell: (client) => (client.last_used_at ? instantNear(client.last_used_at) : <None>never</None>),
    },
    {
      key: "expires",
      heading: "Expires",
      align: "right",
      nowrap: true,
      cell: (client) => (client.expires_at ? day(londonDay(client.expires_at)) : <None>does not</None>),
    },
    {
      key: "state",
      heading: "State",
      cell: (client) => (
        <>
          <Tag tone={client.state === "active" ? "green" : client.state === "expired" ? "amber" : "grey"}>
            {client.state}
          </Tag>
          {client.former_until ? (
            <div className="cw-quiet">former key works until {instantNear(client.former_until)}</div>
          ) : null}
        </>
      ),
    },
    {
      key: "acts",
      heading: <span className="cw-hidden">What can be done</span>,
      nowrap: true,
      cell: (client) =>
        client.state === "revoked" ? null : (
          <div className="cw-row">
            {may("api_client:rotate") ? (
              <Button look="link" onClick={() => setAsking({ what: "rotate", client })}>
                New key<span className="cw-hidden"> for {client.name}</span>
              </Button>
            ) : null}
            {may("api_client:revoke") ? (
              <Button look="link" onClick={() => setAsking({ what: "revoke", client })}>
                Revoke<span className="cw-hidden"> {client.name}</span>
              </Button>
            ) : null}
          </div>
        ),
    },
  ];

  return (
    <div className="cw-page">
      <PageHead
        title="API clients"
        sub="Other systems that send to Codewell or read from it, each with a key of its own"
        actions={
          mayAdd ? (
            <Button look="primary" keys="Alt+A" onClick={() => setAsking({ what: "add" })}>
              Add an API client
            </Button>
          ) : undefined
        }
      />
      {clients.isPending ? <SkeletonRows rows={4} /> : null}
      {clients.isError ? <ErrorState error={clients.error} onRetry={() => clients.refetch()} /> : null}
      {clients.data && rows.length === 0 ? (
        <EmptyState title="No system has a key yet">
          <p>The PAS needs one with the scope Intake before it can send episodes.</p>
        </EmptyState>
      ) : null}
      {rows.length > 0 ? (
        <>
          <DataTable
            caption="API clients"
            columns={columns}
            rows={rows}
            keyOf={(client) => client.client_id}
            toneOf={(client) => (client.state === "revoked" ? "quiet" : undefined)}
          />
          <Pagination
            shown={rows.length}
            noun={rows.length === 1 ? "client" : "clients"}
            hasMore={clients.hasNextPage}
            busy={clients.isFetchingNextPage}
            onMore={() => clients.fetchNextPage()}
          />
        </>
      ) : null}
      {asking?.what === "add" ? <AddClient onClose={() => setAsking(null)} /> : null}
      {asking?.what === "rotate" ? <RotateClient client={asking.client} onClose={() => setAsking(null)} /> : null}
      {asking?.what === "revoke" ? <RevokeClient client={asking.client} onClose={() => setAsking(null)} /> : null}
    </div>
  );
}
