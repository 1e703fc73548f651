// One audited episode: coded from its record first, then compared with the coder's codes and decided.
import "@/parts/coding/coding.scss";
import "./worksheet.scss";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { PageHead } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { EmptyState, ErrorState, refusalOf, SkeletonRows } from "@/kit/states.tsx";
import { confirmDone } from "@/kit/toast.tsx";
import { Documents } from "@/parts/coding/documents.tsx";
import { Keys } from "@/parts/coding/keys.tsx";
import { useAuditMoved } from "@/parts/send-findings.tsx";
import { Compare } from "./compare.tsx";
import { markUnsafe, reopenItem, sheetQuery, takeItem, takeNext, type Worksheet } from "./data.ts";
import { ReasonDialog } from "./dialogs.tsx";
import { SheetHead } from "./head.tsx";
import { OwnCodes } from "./own-codes.tsx";

const route = getRouteApi("/signed-in/audits/$auditId/worksheet/$itemId");

export default function WorksheetPage() {
  const { auditId, itemId } = route.useParams();
  return itemId === "next" ? <Next auditId={auditId} /> : <Open key={itemId} auditId={auditId} itemId={itemId} />;
}

/** Takes the next episode and opens it in this one's place. */
function Next({ auditId }: { auditId: string }) {
  const go = useNavigate();
  const asked = useRef(false);
  const [problem, setProblem] = useState<unknown>(null);
  useEffect(() => {
    if (asked.current) return;
    asked.current = true;
    takeNext(auditId)
      .then(({ item_id }) =>
        go({ to: "/audits/$auditId/worksheet/$itemId", params: { auditId, itemId: item_id }, replace: true }),
      )
      .catch(setProblem);
  }, [auditId, go]);
  if (!problem) return <Opening />;
  const nothing = refusalOf(problem).title;
  return (
    <div className="cw-page">
      <PageHead title="Next episode" trail={<Link to="/audits">Audits</Link>} />
      <EmptyState
        title={nothing}
        action={
          <Link to="/audits/$auditId" params={{ auditId }}>
            Back to the audit
          </Link>
        }
      >
        <p>{refusalOf(problem).detail}</p>
      </EmptyState>
    </div>
  );
}

function Opening() {
  return (
    <div className="wb ws" aria-busy="true">
      <h1 className="cw-hidden" tabIndex={-1} data-page-title>
        Opening the worksheet
      </h1>
      <SkeletonRows rows={12} label="Opening the worksheet" />
    </div>
  );
}

function Open({ auditId, itemId }: { auditId: string; itemId: string }) {
  const query = useQuery(sheetQuery(itemId));
  const [round, setRound] = useState(0);
  const reload = async () => {
    await query.refetch();
    setRound((before) => before + 1);
  };
  if (query.data) return <Sheet key={round} opened={query.data} reload={reload} />;
  if (query.isError)
    return (
      <div className="cw-page">
        <PageHead
          title="Worksheet"
          trail={
            <Link to="/audits/$auditId" params={{ auditId }}>
              The audit
            </Link>
          }
        />
        <ErrorState error={query.error} onRetry={() => query.refetch()} />
      </div>
    );
  return <Opening />;
}

function Sheet({ opened, reload }: { opened: Worksheet; reload: () => Promise<void> }) {
  const go = useNavigate();
  const client = useQueryClient();
  const moved = useAuditMoved(opened.audit.audit_id);
  const [sheet, setSheet] = useState(opened);
  const [revising, setRevising] = useState(false);
  const [asking, setAsking] = useState<{ what: "unsafe" | "reopen"; version: number } | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const began = useRef(Date.now());
  const { item, audit } = sheet;
  const minutes = () =>
    Math.min(600, (item.minutes ?? 0) + Math.max(1, Math.round((Date.now() - began.current) / 60_000)));

  const left = async (next: string | null, words: string) => {
    moved();
    client.removeQueries({ queryKey: ["see_worksheet", item.item_id] });
    confirmDone(words);
    if (next) await go({ to: "/audits/$auditId/worksheet/$itemId", params: { auditId: audit.audit_id, itemId: next } });
    else await go({ to: "/audits/$auditId", params: { auditId: audit.audit_id } });
  };
  const take = async () => {
    try {
      await takeItem(item.item_id);
      moved();
      await reload();
    } catch (error) {
      setProblem(error);
    }
  };
  const unsafe = (version = item.version) => setAsking({ what: "unsafe", version });
  const coding = item.mine && (item.state === "coding" || revising);
  const compared = !coding && sheet.positions.length > 0;

  return (
    <div className="wb ws">
      <SheetHead sheet={sheet} onUnsafe={() => unsafe()} />
      {problem ? <ErrorState error={problem} /> : null}
      {coding ? (
        <OwnCodes
          key={revising ? "revise" : "code"}
          sheet={sheet}
          revising={revising}
          onSaved={(next) => {
            setRevising(false);
            setSheet(next);
            moved();
          }}
          onLeft={() => void left(null, "Given back")}
          onUnsafe={() => unsafe()}
          onBack={revising ? () => setRevising(false) : null}
        />
      ) : compared ? (
        <Compare
          key={item.version}
          opened={sheet}
          minutes={minutes}
          onFinished={(next, words) => void left(next, words)}
          onUnsafe={unsafe}
          onRevise={(now) => {
            setSheet(now);
            setRevising(true);
          }}
          onReload={() => void reload()}
          onReopen={() => setAsking({ what: "reopen", version: item.version })}
        />
      ) : (
        <>
          <Keys
            keys={[
              sheet.can.take === true
                ? { keys: "Alt+T", label: "Take this episode", group: "Worksheet", onPress: take }
                : null,
            ]}
          />
          <div className="ws-papers ws-papers--only">
            <Documents documents={sheet.documents} />
          </div>
          <div className="wb-foot">
            <span>{typeof sheet.can.take === "string" ? sheet.can.take : "Take the episode to audit it."}</span>
            <span className="cw-push" />
            {sheet.can.take === true ? (
              <Button look="primary" keys="Alt+T" onClick={take}>
                Take this episode
              </Button>
            ) : null}
            {sheet.can.reopen === true ? (
              <Button onClick={() => setAsking({ what: "reopen", version: item.version })}>Reopen</Button>
            ) : null}
          </div>
        </>
      )}
      {asking?.what === "unsafe" ? (
        <ReasonDialog
          title="Mark the episode unsafe to audit"
          label="Why the record cannot support an audit"
          hint="The episode counts in no class as long as the methodology excludes it, and is told in the report. The next episode opens."
          act="Mark unsafe"
          danger
          onClose={() => setAsking(null)}
          onAct={async (reason) => {
            // biome-ignore lint/suspicious/noThenProperty: the server's word for what comes after; a string is no promise.
            const done = await markUnsafe(item.item_id, { reason, minutes: minutes(), then: "next" }, asking.version);
            setAsking(null);
            await left(done.next_item_id, `Episode ${item.place} is unsafe to audit`);
          }}
        />
      ) : null}
      {asking?.what === "reopen" ? (
        <ReasonDialog
          title="Reopen the episode"
          label="Why it is taken up again"
          hint="What was decided stays as it was until you change it."
          act="Reopen"
          onClose={() => setAsking(null)}
          onAct={async (reason) => {
            await reopenItem(item.item_id, reason, asking.version);
            setAsking(null);
            moved();
            await reload();
          }}
        />
      ) : null}
    </div>
  );
}
