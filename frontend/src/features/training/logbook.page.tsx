// The auditor's logbook: audits enter themselves, CPD is kept by its person.
import "./training.scss";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useMay } from "@/api/me.ts";
import { None, PageHead, Tag } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { Confirm } from "@/kit/confirm.tsx";
import { day, dayRange } from "@/kit/dates.ts";
import { FilterSelect } from "@/kit/filter-bar.tsx";
import { count, counted } from "@/kit/numbers.ts";
import { EmptyState, ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { type Column, DataTable } from "@/kit/table.tsx";
import { confirmDone } from "@/kit/toast.tsx";
import { CpdDialog } from "./cpd.dialog.tsx";
import { type Cpd, fileOf, type Logbook, logbookQuery, logbooksQuery, myLogbookQuery, removeCpd } from "./data.ts";
import { hours } from "./words.ts";

const route = getRouteApi("/signed-in/logbook");

const auditColumns: readonly Column<Logbook["audits"][number]>[] = [
  {
    key: "reference",
    heading: "Audit",
    rowHeading: true,
    width: "grow",
    cell: (audit) => (
      <>
        <Link to="/audits/$auditId" params={{ auditId: audit.audit_id }}>
          {audit.reference}
        </Link>{" "}
        {audit.title}
      </>
    ),
  },
  { key: "kind", heading: "Kind", nowrap: true, cell: (audit) => audit.kind_label },
  { key: "role", heading: "Part", nowrap: true, cell: (audit) => (audit.role === "lead" ? "lead auditor" : "auditor") },
  { key: "when", heading: "When", nowrap: true, cell: (audit) => dayRange(audit.first_on, audit.last_on) },
  { key: "episodes", heading: "Episodes", align: "right", cell: (audit) => count(audit.episodes) },
  { key: "second", heading: "of them second audits", align: "right", cell: (audit) => count(audit.second_audits) },
  { key: "unsafe", heading: "Unsafe", align: "right", cell: (audit) => count(audit.unsafe) },
  {
    key: "time",
    heading: "Time",
    align: "right",
    nowrap: true,
    cell: (audit) => (
      <>
        {audit.timed === 0 ? <None>not recorded</None> : hours(audit.minutes)}
        {audit.timed > 0 && audit.timed < audit.episodes ? (
          <span className="cw-quiet"> of {counted(audit.timed, "episode")}</span>
        ) : null}
      </>
    ),
  },
];

export default function LogbookPage() {
  const may = useMay();
  const keeps = may("logbook:keep");
  const sees = may("logbook:see");
  const search = route.useSearch();
  const navigate = useNavigate({ from: "/logbook" });
  const go = (to: { year?: string | undefined; person?: string | undefined }) =>
    void navigate({ search: { ...search, ...to }, replace: true });
  const mine = useQuery({ ...myLogbookQuery(search.year), enabled: keeps && !search.person });
  const another = useQuery({
    ...logbookQuery(search.person ?? "", search.year),
    enabled: sees && Boolean(search.person),
  });
  const book = search.person ? another : mine;
  const [adding, setAdding] = useState(false);
  const data = book.data;
  return (
    <div className="cw-page">
      <PageHead
        title={
          data && !data.mine ? (
            `Logbook of ${data.name}`
          ) : search.person || keeps ? (
            // On paper it says whose it is; on the screen that is plain.
            <>Logbook{data ? <span className="tr-paper"> of {data.name}</span> : null}</>
          ) : (
            "Logbooks"
          )
        }
        sub={data ? headline(data) : undefined}
        actions={
          data?.mine ? (
            <Button look="primary" onClick={() => setAdding(true)}>
              Enter CPD
            </Button>
          ) : undefined
        }
      />
      <div className="cw-stack">
        <div className="cw-filters__row tr-screen">
          {data ? (
            <FilterSelect
              label="Year"
              any={data.years[0] ?? data.year}
              value={data.year === data.years[0] ? undefined : data.year}
              options={data.years.slice(1).map((year) => ({ value: year, label: year }))}
              onChange={(year) => go({ year })}
            />
          ) : null}
          {data
            ? (["pdf", "csv"] as const).map((form) => (
                <a
                  key={form}
                  className="cw-button cw-button--quiet"
                  href={fileOf(data, form)}
                  download={`logbook-${data.year.replace("/", "-")}.${form}`}
                >
                  <span>Export as {form.toUpperCase()}</span>
                </a>
              ))
            : null}
          {data ? <Button onClick={() => window.print()}>Print</Button> : null}
          {search.person ? <Button onClick={() => go({ person: undefined })}>All logbooks</Button> : null}
        </div>
        {book.isPending && (search.person || keeps) ? <SkeletonRows label="Loading the logbook" /> : null}
        {book.isError ? <ErrorState error={book.error} onRetry={() => book.refetch()} /> : null}
        {data ? <Book book={data} /> : null}
        {sees && !search.person ? <Others year={search.year} onOpen={(person) => go({ person })} /> : null}
      </div>
      {adding ? <CpdDialog onClose={() => setAdding(false)} /> : null}
    </div>
  );
}

/** `approved_auditor`, as a sentence begins. */
function words(kind: string): string {
  const said = kind.replaceAll("_", " ");
  return said.charAt(0).toUpperCase() + said.slice(1);
}

function headline({ totals, year }: Logbook): string {
  return `${year}: ${counted(totals.audits, "audit")}, ${counted(totals.episodes, "episode")}, ${hours(totals.minutes)} · CPD ${hours(totals.cpd_minutes)}`;
}

function Book({ book }: { book: Logbook }) {
  const [editing, setEditing] = useState<Cpd | null>(null);
  const [removing, setRemoving] = useState<Cpd | null>(null);
  const cpdColumns: readonly Column<Cpd>[] = [
    { key: "on", heading: "Day", nowrap: true, cell: (entry) => day(entry.done_on) },
    {
      key: "title",
      heading: "What",
      rowHeading: true,
      width: "grow",
      cell: (entry) => (
        <>
          {entry.title} {entry.note ? <span className="cw-quiet cw-small">{entry.note}</span> : null}
        </>
      ),
    },
    { key: "kind", heading: "Kind", nowrap: true, cell: (entry) => entry.kind_label },
    { key: "time", heading: "Time", align: "right", nowrap: true, cell: (entry) => hours(entry.minutes) },
    ...(book.mine
      ? [
          {
            key: "act",
            heading: <span className="cw-hidden">Act</span>,
            width: "narrow",
            nowrap: true,
            cell: (entry: Cpd) => (
              <span className="tr-screen">
                <Button small aria-label={`Change ${entry.title}`} onClick={() => setEditing(entry)}>
                  Change
                </Button>{" "}
                <Button small aria-label={`Take out ${entry.title}`} onClick={() => setRemoving(entry)}>
                  Take out
                </Button>
              </span>
            ),
          } as Column<Cpd>,
        ]
      : []),
  ];
  return (
    <>
      {book.qualifications.length > 0 ? (
        <p className="tr-facts">
          {book.qualifications.map((held) => (
            <span key={`${held.kind}${held.awarded_on}`}>
              {words(held.kind)}
              {held.number ? ` ${held.number}` : ""},{" "}
              {held.expires_on ? `ends ${day(held.expires_on)}` : "without an end"}
            </span>
          ))}
        </p>
      ) : null}
      <section>
        <div className="cw-section__head">
          <h2>Audits</h2>
          <span className="cw-quiet">Entered by Codewell, from the day an episode’s codes were saved</span>
        </div>
        {book.audits.length > 0 ? (
          <DataTable
            caption={`Audits of ${book.year}`}
            columns={auditColumns}
            rows={book.audits}
            keyOf={(audit) => audit.audit_id}
            sticky={false}
          />
        ) : (
          <EmptyState title={`No audit in ${book.year}`}>
            <p>An audit stands here as soon as an episode of it is audited.</p>
          </EmptyState>
        )}
      </section>
      <section>
        <div className="cw-section__head">
          <h2>CPD</h2>
        </div>
        {book.cpd.length > 0 ? (
          <DataTable
            caption={`CPD of ${book.year}`}
            columns={cpdColumns}
            rows={book.cpd}
            keyOf={(entry) => entry.cpd_entry_id}
            sticky={false}
          />
        ) : (
          <EmptyState title={`Nothing entered in ${book.year}`}>
            <p>Courses, forums, reading, coding and teaching are entered by the auditor.</p>
          </EmptyState>
        )}
      </section>
      {editing ? <CpdDialog key={editing.version} entry={editing} onClose={() => setEditing(null)} /> : null}
      {removing ? <Remove entry={removing} onClose={() => setRemoving(null)} /> : null}
    </>
  );
}

function Remove({ entry, onClose }: { entry: Cpd; onClose: () => void }) {
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => removeCpd(entry),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["see_my_logbook"] });
      confirmDone("Taken out");
      onClose();
    },
  });
  return (
    <Confirm
      title={`Take out ${entry.title}?`}
      act="Take out"
      busy={remove.isPending}
      error={remove.error}
      onAct={() => remove.mutate()}
      onClose={onClose}
    >
      <p>
        {entry.kind_label} of {day(entry.done_on)}, {hours(entry.minutes)}. The access trail keeps that it was there.
      </p>
    </Confirm>
  );
}

