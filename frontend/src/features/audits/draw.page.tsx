// What a draw would take, before it is done; and the draw.
import "./audits.scss";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Details, Facts, None, PageHead } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { Confirm, whyNot } from "@/kit/confirm.tsx";
import { month } from "@/kit/dates.ts";
import { TextField } from "@/kit/field.tsx";
import { aimed, count, counted, interval } from "@/kit/numbers.ts";
import { Banner, EmptyState, ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { DataTable } from "@/kit/table.tsx";
import { confirmDone } from "@/kit/toast.tsx";
import { type Audit, auditQuery, sampleWords } from "@/parts/audit.ts";
import { AuditHead } from "@/parts/audit-head.tsx";
import { drawWords } from "./check-step.tsx";
import { drawAudit, type Preview, previewQuery } from "./data.ts";
import { LeftOut, Strata } from "./strata.tsx";

const route = getRouteApi("/signed-in/audits/$auditId/draw");

export default function DrawPage() {
  const { auditId } = route.useParams();
  const found = useQuery(auditQuery(auditId));
  if (!found.data)
    return (
      <div className="cw-page">
        <PageHead title="Draw" />
        {found.isError ? <ErrorState error={found.error} onRetry={() => found.refetch()} /> : <SkeletonRows />}
      </div>
    );
  return <DrawOf audit={found.data} />;
}

function DrawOf({ audit }: { audit: Audit }) {
  const [drawing, setDrawing] = useState(false);
  const preview = useQuery({ ...previewQuery(audit), enabled: audit.state === "setting_up" });
  if (audit.state !== "setting_up")
    return (
      <div className="cw-page">
        <AuditHead audit={audit} here="draw" />
        <Banner>
          The sample is drawn.{" "}
          <Link to="/audits/$auditId" params={{ auditId: audit.audit_id }}>
            See its episodes and the proof of the draw
          </Link>
        </Banner>
      </div>
    );
  const refusal = whyNot(audit.can.draw ?? false) ?? preview.data?.problem ?? null;
  return (
    <div className="cw-page">
      <AuditHead
        audit={audit}
        here="draw"
        actions={
          <Button look="primary" refusal={refusal} onClick={() => setDrawing(true)}>
            Draw {preview.data && !preview.data.problem ? counted(preview.data.size, "episode") : ""}
          </Button>
        }
      />
      {preview.isPending ? <SkeletonRows label="Working out the draw" /> : null}
      {preview.isError ? <ErrorState error={preview.error} onRetry={() => preview.refetch()} /> : null}
      {preview.data ? <Shown audit={audit} preview={preview.data} /> : null}
      {drawing && preview.data ? <Draw audit={audit} preview={preview.data} onClose={() => setDrawing(false)} /> : null}
    </div>
  );
}

function Shown({ audit, preview }: { audit: Audit; preview: Preview }) {
  return (
    <div className="cw-stack cw-stack--wide">
      {preview.problem ? (
        <Banner kind="error">
          <strong>This sample cannot be drawn.</strong> {preview.problem}{" "}
          <Link to="/audits/$auditId/set-up" params={{ auditId: audit.audit_id }} search={{ step: "sample" }}>
            Change the sample
          </Link>
        </Banner>
      ) : null}
      {preview.warnings.map((warning) => (
        <Banner key={warning} kind="warn">
          {warning}
        </Banner>
      ))}
      <div className="cw-columns">
        <section className="cw-stack" aria-labelledby="take-title">
          <h2 id="take-title">What it would take</h2>
          <Facts
            items={[
              ["Sample", drawWords(audit.sampling)],
              ["Can be drawn", counted(preview.frame, "episode")],
              ["Would be drawn", sampleWords({ items: preview.size, second: preview.second })],
              preview.expected
                ? [
                    "Expected interval",
                    `if ${aimed(preview.expected.share)} are right: ${interval(preview.expected.low, preview.expected.high)} %, ±${preview.expected.points.toFixed(1)} points at ${aimed(preview.expected.confidence)} confidence`,
                  ]
                : null,
            ]}
          />
          <LeftOut left={preview.left_out} />
          {preview.risk.length > 0 ? (
            <Details summary="How risk is scored">
              <p>
                Points for what makes codes more likely to differ on audit; from {audit.sampling.risky_from} an episode
                counts as riskier. The score says where to look, and nothing about anybody's work.
              </p>
              <ul className="cw-list">
                {preview.risk.map((one) => (
                  <li key={one.key}>
                    {one.words}: {counted(one.points, "point")}
                  </li>
                ))}
              </ul>
            </Details>
          ) : null}
        </section>
        <section className="cw-stack" aria-labelledby="strata-title">
          <h2 id="strata-title">Of each stratum</h2>
          {preview.strata.length > 0 ? (
            <Strata by={preview.by} strata={preview.strata} />
          ) : (
            <EmptyState title="No episode can be drawn">
              <p>Widen the population or the period.</p>
            </EmptyState>
          )}
        </section>
      </div>
      {preview.sample.length > 0 ? (
        <section className="cw-stack" aria-labelledby="rows-title">
          <h2 id="rows-title">Ten episodes of the population</h2>
          <p className="cw-quiet">Not the sample: that is chosen by the seed, and nobody sees it before it is drawn.</p>
          <DataTable
            caption="Ten episodes of the population, without what names them"
            sticky={false}
            columns={[
              { key: "specialty", heading: "Specialty", rowHeading: true, cell: (row) => row.specialty },
              { key: "month", heading: "Ended", cell: (row) => month(row.month) },
              { key: "nights", heading: "Nights", align: "right", cell: (row) => count(row.nights) },
              { key: "age", heading: "Age", align: "right", cell: (row) => row.age ?? <None /> },
              { key: "class", heading: "Patient class", cell: (row) => row.patient_class ?? <None /> },
              { key: "stratum", heading: "Stratum", cell: (row) => row.stratum || <None>not shown</None> },
            ]}
            rows={preview.sample.map((row, no) => ({ ...row, no }))}
            keyOf={(row) => String(row.no)}
          />
        </section>
      ) : null}
    </div>
  );
}

function Draw({ audit, preview, onClose }: { audit: Audit; preview: Preview; onClose: () => void }) {
  const client = useQueryClient();
  const go = useNavigate();
  const [seed, setSeed] = useState("");
  const draw = useMutation({
    mutationFn: () => drawAudit(audit, seed.trim() || null),
    onSuccess: async (made) => {
      void client.invalidateQueries({ queryKey: ["list_audits"] });
      await client.invalidateQueries({ queryKey: auditQuery(audit.audit_id).queryKey });
      confirmDone(`${counted(made.drawn, "episode")} drawn`);
      void go({ to: "/audits/$auditId", params: { auditId: audit.audit_id } });
    },
  });
  return (
    <Confirm
      title={`Draw ${counted(preview.size, "episode")}?`}
      act="Draw"
      danger={false}
      busy={draw.isPending}
      error={draw.error}
      refusal={seed.trim().length > 0 && seed.trim().length < 4 ? "A seed has four characters or more" : null}
      onAct={() => draw.mutate()}
      onClose={onClose}
    >
      <p>
        The coders' codes are frozen as they are now and the audit starts.{" "}
        {audit.mode === "blind" ? "From then on its auditors cannot see them anywhere until their own are saved. " : ""}
        The set-up can no longer be changed.
      </p>
      <TextField
        label="Seed, where one was agreed"
        hint="Left empty, one is made. The same seed and frame give the same list."
        mono
        maxLength={200}
        value={seed}
        onChange={(event) => setSeed(event.target.value)}
      />
    </Confirm>
  );
}
