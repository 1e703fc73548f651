// Who and what the year's audits reach, and who they leave out: gaps first.
import { useQuery } from "@tanstack/react-query";
import { None, Tag } from "@/kit/bits.tsx";
import { day } from "@/kit/dates.ts";
import { count, counted } from "@/kit/numbers.ts";
import { EmptyState, ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { type Column, DataTable } from "@/kit/table.tsx";
import {
  coderCoverageQuery,
  coverageCountsQuery,
  type Coverage as Line,
  type Programme,
  specialtyCoverageQuery,
} from "./data.ts";
import { coverageWords } from "./words.ts";

/** Lines of people, and those of a PAS's or an encoder's reference that nobody here bears. */
function parted(rows: readonly Line[]): [people: Line[], references: Line[]] {
  return [rows.filter((line) => !line.reference), rows.filter((line) => line.reference)];
}

function columns(heading: string): readonly Column<Line>[] {
  return [
    {
      key: "name",
      heading,
      rowHeading: true,
      cell: (line) => (
        <>
          {line.name} {line.here || line.reference ? null : <Tag>not here now</Tag>}
        </>
      ),
    },
    { key: "episodes", heading: "Episodes", align: "right", cell: (line) => count(line.episodes) },
    { key: "audited", heading: "Audited", align: "right", cell: (line) => count(line.audited) },
    {
      key: "last",
      heading: "Last audited",
      nowrap: true,
      cell: (line) => (line.last_audited_on ? day(line.last_audited_on) : <None>never</None>),
    },
    {
      key: "planned",
      heading: "Planned",
      width: "grow",
      cell: (line) => (line.planned.length > 0 ? line.planned.join(", ") : <None />),
    },
    {
      key: "coverage",
      heading: "This year",
      nowrap: true,
      cell: (line) => <Tag tone={coverageWords[line.coverage].tone}>{coverageWords[line.coverage].label}</Tag>,
    },
  ];
}

export function CoverageTab({ programme }: { programme: Programme }) {
  const counts = useQuery(coverageCountsQuery(programme.programme_id));
  const coders = useQuery(coderCoverageQuery(programme.programme_id));
  const specialties = useQuery(specialtyCoverageQuery(programme.programme_id));
  return (
    <div className="cw-stack">
      {counts.data ? (
        <p className="pg-facts">
          <span>
            <b>{count(counts.data.audited)}</b> of {count(counts.data.episodes)} coded episodes audited
          </span>
          <span>
            <b>{counted(counts.data.coders.gap ?? 0, "coder")}</b> neither audited nor planned
          </span>
          <span>
            <b>{counted(counts.data.specialties.gap ?? 0, "specialty", "specialties")}</b> neither audited nor planned
          </span>
          {counts.data.coder_unknown > 0 ? (
            <span className="cw-quiet">{count(counts.data.coder_unknown)} episodes do not say who coded them</span>
          ) : null}
        </p>
      ) : null}
      <div className="pg-two">
        <Part title="Coders" noun="coder" query={coders} />
        <Part title="Specialties" noun="specialty" query={specialties} />
      </div>
    </div>
  );
}

function Part({
  title,
  noun,
  query,
}: {
  title: string;
  noun: string;
  query: { data?: { items: Line[] }; isPending: boolean; isError: boolean; error: unknown; refetch: () => unknown };
}) {
  const [rows, references] = parted(query.data?.items ?? []);
  return (
    <section>
      <div className="cw-section__head">
        <h2>{title}</h2>
      </div>
      {query.isPending ? <SkeletonRows rows={8} label={`Counting ${title.toLowerCase()}`} /> : null}
      {query.isError ? <ErrorState error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.data && rows.length + references.length === 0 ? (
        <EmptyState title={`No ${noun} has coded episodes in this year`}>
          <p>They appear as soon as episodes of the year are coded.</p>
        </EmptyState>
      ) : null}
      {rows.length > 0 ? (
        <DataTable
          caption={`Coverage by ${noun}`}
          columns={columns(title.replace(/ies$/, "y").replace(/s$/, ""))}
          rows={rows}
          keyOf={(line) => line.key}
        />
      ) : null}
      {references.length > 0 ? (
        <>
          <h3 className="pg-references">Coded elsewhere, under a reference of nobody here</h3>
          <DataTable
            caption="Coverage by the reference of a sending system"
            columns={columns("Reference")}
            rows={references}
            keyOf={(line) => line.key}
          />
        </>
      ) : null}
    </section>
  );
}
