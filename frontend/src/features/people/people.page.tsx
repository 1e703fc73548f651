import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { useMay } from "@/api/me.ts";
import { rowsOf } from "@/api/pages.ts";
import { Mono, None, PageHead, Pagination, Tag } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { instantNear } from "@/kit/dates.ts";
import { FilterBar, FilterSelect } from "@/kit/filter-bar.tsx";
import { useShortcut } from "@/kit/keyboard.ts";
import { EmptyState, ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { type Column, DataTable } from "@/kit/table.tsx";
import { AddPerson } from "./add-person.tsx";
import { type Person, peoplePages } from "./data.ts";
import { roles } from "./roles.ts";

const route = getRouteApi("/signed-in/people");

const columns: readonly Column<Person>[] = [
  {
    key: "name",
    heading: "Name",
    rowHeading: true,
    cell: (person) => (
      <Link to="/people/$personId" params={{ personId: person.person_id }}>
        {person.name}
      </Link>
    ),
  },
  { key: "username", heading: "User name", cell: (person) => <Mono>{person.username}</Mono> },
  { key: "roles", heading: "Roles", cell: (person) => person.role_label },
  {
    key: "ref",
    heading: "Coder reference",
    cell: (person) => (person.coder_ref ? <Mono>{person.coder_ref}</Mono> : <None />),
  },
  {
    key: "way",
    heading: "Signs in with",
    cell: (person) => person.issuer?.label ?? (person.has_password ? "a local password" : <None>nothing yet</None>),
  },
  {
    key: "last",
    heading: "Last signed in",
    align: "right",
    nowrap: true,
    cell: (person) => (person.signed_in_at ? instantNear(person.signed_in_at) : <None>never</None>),
  },
  {
    key: "state",
    heading: "State",
    cell: (person) => (person.active ? <Tag tone="green">active</Tag> : <Tag>deactivated</Tag>),
  },
];

export default function PeoplePage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const may = useMay();
  const [adding, setAdding] = useState(false);
  const role = roles.find((each) => each.role === search.role)?.role;
  const people = useInfiniteQuery(peoplePages({ active: search.state ? search.state === "active" : undefined, role }));
  const rows = rowsOf(people.data);
  const mayAdd = may("person:add");
  useShortcut({
    keys: "Alt+A",
    label: "Add a person",
    group: "People",
    enabled: mayAdd,
    onPress: () => setAdding(true),
  });

  return (
    <div className="cw-page">
      <PageHead
        title="People"
        sub="Who may sign in here, and as what"
        actions={
          mayAdd ? (
            <Button look="primary" keys="Alt+A" onClick={() => setAdding(true)}>
              Add a person
            </Button>
          ) : undefined
        }
      />
      <FilterBar>
        <FilterSelect
          label="State"
          any="Any"
          value={search.state}
          options={[
            { value: "active", label: "Active" },
            { value: "deactivated", label: "Deactivated" },
          ]}
          onChange={(state) => navigate({ search: (now) => ({ ...now, state: state as typeof search.state }) })}
        />
        <FilterSelect
          label="Role"
          any="Any"
          value={search.role}
          options={roles.map((each) => ({ value: each.role, label: each.label }))}
          onChange={(chosen) => navigate({ search: (now) => ({ ...now, role: chosen }) })}
        />
      </FilterBar>
      {people.isPending ? <SkeletonRows /> : null}
      {people.isError ? <ErrorState error={people.error} onRetry={() => people.refetch()} /> : null}
      {people.data && rows.length === 0 ? (
        <EmptyState title="No one fits these filters">
          <p>Choose another state or role.</p>
        </EmptyState>
      ) : null}
      {rows.length > 0 ? (
        <>
          <DataTable
            caption="People of this Trust"
            columns={columns}
            rows={rows}
            keyOf={(person) => person.person_id}
            toneOf={(person) => (person.active ? undefined : "quiet")}
          />
          <Pagination
            shown={rows.length}
            noun={rows.length === 1 ? "person" : "people"}
            hasMore={people.hasNextPage}
            busy={people.isFetchingNextPage}
            onMore={() => people.fetchNextPage()}
          />
        </>
      ) : null}
      {adding ? <AddPerson onClose={() => setAdding(false)} /> : null}
    </div>
  );
}
