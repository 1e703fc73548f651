// The programme on the wire: years, plans, coverage, recurring draws and what came of them.
import { queryOptions } from "@tanstack/react-query";
import { answer, api, ifMatch, intention, type Schemas } from "@/api/client.ts";

export type Programme = Schemas["ProgrammeOut"];
export type Plan = Schemas["PlannedAuditOut"];
export type PlanIn = Schemas["PlannedAuditIn"];
export type Coverage = Schemas["CoverageOut"];
export type Recurring = Schemas["RecurringDrawOut"];
export type RecurringIn = Schemas["RecurringDrawIn"];
export type Run = Schemas["RunOut"];

export const programmesQuery = queryOptions({
  queryKey: ["list_programmes"],
  queryFn: ({ signal }) => answer(api.GET("/api/v1/programmes", { params: { query: { limit: 50 } }, signal })),
});

export const plansQuery = (programmeId: string) =>
  queryOptions({
    queryKey: ["list_planned_audits", programmeId],
    queryFn: async ({ signal }) => {
      // A year has a few dozen plans, and the calendar shows all of them.
      const all: Plan[] = [];
      let cursor: string | null = null;
      do {
        const page: Schemas["PlannedAuditPage"] = await answer(
          api.GET("/api/v1/programmes/{programme_id}/planned-audits", {
            params: { path: { programme_id: programmeId }, query: { limit: 200, ...(cursor ? { cursor } : {}) } },
            signal,
          }),
        );
        all.push(...page.items);
        cursor = page.next;
      } while (cursor);
      return all;
    },
  });

export const coverageCountsQuery = (programmeId: string) =>
  queryOptions({
    queryKey: ["count_coverage", programmeId],
    queryFn: ({ signal }) =>
      answer(
        api.GET("/api/v1/programmes/{programme_id}/coverage", {
          params: { path: { programme_id: programmeId } },
          signal,
        }),
      ),
  });

const of = (programmeId: string) => ({ path: { programme_id: programmeId }, query: { limit: 200 } });

export const coderCoverageQuery = (programmeId: string) =>
  queryOptions({
    queryKey: ["list_coder_coverage", programmeId],
    queryFn: ({ signal }) =>
      answer(api.GET("/api/v1/programmes/{programme_id}/coverage/coders", { params: of(programmeId), signal })),
  });

export const specialtyCoverageQuery = (programmeId: string) =>
  queryOptions({
    queryKey: ["list_specialty_coverage", programmeId],
    queryFn: ({ signal }) =>
      answer(api.GET("/api/v1/programmes/{programme_id}/coverage/specialties", { params: of(programmeId), signal })),
  });

export const recurringQuery = queryOptions({
  queryKey: ["list_recurring_draws"],
  queryFn: ({ signal }) => answer(api.GET("/api/v1/recurring-draws", { params: { query: { limit: 200 } }, signal })),
});

export const missedQuery = queryOptions({
  queryKey: ["list_missed_runs"],
  queryFn: ({ signal }) => answer(api.GET("/api/v1/missed-runs", { params: { query: { limit: 200 } }, signal })),
});

export const runsQuery = (drawId: string) =>
  queryOptions({
    queryKey: ["list_recurring_runs", drawId],
    queryFn: ({ signal }) =>
      answer(
        api.GET("/api/v1/recurring-draws/{recurring_draw_id}/runs", {
          params: { path: { recurring_draw_id: drawId }, query: { limit: 50 } },
          signal,
        }),
      ),
  });

export const nextRunQuery = (drawId: string) =>
  queryOptions({
    queryKey: ["preview_next_run", drawId],
    queryFn: ({ signal }) =>
      answer(
        api.GET("/api/v1/recurring-draws/{recurring_draw_id}/next", {
          params: { path: { recurring_draw_id: drawId } },
          signal,
        }),
      ),
  });

export const auditorsQuery = queryOptions({
  queryKey: ["list_auditors"],
  queryFn: ({ signal }) => answer(api.GET("/api/v1/auditors", { signal })),
});

export function beginProgramme(body: Schemas["ProgrammeIn"]) {
  return answer(api.POST("/api/v1/programmes", { params: { header: intention() }, body }));
}

export function editProgramme(programme: Programme, body: Schemas["ProgrammeIn"]) {
  return answer(
    api.PUT("/api/v1/programmes/{programme_id}", {
      params: { path: { programme_id: programme.programme_id }, header: ifMatch(programme.version) },
      body,
    }),
  );
}

export function planAudit(programmeId: string, body: PlanIn) {
  return answer(
    api.POST("/api/v1/programmes/{programme_id}/planned-audits", {
      params: { path: { programme_id: programmeId }, header: intention() },
      body,
    }),
  );
}

const at = (plan: Plan) => ({
  path: { planned_audit_id: plan.planned_audit_id },
  header: ifMatch(plan.version),
});

export function editPlan(plan: Plan, body: PlanIn) {
  return answer(api.PUT("/api/v1/planned-audits/{planned_audit_id}", { params: at(plan), body }));
}

export function dropPlan(plan: Plan, reason: string) {
  return answer(api.POST("/api/v1/planned-audits/{planned_audit_id}/drop", { params: at(plan), body: { reason } }));
}

export function restorePlan(plan: Plan) {
  return answer(api.POST("/api/v1/planned-audits/{planned_audit_id}/restore", { params: at(plan) }));
}

export function startPlan(plan: Plan) {
  return answer(api.POST("/api/v1/planned-audits/{planned_audit_id}/start", { params: at(plan), body: {} }));
}

export function scheduleDraw(body: RecurringIn) {
  return answer(api.POST("/api/v1/recurring-draws", { params: { header: intention() }, body }));
}

const ofDraw = (draw: Recurring) => ({
  path: { recurring_draw_id: draw.recurring_draw_id },
  header: ifMatch(draw.version),
});

export function editDraw(draw: Recurring, body: RecurringIn) {
  return answer(api.PUT("/api/v1/recurring-draws/{recurring_draw_id}", { params: ofDraw(draw), body }));
}

export function stopDraw(draw: Recurring, reason: string) {
  return answer(
    api.POST("/api/v1/recurring-draws/{recurring_draw_id}/stop", { params: ofDraw(draw), body: { reason } }),
  );
}

export function resumeDraw(draw: Recurring) {
  return answer(api.POST("/api/v1/recurring-draws/{recurring_draw_id}/resume", { params: ofDraw(draw) }));
}

const ofRun = (run: Run) => ({ path: { recurring_run_id: run.recurring_run_id } });

export function acknowledgeRun(run: Run, reason: string) {
  return answer(
    api.POST("/api/v1/recurring-runs/{recurring_run_id}/acknowledge", { params: ofRun(run), body: { reason } }),
  );
}

export function runByHand(run: Run) {
  return answer(api.POST("/api/v1/recurring-runs/{recurring_run_id}/run", { params: ofRun(run) }));
}

/** What anything done to the programme may have changed. */
export const changed: readonly string[] = [
  "list_programmes",
  "list_planned_audits",
  "count_coverage",
  "list_coder_coverage",
  "list_specialty_coverage",
  "list_recurring_draws",
  "list_missed_runs",
  "list_recurring_runs",
  "preview_next_run",
  "count_programme",
  "list_audits",
];
