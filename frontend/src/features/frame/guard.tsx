// What stands before every page: who may see it, and whether its address can name anything at all.
import { Link, type RouteComponent, useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useMay, useMe } from "@/api/me.ts";
import { PageHead } from "@/kit/bits.tsx";
import { NoPermission } from "@/kit/states.tsx";
import { NoSuchPage } from "./not-found.page.tsx";

/** What the page reads first needs this permission, or one of these; null for what everyone signed in may see. */
export const pagePermissions = {
  "/": null,
  "/my-work": "work_item:list",
  "/queues": "work_item:list",
  "/episodes/$episodeId": "coding:see",
  "/patients": "patient:search",
  "/patients/$patientId": "patient:see",
  "/codes": "code:search",
  "/intake": "intake:monitor",
  "/intake/jobs/$jobId": "intake:monitor",
  "/editions": "edition:list",
  "/editions/$editionId": "edition:list",
  "/check-rules": "check_rule:list",
  "/sus-timetable": "timetable:see",
  "/audits": "audit:list",
  "/audits/new": "audit:set_up",
  "/audits/$auditId": "audit:see",
  "/audits/$auditId/set-up": "audit:set_up",
  "/audits/$auditId/draw": "audit:set_up",
  "/audits/$auditId/worksheet/$itemId": "audit:work",
  "/audits/$auditId/results": "audit:see",
  "/actions": "action:list",
  "/actions/$recommendationId": "action:list",
  "/audits/$auditId/report": "report:see",
  "/audits/$auditId/sign": "audit:see",
  "/audits/$auditId/import": "audit:see",
  "/findings": "finding:reply",
  "/findings/$itemId": "finding:reply",
  "/disputes": "audit:see",
  "/disputes/$itemId": "audit:see",
  "/audit-profiles": "audit_profile:list",
  "/audit-profiles/$profileId": "audit_profile:list",
  "/auditors": "auditor:list",
  "/programme": "programme:see",
  "/learning-needs": "finding:reply",
  "/logbook": ["logbook:keep", "logbook:see"],
  "/progression": "finding:reply",
  "/people": "person:list",
  "/people/$personId": "person:list",
  "/api-clients": "api_client:list",
  "/my-sign-ins": null,
  "/trail": "trail:search",
} as const;

export type PagePath = keyof typeof pagePermissions;

/** Says whether somebody may open a page. */
export function mayOpen(path: PagePath, may: (permission: string) => boolean): boolean {
  const wanted: string | readonly string[] | null = pagePermissions[path];
  if (wanted === null) return true;
  return typeof wanted === "string" ? may(wanted) : wanted.some(may);
}

const anAudit = { param: "auditId", what: "audit", back: <Link to="/audits">See the audits</Link> };

const anEpisode = (back: ReactNode) => ({ param: "itemId", what: "audited episode", back });

/** Ids of ours in an address; editions and profiles have names instead, which only the server knows. */
const named: Partial<Record<PagePath, { param: string; what: string; back: ReactNode }>> = {
  "/episodes/$episodeId": { param: "episodeId", what: "episode", back: <Link to="/queues">See the queues</Link> },
  "/patients/$patientId": { param: "patientId", what: "patient", back: <Link to="/patients">Find a patient</Link> },
  "/intake/jobs/$jobId": { param: "jobId", what: "file", back: <Link to="/intake">See the intake</Link> },
  "/audits/$auditId": anAudit,
  "/audits/$auditId/set-up": anAudit,
  "/audits/$auditId/draw": anAudit,
  "/audits/$auditId/worksheet/$itemId": anAudit,
  "/audits/$auditId/results": anAudit,
  "/actions/$recommendationId": {
    param: "recommendationId",
    what: "recommendation",
    back: <Link to="/actions">See the actions</Link>,
  },
  "/audits/$auditId/report": anAudit,
  "/audits/$auditId/sign": anAudit,
  "/audits/$auditId/import": anAudit,
  "/findings/$itemId": anEpisode(<Link to="/findings">See your findings</Link>),
  "/disputes/$itemId": anEpisode(<Link to="/disputes">See the disputes</Link>),
  "/people/$personId": { param: "personId", what: "person", back: <Link to="/people">See the people</Link> },
};

const ours = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The page, or one clear state in its place: nothing of it is drawn, and nothing asked, before that is known. */
export function guarded(path: PagePath, page: RouteComponent): RouteComponent {
  const id = named[path];
  const PageOf = page;
  const Guarded: RouteComponent = () => {
    const may = useMay();
    const params: Record<string, string | undefined> = useParams({ strict: false });
    if (!mayOpen(path, may)) return <NotAllowed />;
    if (id && !ours.test(params[id.param] ?? "")) return <NoSuchPage what={id.what} back={id.back} />;
    return <PageOf />;
  };
  if (page.preload) Guarded.preload = page.preload;
  return Guarded;
}

function NotAllowed() {
  const me = useMe();
  return (
    <div className="cw-page">
      <PageHead title="You may not see this page" />
      <NoPermission
        detail={`You are signed in as ${me.role_label.toLowerCase()}. Ask your coding manager or system administrator if you need it for your work.`}
      />
      <p>
        <Link to="/">Go to the home page</Link>
      </p>
    </div>
  );
}
