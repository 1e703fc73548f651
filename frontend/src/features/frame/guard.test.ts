// The guard of a page asks for the permission that the API asks for, page by page.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { type PagePath, pagePermissions } from "./guard.tsx";
import { places, placesFor } from "./places.ts";

/** The operation that each page cannot be without. */
const reads: Record<PagePath, string | null> = {
  "/": null,
  "/my-work": "list_my_work",
  "/queues": "list_work_items",
  "/episodes/$episodeId": "see_workbench",
  "/patients": "search_patients",
  "/patients/$patientId": "see_patient",
  "/codes": "search_codes",
  "/intake": "list_jobs",
  "/intake/jobs/$jobId": "see_job",
  "/editions": "list_editions",
  "/editions/$editionId": "read_edition",
  "/check-rules": "list_check_rules",
  "/sus-timetable": "list_timetable",
  "/audits": "list_audits",
  "/audits/new": "open_audit",
  "/audits/$auditId": "see_audit",
  "/audits/$auditId/set-up": "edit_audit",
  "/audits/$auditId/draw": "preview_draw",
  "/audits/$auditId/worksheet/$itemId": "see_worksheet",
  "/audits/$auditId/report": "see_report",
  "/audit-profiles": "list_audit_profiles",
  "/audit-profiles/$profileId": "see_audit_profile",
  "/auditors": "list_auditors",
  "/audits/$auditId/sign": "see_sign_off",
  "/audits/$auditId/import": "see_external_figures",
  "/findings": "list_my_findings",
  "/findings/$itemId": "see_finding",
  "/disputes": "list_disputes",
  "/disputes/$itemId": "see_dispute",
  "/audits/$auditId/results": "see_results",
  "/actions": "list_actions",
  "/actions/$recommendationId": "see_recommendation",
  "/programme": "list_programmes",
  "/learning-needs": "list_my_learning_needs",
  "/logbook": "see_my_logbook",
  "/progression": "see_my_progression",
  "/people": "list_people",
  "/people/$personId": "see_person",
  "/api-clients": "list_api_clients",
  "/my-sign-ins": "list_my_sign_ins",
  "/trail": "search_trail",
};

const operations = new Map(
  readFileSync(new URL("../../../../openapi/operations.txt", import.meta.url), "utf-8")
    .trim()
    .split("\n")
    .map((line) => line.split(/\s+/))
    .map(([, , operation, permission]) => [operation ?? "", permission === "-" ? null : (permission ?? null)]),
);

it.each(Object.entries(reads))("%s asks for what %s asks for", (path, operation) => {
  const wanted = operation === null ? null : operations.get(operation);
  expect(wanted).toBeDefined();
  // A page that shows one of two things names both permissions.
  expect([pagePermissions[path as PagePath]].flat()).toContain(wanted);
});

it("the navigation leads where the person may go, and nowhere else", () => {
  const may = (permission: string) => permission === "person:list";
  expect(placesFor(may).map((group) => group.map((place) => place.to))).toEqual([["/"], ["/people"]]);
  expect(placesFor(() => true)).toEqual(places);
});

it("somebody in training finds their progression, another coder has none", () => {
  const leads = (...permissions: string[]) =>
    placesFor((permission) => permissions.includes(permission)).flatMap((group) => group.map((place) => place.to));
  expect(leads("finding:reply", "coding:code")).toContain("/progression");
  expect(leads("finding:reply", "coding:code", "coding:finalise")).not.toContain("/progression");
  expect(leads("finding:reply", "coding:code", "coding:finalise", "progression:see")).toContain("/progression");
});
