// Who saw or changed what, and when: for the privacy officer.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { pagesOptions, rowsOf } from "@/api/pages.ts";
import { Problem } from "@/api/problem.ts";
import { PageHead, Pagination } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { DateField } from "@/kit/date-field.tsx";
import { Select, TextField } from "@/kit/field.tsx";
import { useFormRefusal } from "@/kit/form.ts";
import { EmptyState, ErrorState, ErrorSummary, SkeletonRows } from "@/kit/states.tsx";
import { peopleByName, searchTrail, type TrailSearch } from "./data.ts";
import { TrailTable } from "./trail-table.tsx";
import "./trail.scss";

const kinds = [
  { value: "seen", label: "Opened a record" },
  { value: "revealed", label: "Showed who a patient is" },
  { value: "searched", label: "Searched" },
  { value: "submitted", label: "Submitted codes" },
  { value: "signed_in", label: "Signed in" },
  { value: "refused", label: "Was refused" },
];

export default function TrailPage() {
  const form = useRef<HTMLFormElement>(null);
  const refusal = useFormRefusal(["record", "from_on", "to_on"]);
  const [about, setAbout] = useState<string | null>(null);
  const [search, setSearch] = useState<TrailSearch>({});
  const people = useQuery({ queryKey: ["list_people", "names"], queryFn: ({ signal }) => peopleByName(signal) });
  // What was looked for is remembered only while the page is open.
  const found = useInfiniteQuery({
    ...pagesOptions(["search_trail", search], (cursor, signal) => searchTrail({ ...search, cursor }, signal)),
    gcTime: 0,
  });
  const rows = rowsOf(found.data);
  const understood = about ?? found.data?.pages[0]?.about;

  const { refuse, clear } = refusal;
  useEffect(() => {
    if (found.error instanceof Problem && found.error.slug === "no-such-record") {
      refuse({ errors: [{ pointer: "/body/record", detail: found.error.title }] });
    } else if (found.error instanceof Problem && found.error.errors.length > 0) refuse(found.error);
    else clear();
  }, [found.error, refuse, clear]);

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const value = (name: string) => String(data.get(name) ?? "").trim() || undefined;
    setAbout(null);
    setSearch({
      actor_id: value("actor_id"),
      record: value("record"),
      past: value("past"),
      from_on: value("from_on"),
      to_on: value("to_on"),
    });
  };

  return (
    <div className="cw-page trail">
      <PageHead
        title="Access trail"
        sub="Every change, and every view of an identifiable record; searching it is written down too"
      />
      <div className="cw-stack cw-stack--wide">
        <ErrorSummary errors={refusal.summary} />
        <form className="cw-row cw-row--wide cw-row--end" onSubmit={submit} ref={form} noValidate>
          <Select
            name="actor_id"
            label="Who"
            width="short"
            empty="Anyone"
            options={people.data?.items.map((person) => ({ value: person.person_id, label: person.name })) ?? []}
          />
          <Select name="past" label="Did what" width="short" empty="Anything" options={kinds} />
          <TextField
            id={refusal.idOf("record")}
            name="record"
            label="To which record"
            hint="NHS number, local id or spell number"
            width="medium"
            mono
            maxLength={100}
            error={refusal.errorOf("record")}
          />
          <DateField id={refusal.idOf("from_on")} name="from_on" label="From" error={refusal.errorOf("from_on")} />
          <DateField id={refusal.idOf("to_on")} name="to_on" label="To" error={refusal.errorOf("to_on")} />
          <Button type="submit" look="primary" busy={found.isFetching && !found.isFetchingNextPage}>
            Search
          </Button>
        </form>
      </div>
      <div className="cw-section">
        {found.isPending ? <SkeletonRows label="Searching the trail" /> : null}
        {understood && !found.isError ? (
          <p className="cw-row">
            <span>
              About <strong>{understood}</strong>
            </span>
            {about ? (
              <Button
                look="link"
                onClick={() => {
                  setAbout(null);
                  setSearch((now) => ({ ...now, subject_id: undefined }));
                }}
              >
                Show all records
              </Button>
            ) : null}
          </p>
        ) : null}
        {found.isError && refusal.summary.length === 0 ? (
          <ErrorState error={found.error} onRetry={() => found.refetch()} />
        ) : null}
        {found.data && rows.length === 0 ? (
          <EmptyState title="Nothing on the trail fits">
            <p>
              Widen the dates, or leave a field empty. What a PAS or an encoder sent stands here by post, with its
              counts, and not by record: what it changed of an episode stands in the episode’s history.
            </p>
          </EmptyState>
        ) : null}
        {rows.length > 0 ? (
          <>
            <TrailTable
              rows={rows}
              onSubject={(id, name) => {
                const field = form.current?.elements.namedItem("record");
                if (field instanceof HTMLInputElement) field.value = "";
                setAbout(name);
                setSearch((now) => ({ ...now, record: undefined, subject_id: id }));
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
