// How far an audit is from being signed, its signed versions, corrections, and the codes that it agreed on.
import "./signing.scss";
import { useMutation, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { useMay } from "@/api/me.ts";
import { Facts, PageHead } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { Confirm, whyNot } from "@/kit/confirm.tsx";
import { instant } from "@/kit/dates.ts";
import { count } from "@/kit/numbers.ts";
import { Banner, ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { confirmDone } from "@/kit/toast.tsx";
import { type Audit, auditQuery, sampleWords } from "@/parts/audit.ts";
import { AuditHead } from "@/parts/audit-head.tsx";
import { SendFindings, signOffQuery, useAuditMoved } from "@/parts/send-findings.tsx";
import { SaidField } from "@/parts/wording.tsx";
import { AfterFreezeList } from "./after-freeze.tsx";
import { Amendments } from "./amendments.tsx";
import { Correction } from "./correction.tsx";
import { closeCorrection, type OpenThing, type SignOff, signAudit } from "./data.ts";
import { Versions } from "./versions.tsx";

const route = getRouteApi("/signed-in/audits/$auditId/sign");

export default function SignPage() {
  const { auditId } = route.useParams();
  const audit = useQuery(auditQuery(auditId));
  const at = useQuery(signOffQuery(auditId));
  if (!audit.data || !at.data) {
    const failed = audit.isError ? audit : at.isError ? at : null;
    return (
      <div className="cw-page">
        <PageHead title="Sign-off" />
        {failed ? <ErrorState error={failed.error} onRetry={() => failed.refetch()} /> : <SkeletonRows />}
      </div>
    );
  }
  return <SignOf audit={audit.data} at={at.data} />;
}

function SignOf({ audit, at }: { audit: Audit; at: SignOff }) {
  const [doing, setDoing] = useState<"sign" | "correct" | "close" | null>(null);
  const refresh = useAuditMoved(at.audit_id);
  const may = useMay();
  const signed = at.state === "signed";
  return (
    <div className="cw-page">
      <AuditHead
        audit={audit}
        here="sign"
        actions={
          !may("audit:sign") ? undefined : signed ? (
            <Button refusal={whyNot(at.can.open_correction)} onClick={() => setDoing("correct")}>
              Open a correction
            </Button>
          ) : (
            <>
              {at.can.close_correction === true ? (
                <Button onClick={() => setDoing("close")}>Close without a new version</Button>
              ) : null}
              <Button look="primary" refusal={whyNot(at.can.sign)} onClick={() => setDoing("sign")}>
                Sign
              </Button>
            </>
          )
        }
      />
      <div className="cw-stack cw-stack--wide">
        {at.correction_reason ? (
          <Banner kind="warn">
            <strong>Being corrected.</strong> {at.correction_reason}
          </Banner>
        ) : null}
        {signed ? (
          <Banner kind="success">
            Signed {instant(at.signed_at)}, version {at.signed_version}. Nothing of it can be changed; a correction is a
            new version.
          </Banner>
        ) : (
          <Open at={at} />
        )}
        <Facts
          inline
          items={[
            ["Episodes", sampleWords(audit.progress)],
            ["Settled", count(at.settled)],
            ["Unsafe to audit", count(at.unsafe)],
          ]}
        />
        <Versions auditId={at.audit_id} />
        <Amendments auditId={at.audit_id} />
        <AfterFreezeList auditId={at.audit_id} />
      </div>
      {doing === "sign" ? <Sign at={at} onClose={() => setDoing(null)} onDone={refresh} /> : null}
      {doing === "close" ? <CloseCorrection at={at} onClose={() => setDoing(null)} onDone={refresh} /> : null}
      {doing === "correct" ? (
        <Correction at={at} external={audit.kind === "external"} onClose={() => setDoing(null)} onDone={refresh} />
      ) : null}
    </div>
  );
}

function Open({ at }: { at: SignOff }) {
  const may = useMay();
  return (
    <section className="cw-stack" aria-labelledby="open-title">
      <h2 id="open-title">{at.open.length > 0 ? "What is still open" : "Nothing is open"}</h2>
      {at.open.length > 0 ? (
        <ul className="si-open">
          {at.open.map((thing) => (
            <li key={thing.what}>
              <b>{count(thing.count)}</b>
              <span>
                {thing.words} <Where at={at} thing={thing} />
              </span>
              {thing.what === "to_send" && may("audit:work") ? <SendFindings auditId={at.audit_id} small /> : null}
            </li>
          ))}
        </ul>
      ) : (
        <p>All episodes are settled or unsafe, and every error says whose it is and what it breaches.</p>
      )}
    </section>
  );
}

const talked = new Set<OpenThing["what"]>(["with_coder", "to_rule"]);

function Where({ at, thing }: { at: SignOff; thing: OpenThing }) {
  if (thing.items.length === 0) return null;
  const shown = thing.items.slice(0, 12);
  return (
    <span className="cw-quiet">
      {shown.length === 1 ? "episode " : "episodes "}
      {shown.map((item, index) => (
        <span key={item.item_id}>
          {index > 0 ? ", " : ""}
          {talked.has(thing.what) ? (
            <Link to="/disputes/$itemId" params={{ itemId: item.item_id }}>
              {item.no}
            </Link>
          ) : at.kind === "external" ? (
            <Link to="/audits/$auditId/import" params={{ auditId: at.audit_id }}>
              {item.no}
            </Link>
          ) : (
            <Link
              to={"/audits/$auditId/worksheet/$itemId" as "/audits/$auditId"}
              params={{ auditId: at.audit_id, itemId: item.item_id } as { auditId: string }}
            >
              {item.no}
            </Link>
          )}
        </span>
      ))}
      {thing.items.length > shown.length ? ` and ${thing.items.length - shown.length} more` : ""}
    </span>
  );
}

function CloseCorrection({ at, onClose, onDone }: { at: SignOff; onClose: () => void; onDone: () => void }) {
  const close = useMutation({
    mutationFn: () => closeCorrection(at),
    onSuccess: () => {
      onDone();
      confirmDone(`Closed; version ${at.signed_version} stands`);
      onClose();
    },
  });
  return (
    <Confirm
      title="Close the correction without a new version?"
      act="Close it"
      danger={false}
      busy={close.isPending}
      error={close.error}
      onAct={() => close.mutate()}
      onClose={onClose}
    >
      <p>Nothing was changed, so version {at.signed_version} stands as it was signed.</p>
    </Confirm>
  );
}

function Sign({ at, onClose, onDone }: { at: SignOff; onClose: () => void; onDone: () => void }) {
  const [statement, setStatement] = useState(
    "I audited these episodes by the methodology named, and stand by the findings.",
  );
  const sign = useMutation({
    mutationFn: () => signAudit(at, statement),
    onSuccess: (made) => {
      onDone();
      confirmDone(`Signed as version ${made.signed_version}`);
      onClose();
    },
  });
  return (
    <Confirm
      title={at.signed_version > 0 ? `Sign version ${at.signed_version + 1}?` : "Sign this audit?"}
      act="Sign"
      danger={false}
      busy={sign.isPending}
      error={sign.error}
      refusal={statement.trim().length < 3 ? "Write your statement" : null}
      onAct={() => sign.mutate()}
      onClose={onClose}
    >
      <p>
        The results, every position, the auditors with what they hold today, the profiles and the draw are sealed. From
        then on nothing of it can be changed; a correction is a new version with its reason.
      </p>
      <SaidField label="Your statement" value={statement} words={[]} onChange={setStatement} />
    </Confirm>
  );
}
