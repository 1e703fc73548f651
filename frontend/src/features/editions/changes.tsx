import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { rowsOf } from "@/api/pages.ts";
import { Mono, None, Pagination, Tag, type Tone } from "@/kit/bits.tsx";
import { count } from "@/kit/numbers.ts";
import { EmptyState, ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { type Column, DataTable } from "@/kit/table.tsx";
import { Tabs } from "@/kit/tabs.tsx";
import { type Change, type ChangeKind, changePages, type Edition } from "./data.ts";

const route = getRouteApi("/signed-in/editions/$editionId");

const tones: Record<ChangeKind, Tone> = { added: "blue", changed: "amber", removed: "grey" };
const whats: Record<string, string> = {
  title: "title",
  leaf: "whether it is valid to code with",
  usage: "dagger or asterisk",
  sex: "sex",
  age: "age",
};

const columns: readonly Column<Change>[] = [
  {
    key: "kind",
    heading: "Change",
    width: "narrow",
    cell: (change) => <Tag tone={tones[change.kind]}>{change.kind}</Tag>,
  },
  { key: "code", heading: "Code", rowHeading: true, width: "narrow", cell: (change) => <Mono>{change.dotted}</Mono> },
  {
    key: "title",
    heading: "Title",
    width: "grow",
    cell: (change) => change.title ?? <span className="cw-quiet">{change.was_title}</span>,
  },
  {
    key: "was",
    heading: "What is different",
    cell: (change) =>
      change.kind !== "changed" ? (
        <None>{change.kind === "added" ? "new code" : "no longer there"}</None>
      ) : (
        <>
          {change.what.map((what) => whats[what] ?? what).join(", ")}
          {change.was_title && change.was_title !== change.title ? (
            <div className="cw-quiet">was: {change.was_title}</div>
          ) : null}
        </>
      ),
  },
];

export function Changes({ edition }: { edition: Edition }) {
  const { kind = "added" } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <section aria-label={`What is different from ${edition.compared_with}`}>
      <Tabs
        label="Changes"
        open={kind}
        onOpen={(key) => navigate({ search: { kind: key as ChangeKind }, replace: true })}
        tabs={(["added", "changed", "removed"] as const).map((each) => ({
          key: each,
          label: `${each.charAt(0).toUpperCase()}${each.slice(1)} (${count(edition[each])})`,
          panel: <ChangeList key={each} edition={edition} kind={each} />,
        }))}
      />
    </section>
  );
}

function ChangeList({ edition, kind }: { edition: Edition; kind: ChangeKind }) {
  const changes = useInfiniteQuery(changePages(edition.edition_id, kind));
  const rows = rowsOf(changes.data);
  if (changes.isPending) return <SkeletonRows />;
  if (changes.isError) return <ErrorState error={changes.error} onRetry={() => changes.refetch()} />;
  if (rows.length === 0) return <EmptyState title={`No code is ${kind}, compared with ${edition.compared_with}`} />;
  return (
    <>
      <DataTable caption={`Codes ${kind}`} columns={columns} rows={rows} keyOf={(change) => change.code} />
      <Pagination
        shown={rows.length}
        total={count(edition[kind])}
        noun="codes"
        hasMore={changes.hasNextPage}
        busy={changes.isFetchingNextPage}
        onMore={() => changes.fetchNextPage()}
      />
    </>
  );
}
