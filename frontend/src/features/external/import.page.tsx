// An external auditor's findings: their file, our answer to each finding, and the figures as they said and as agreed.
import "./external.scss";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { useMay } from "@/api/me.ts";
import { PageHead } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { whyNot } from "@/kit/confirm.tsx";
import { counted } from "@/kit/numbers.ts";
import { EmptyState, ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { type Audit, auditQuery } from "@/parts/audit.ts";
import { AuditHead } from "@/parts/audit-head.tsx";
import { figuresQuery, template } from "./data.ts";
import { FigureTable } from "./figures.tsx";
import { Findings } from "./findings.tsx";
import { SendFile } from "./send-file.tsx";

const route = getRouteApi("/signed-in/audits/$auditId/import");

export default function ImportPage() {
  const { auditId } = route.useParams();
  const audit = useQuery(auditQuery(auditId));
  if (!audit.data)
    return (
      <div className="cw-page">
        <PageHead title="External findings" />
        {audit.isError ? <ErrorState error={audit.error} onRetry={() => audit.refetch()} /> : <SkeletonRows />}
      </div>
    );
  return <ImportOf audit={audit.data} />;
}

function ImportOf({ audit }: { audit: Audit }) {
  const may = useMay();
  const [sending, setSending] = useState(false);
  const figures = useQuery(figuresQuery(audit.audit_id));
  const data = figures.data;
  return (
    <div className="cw-page">
      <AuditHead
        audit={audit}
        here="import"
        actions={
          // The file comes once; what is left to do then stands in the table.
          may("audit:work") ? (
            <Button
              look={data && data.episodes > 0 ? "quiet" : "primary"}
              refusal={data ? whyNot(data.can_import) : null}
              onClick={() => setSending(true)}
            >
              Import a file
            </Button>
          ) : undefined
        }
      />
      {figures.isPending ? <SkeletonRows /> : null}
      {figures.isError ? <ErrorState error={figures.error} onRetry={() => figures.refetch()} /> : null}
      {data && data.episodes === 0 ? (
        <EmptyState title="Nothing is imported yet">
          <p>
            The external auditor's findings come as a CSV file, a row for each.{" "}
            <a href={template}>Download an example</a>; its columns are explained where the file is chosen.
          </p>
        </EmptyState>
      ) : null}
      {data && data.episodes > 0 ? (
        <div className="cw-stack cw-stack--wide">
          <p>
            {data.external_auditor}: {counted(data.findings, "finding")} in {counted(data.episodes, "episode")}.{" "}
            <a href={template}>Example of the file</a>
          </p>
          <FigureTable figures={data} />
          <Findings auditId={audit.audit_id} figures={data} />
        </div>
      ) : null}
      {sending ? <SendFile audit={audit} onClose={() => setSending(false)} /> : null}
    </div>
  );
}