function Others({ year, onOpen }: { year: string | undefined; onOpen: (personId: string) => void }) {
  const books = useQuery(logbooksQuery(year));
  const rows = books.data?.items ?? [];
  type Row = (typeof rows)[number];
  const columns: readonly Column<Row>[] = [
    {
      key: "name",
      heading: "Auditor",
      rowHeading: true,
      width: "grow",
      cell: (row) => (
        <Button look="link" onClick={() => onOpen(row.person_id)}>
          {row.name}
        </Button>
      ),
    },
    { key: "audits", heading: "Audits", align: "right", cell: (row) => count(row.audits) },
    {
      key: "episodes",
      heading: "Episodes",
      align: "right",
      cell: (row) => (row.episodes > 0 ? count(row.episodes) : <None />),
    },
    { key: "time", heading: "Audit time", align: "right", nowrap: true, cell: (row) => hours(row.minutes) },
    {
      key: "cpd",
      heading: "CPD",
      align: "right",
      nowrap: true,
      cell: (row) => (row.cpd_minutes > 0 ? hours(row.cpd_minutes) : <Tag tone="amber">none</Tag>),
    },
  ];
  return (
    <section>
      <div className="cw-section__head">
        <h2>Auditors’ logbooks</h2>
      </div>
      {books.isPending ? <SkeletonRows label="Loading the logbooks" /> : null}
      {books.isError ? <ErrorState error={books.error} onRetry={() => books.refetch()} /> : null}
      {books.data && rows.length === 0 ? <EmptyState title="Nobody audits here yet" /> : null}
      {rows.length > 0 ? (
        <DataTable caption="Auditors’ logbooks" columns={columns} rows={rows} keyOf={(row) => row.person_id} />
      ) : null}
    </section>
  );
}
