import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useMay } from "@/api/me.ts";
import { Mono, Pagination, Tag } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { instantNear } from "@/kit/dates.ts";
import { count } from "@/kit/numbers.ts";
import { type Column, DataTable } from "@/kit/table.tsx";
import type { Fault } from "./data.ts";
import { DismissFault, RetryFault } from "./fault-dialogs.tsx";

type Pages = { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown };

export function FaultErrors({ errors }: { errors: Fault["errors"] }) {
  return (
    <ul className="cw-plain">
      {errors.map((error) => (
        <li key={`${error.field}${error.reason}`}>
          <Mono>{error.column ?? error.field}</Mono>
          {error.column && error.column !== error.field ? (
            <span className="cw-quiet"> ({error.field.replaceAll("_", " ")})</span>
          ) : null}{" "}
          {error.reason}. <span className="cw-quiet">{error.what_to_do}</span>
        </li>
      ))}
    </ul>
  );
}

/** What finds it again: the file and its row, or that it was posted by itself. */
function From({ fault }: { fault: Fault }) {
  if (!fault.job_id) return <>a message</>;
  return (
    <>
      <Link to="/intake/jobs/$jobId" params={{ jobId: fault.job_id }}>
        {fault.file_name}
      </Link>
      , row {count(fault.row)}
    </>
  );
}

export function FaultTable({
  faults,
  pages,
  caption = "Messages and rows not taken in",
  settled = false,
}: {
  faults: readonly Fault[];
  pages: Pages;
  caption?: string;
  /** Nothing can be done with them here. */
  settled?: boolean;
}) {
  const may = useMay();
  const manages = may("intake:manage") && !settled;
  const [asking, setAsking] = useState<{ what: "retry" | "dismiss"; fault: Fault } | null>(null);
  const columns: Column<Fault>[] = [
    {
      key: "from",
      heading: "From",
      rowHeading: true,
      nowrap: true,
      cell: (fault) => (
        <>
          <From fault={fault} />
          {fault.message_id ? (
            <div className="cw-small">
              message <Mono>{fault.message_id}</Mono>
            </div>
          ) : null}
          <div className="cw-quiet">{instantNear(fault.created_at)}</div>
        </>
      ),
    },
    {
      key: "kind",
      heading: "Why not",
      cell: (fault) => (
        <Tag tone={fault.kind === "rejected" ? "red" : "amber"}>
          {fault.kind === "rejected" ? "cannot be read" : "contradicts"}
        </Tag>
      ),
    },
    {
      key: "errors",
      heading: "What is wrong, and what to do",
      width: "grow",
      cell: (fault) => <FaultErrors errors={fault.errors} />,
    },
    {
      key: "acts",
      heading: <span className="cw-hidden">What can be done</span>,
      nowrap: true,
      cell: (fault) =>
        fault.state !== "open" ? (
          <span className="cw-quiet">
            {fault.state}
            {fault.reason ? `: ${fault.reason}` : ""}
          </span>
        ) : manages ? (
          <div className="cw-row">
            <Button look="link" onClick={() => setAsking({ what: "retry", fault })}>
              Try again
            </Button>
            <Button look="link" onClick={() => setAsking({ what: "dismiss", fault })}>
              Dismiss
            </Button>
          </div>
        ) : null,
    },
  ];
  return (
    <>
      <DataTable caption={caption} columns={columns} rows={faults} keyOf={(fault) => fault.fault_id} />
      <Pagination
        shown={faults.length}
        noun={faults.length === 1 ? "row or message" : "rows or messages"}
        hasMore={pages.hasNextPage}
        busy={pages.isFetchingNextPage}
        onMore={() => pages.fetchNextPage()}
      />
      {asking?.what === "retry" ? <RetryFault fault={asking.fault} onClose={() => setAsking(null)} /> : null}
      {asking?.what === "dismiss" ? <DismissFault fault={asking.fault} onClose={() => setAsking(null)} /> : null}
    </>
  );
}
