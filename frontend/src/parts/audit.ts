// An audit as its pages share it: one query, so that the head of each page is there at once.
import { queryOptions } from "@tanstack/react-query";
import { answer, api, type Schemas } from "@/api/client.ts";
import { count, counted } from "@/kit/numbers.ts";

export type Audit = Schemas["AuditOut"];

export function auditQuery(auditId: string) {
  return queryOptions({
    queryKey: ["see_audit", auditId],
    queryFn: ({ signal }) =>
      answer(api.GET("/api/v1/audits/{audit_id}", { params: { path: { audit_id: auditId } }, signal })),
  });
}

/** The kinds of audits, each with what it is for. */
export const kinds: readonly { value: Audit["kind"]; label: string; why: string }[] = [
  { value: "dspt", label: "DSPT annual", why: "The yearly audit of 200 episodes for the toolkit" },
  { value: "specialty", label: "Specialty", why: "One specialty or treatment function" },
  { value: "coder", label: "Individual coder", why: "One coder's episodes" },
  { value: "team", label: "Team", why: "Several coders together" },
  { value: "hrg", label: "HRG or code", why: "Episodes with certain codes" },
  { value: "mortality", label: "Mortality", why: "Patients who died in hospital" },
  { value: "trainee", label: "Trainee progression", why: "Evidence for a trainee's next stage" },
  { value: "ad_hoc", label: "Ad hoc", why: "Anything else that needs a look" },
  { value: "follow_up", label: "Follow-up", why: "Whether an earlier audit's actions have helped" },
  { value: "external", label: "External", why: "Commissioned by the ICB or nationally; findings come by file" },
];

const states: Record<Audit["state"], { label: string; tone: "grey" | "blue" | "amber" | "green" }> = {
  setting_up: { label: "being set up", tone: "grey" },
  running: { label: "running", tone: "blue" },
  signed: { label: "signed", tone: "green" },
  correcting: { label: "being corrected", tone: "amber" },
  abandoned: { label: "abandoned", tone: "grey" },
};

/** `200 + 20 second audits`: a sample as every page says it, so that no two counts of one audit seem to differ. */
export function sampleWords({ items, second }: Pick<Audit["progress"], "items" | "second">): string {
  if (second === 0) return counted(items, "episode");
  return `${count(items)} + ${counted(second, "second audit")}`;
}

/** `+ 3 of 20 second audits`: what stands beside how many episodes are done; empty where none is audited twice. */
export function secondWords({ second, second_done }: Pick<Audit["progress"], "second" | "second_done">): string {
  return second === 0 ? "" : `+ ${count(second_done)} of ${counted(second, "second audit")}`;
}

/** A state in words, with the tint of its tag. */
export function auditState(state: Audit["state"]) {
  return states[state];
}

/** What is open of an audit's pages: before its draw there is nothing to work on, and only an external one has a file. */
export function auditPages(audit: Pick<Audit, "state" | "kind" | "drawn_at" | "progress">): AuditPageKey[] {
  const begun = audit.drawn_at !== null || audit.progress.items > 0;
  return [
    "overview",
    ...(audit.state === "setting_up" ? (["set-up", "draw"] as const) : []),
    ...(audit.kind === "external" ? (["import"] as const) : []),
    ...(begun ? (["results", "report", "sign"] as const) : []),
  ];
}

export type AuditPageKey = "overview" | "set-up" | "draw" | "import" | "results" | "report" | "sign";
