// Who saw or changed what, and when: for the privacy officer.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import { pagesOptions, rowsOf } from "@/api/pages.ts";
import { PageHead, Pagination } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { DateField, Select, TextField } from "@/kit/field.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { peopleByName, searchTrail, type TrailSearch } from "./data.ts";
import { TrailTable } from "./trail-table.tsx";

const kinds = [
  { value: "seen", label: "Opened a record" },
  { value: "revealed", label: "Showed who a patient is" },
  { value: "searched", label: "Searched" },
  { value: "submitted", label: "Submitted codes" },
  { value: "signed_in", label: "Signed in" },
  { value: "refused", label: "Was refused" },
];

export default function TrailPage() {
  const subject = useRef<HTMLInputElement>(null);
  const [search, setSearch] = useState<TrailSearch>({});
  const people = useQuery({ queryKey: ["list_people", "names"], queryFn: ({ signal }) => peopleByName(signal) });
  // What was looked for is remembered only while the page is open.
  const found = useInfiniteQuery({
    ...pagesOptions(["search_trail", search], (cursor, signal) => searchTrail({ ...search, cursor }, signal)),
    gcTime: 0,
  });
  const rows = rowsOf(found.data);

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const value = (name: string) => String(data.get(name) ?? "").trim() || undefined;
    const from = value("from");
    const to = value("to");
    setSearch({
      actor_id: value("actor_id"),
      subject_id: value("subject_id"),
      past: value("past"),
      from_at: from ? `${from}T00:00:00Z` : undefined,
      to_at: to ? `${to}T23:59:59Z` : undefined,
    });
  };

  return (
    <div className="cw-page">
      <PageHead
        title="Access trail"
        sub="Every change, and every view of an identifiable record; searching it is written down too"
      />
      <form className="cw-row cw-row--wide cw-row--end" onSubmit={submit}>
        <Select
          name="actor_id"
          label="Who"
          width="short"
          empty="Anyone"
          options={people.data?.items.map((person) => ({ value: person.person_id, label: person.name })) ?? []}
        />
        <Select name="past" label="Did what" width="short" empty="Anything" options={kinds} />
        <TextField
          name="subject_id"
          label="To which record"
          width="medium"
          mono
          maxLength={100}
          placeholder="id"
          ref={subject}
        />
        <DateField name="from" label="From" />
        <DateField name="to" label="To" />
        <Button type="submit" look="primary" busy={found.isFetching && !found.isFetchingNextPage}>
          Search
        </Button>
      </form>
      <div className="cw-section">
        {found.isPending ? <SkeletonRows label="Searching the trail" /> : null}
        {found.isError ? <ErrorState error={found.error} onRetry={() => found.refetch()} /> : null}
        {found.data && rows.length === 0 ? (
          <EmptyState title="Nothing on the trail fits">
            <p>Widen the dates, or leave a field empty.</p>
          </EmptyState>
        ) : null}
        {rows.length > 0 ? (
          <>
            <TrailTable
              rows={rows}
              onSubject={(id) => {
                if (subject.current) subject.current.value = id;
                setSearch((now) => ({ ...now, subject_id: id }));
              }}
            />
            <Pagination
              shown={rows.length}
              noun={rows.length === 1 ? "line" : "lines"}
              hasMore={found.hasNextPage}
              busy={found.isFetchingNextPage}
              onMore={() => found.fetchNextPage()}
            />
          </>
        ) : null}
      </div>
    </div>
  );
}
