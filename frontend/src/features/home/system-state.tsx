import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMay } from "@/api/me.ts";
import { Tag } from "@/kit/bits.tsx";
import { day, instantNear } from "@/kit/dates.ts";
import { count } from "@/kit/numbers.ts";
import { EmptyState } from "@/kit/states.tsx";
import { DataTable } from "@/kit/table.tsx";
import { editionsQuery, latestJobsQuery } from "./data.ts";

/** For those who keep the system and not the coding: what came in lately, and what codes are coded in. */
export function SystemState() {
  const may = useMay();
  const jobs = useQuery({ ...latestJobsQuery, enabled: may("intake:monitor") });
  const editions = useQuery({ ...editionsQuery, enabled: may("edition:list") });
  const used = editions.data?.items.filter((edition) => edition.in_force) ?? [];
  return (
    <>
      {jobs.data ? (
        <section aria-labelledby="lately-title">
          <div className="cw-section__head">
            <h2 id="lately-title">Files lately taken in</h2>
          </div>
          {jobs.data.items.length === 0 ? (
            <EmptyState title="No file has been sent yet">
              <p>The PAS may post messages all the same; those are taken in at once.</p>
            </EmptyState>
          ) : (
            <DataTable
              caption="Files lately taken in"
              sticky={false}
              rows={jobs.data.items}
              keyOf={(job) => job.job_id}
              columns={[
                {
                  key: "file",
                  heading: "File",
                  rowHeading: true,
                  cell: (job) => (
                    <Link to="/intake/jobs/$jobId" params={{ jobId: job.job_id }}>
                      {job.file_name}
                    </Link>
                  ),
                },
                { key: "sent", heading: "Sent", nowrap: true, cell: (job) => instantNear(job.created_at) },
                { key: "state", heading: "State", cell: (job) => job.state },
                { key: "accepted", heading: "Accepted", align: "right", cell: (job) => count(job.accepted) },
                { key: "unchanged", heading: "Unchanged", align: "right", cell: (job) => count(job.unchanged) },
                { key: "rejected", heading: "Rejected", align: "right", cell: (job) => count(job.rejected) },
              ]}
            />
          )}
        </section>
      ) : null}
      {used.length > 0 ? (
        <section aria-labelledby="used-title">
          <div className="cw-section__head">
            <h2 id="used-title">Editions in force today</h2>
          </div>
          <DataTable
            caption="Editions in force today"
            sticky={false}
            rows={used}
            keyOf={(edition) => edition.edition_id}
            columns={[
              {
                key: "title",
                heading: "Edition",
                rowHeading: true,
                cell: (edition) => (
                  <>
                    <Link to="/editions/$editionId" params={{ editionId: edition.edition_id }}>
                      {edition.title}
                    </Link>{" "}
                    {edition.starter ? <Tag tone="amber">starter set</Tag> : null}
                  </>
                ),
              },
              { key: "from", heading: "Since", nowrap: true, cell: (edition) => day(edition.valid_from_on) },
              { key: "codes", heading: "Valid codes", align: "right", cell: (edition) => count(edition.usable_codes) },
            ]}
          />
        </section>
      ) : null}
    </>
  );
}
