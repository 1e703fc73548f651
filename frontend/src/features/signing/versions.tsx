// The signed versions of an audit: who signed what and when, whether the seal holds, and what each changed.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Schemas } from "@/api/client.ts";
import { Mono, None, Tag } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { instant } from "@/kit/dates.ts";
import { Dialog } from "@/kit/dialog.tsx";
import { measured } from "@/kit/numbers.ts";
import { EmptyState, ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { DataTable } from "@/kit/table.tsx";
import { changesQuery, type Signature, signatureQuery, signaturesQuery } from "./data.ts";

export function Versions({ auditId }: { auditId: string }) {
  const list = useQuery(signaturesQuery(auditId));
  const [checking, setChecking] = useState<number | null>(null);
  const [comparing, setComparing] = useState<number | null>(null);
  return (
    <section className="cw-stack" aria-labelledby="versions-title">
      <h2 id="versions-title">Signed versions</h2>
      {list.isPending ? <SkeletonRows rows={2} /> : null}
      {list.isError ? <ErrorState error={list.error} onRetry={() => list.refetch()} /> : null}
      {list.data?.items.length === 0 ? <p className="cw-quiet">Not signed yet.</p> : null}
      {list.data && list.data.items.length > 0 ? (
        <DataTable<Signature>
          caption="Signed versions of this audit, newest first"
          sticky={false}
          rows={list.data.items}
          keyOf={(row) => String(row.version)}
          columns={[
            { key: "version", heading: "Version", align: "right", rowHeading: true, cell: (row) => row.version },
            { key: "by", heading: "Signed by", nowrap: true, cell: (row) => row.by_name },
            { key: "at", heading: "At", nowrap: true, cell: (row) => instant(row.at) },
            { key: "reason", heading: "Why corrected", cell: (row) => row.reason || <None>the first</None> },
            { key: "statement", heading: "Statement", width: "grow", cell: (row) => row.statement },
            {
              key: "digest",
              heading: "SHA-256",
              cell: (row) => (
                <span title={row.digest}>
                  <Mono>{row.digest.slice(0, 12)}…</Mono>
                </span>
              ),
            },
            {
              key: "acts",
              heading: <span className="cw-hidden">Act</span>,
              nowrap: true,
              cell: (row) => (
                <>
                  <Button
                    small
                    look="link"
                    onClick={() => setChecking(row.version)}
                    aria-label={`Check the seal of version ${row.version}`}
                  >
                    Check the seal
                  </Button>{" "}
                  {row.version > 1 ? (
                    <Button
                      small
                      look="link"
                      onClick={() => setComparing(row.version)}
                      aria-label={`What version ${row.version} changed`}
                    >
                      What changed
                    </Button>
                  ) : null}
                </>
              ),
            },
          ]}
        />
      ) : null}
      {checking !== null ? <Seal auditId={auditId} version={checking} onClose={() => setChecking(null)} /> : null}
      {comparing !== null ? <Changed auditId={auditId} version={comparing} onClose={() => setComparing(null)} /> : null}
    </section>
  );
}

function Seal({ auditId, version, onClose }: { auditId: string; version: number; onClose: () => void }) {
  const signed = useQuery(signatureQuery(auditId, version));
  return (
    <Dialog title={`Version ${version}`} size="small" onClose={onClose}>
      {signed.isPending ? <SkeletonRows rows={2} /> : null}
      {signed.isError ? <ErrorState error={signed.error} /> : null}
      {signed.data ? (
        <div className="cw-stack">
          <p>
            {signed.data.digest_holds ? (
              <Tag tone="green">The seal holds</Tag>
            ) : (
              <Tag tone="red">The seal is broken</Tag>
            )}{" "}
            Computed again just now from all that is kept of this version.
          </p>
          <p className="si-digest">
            <Mono>{signed.data.digest}</Mono>
          </p>
        </div>
      ) : null}
    </Dialog>
  );
}

const figures: Record<string, string> = {
  trust_n: "codes of the Trust",
  auditor_n: "codes that should stand",
  agreed: "agreed",
  errors: "errors",
  coder: "coder errors",
  non_coder: "non-coder errors",
  not_required: "not required",
  share_correct: "share correct",
};

function Changed({ auditId, version, onClose }: { auditId: string; version: number; onClose: () => void }) {
  const changes = useQuery(changesQuery(auditId, version));
  return (
    <Dialog title={`What version ${version} changed`} size="large" onClose={onClose}>
      {changes.isPending ? <SkeletonRows rows={3} /> : null}
      {changes.isError ? <ErrorState error={changes.error} /> : null}
      {changes.data ? (
        <div className="cw-stack">
          <p>{changes.data.reason}</p>
          {changes.data.figures.length === 0 && changes.data.findings.length === 0 ? (
            <EmptyState title="No figure and no finding differs" />
          ) : null}
          {changes.data.figures.length > 0 ? (
            <DataTable
              caption="Figures"
              captionShown
              sticky={false}
              rows={changes.data.figures}
              keyOf={(row) => row.code_class + row.figure}
              columns={[
                { key: "class", heading: "Class", rowHeading: true, cell: (row) => row.label },
                { key: "figure", heading: "Figure", cell: (row) => figures[row.figure] ?? row.figure },
                { key: "was", heading: "Was", align: "right", cell: (row) => figure(row.figure, row.was) },
                { key: "now", heading: "Now", align: "right", cell: (row) => figure(row.figure, row.now) },
              ]}
            />
          ) : null}
          {changes.data.findings.length > 0 ? (
            <DataTable
              caption="Findings"
              captionShown
              sticky={false}
              rows={changes.data.findings}
              keyOf={(row) => `${row.no}-${row.position}`}
              columns={[
                { key: "no", heading: "Episode", align: "right", rowHeading: true, cell: (row) => row.no },
                {
                  key: "codes",
                  heading: "Codes",
                  nowrap: true,
                  cell: (row) => (
                    <Mono>
                      {row.trust_code ?? "none"} → {row.auditor_code ?? "none"}
                    </Mono>
                  ),
                },
                { key: "was", heading: "Was", cell: (row) => said(row.was) },
                { key: "now", heading: "Now", cell: (row) => said(row.now) },
              ]}
            />
          ) : null}
        </div>
      ) : null}
    </Dialog>
  );
}

function figure(name: string, value: number | null) {
  if (value === null) return <None>not applicable</None>;
  return name === "share_correct" ? measured(value) : value;
}

function said(state: Schemas["FindingChange"]["was"]) {
  if (state === null || state === undefined) return <None>not there</None>;
  const type = state.final_type as string | null;
  const standards = (state.standards as string[] | undefined) ?? [];
  if (!type) return "no error";
  return [type.replaceAll("_", " "), String(state.attribution).replaceAll("_", "-"), ...standards].join(", ");
}
