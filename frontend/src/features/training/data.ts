// Training on the wire: learning needs, logbooks, progression.
import { queryOptions } from "@tanstack/react-query";
import { answer, api, done, ifMatch, intention, type Schemas } from "@/api/client.ts";
import { pagesOptions } from "@/api/pages.ts";

export type Need = Schemas["NeedOut"];
export type Missed = Schemas["MissedStandard"];
export type Logbook = Schemas["LogbookOut"];
export type Cpd = Schemas["CpdOut"];
export type Trainee = Schemas["TraineeOut"];

export type NeedFilter = {
  state?: Need["state"] | undefined;
  code_class?: Need["code_class"] | undefined;
  coder_id?: string | undefined;
  standard?: string | undefined;
};

export function needPages(filter: NeedFilter) {
  return pagesOptions(["list_learning_needs", filter], (cursor, signal) =>
    answer(api.GET("/api/v1/learning-needs", { params: { query: { ...filter, cursor } }, signal })),
  );
}

export function myNeedPages(state: Need["state"] | undefined) {
  return pagesOptions(["list_my_learning_needs", state ?? null], (cursor, signal) =>
    answer(api.GET("/api/v1/my-learning-needs", { params: { query: { state, cursor } }, signal })),
  );
}

export function putNeed(need: Need, body: Schemas["NeedPut"]) {
  return answer(
    api.PUT("/api/v1/learning-needs/{need_id}", {
      params: { path: { need_id: need.need_id }, header: ifMatch(need.version) },
      body,
    }),
  );
}

type Period = { ended_from: string; ended_to: string };

export type MissedFilter = {
  signed_from?: string | undefined;
  signed_to?: string | undefined;
  specialty?: string | undefined;
  code_class?: Need["code_class"] | undefined;
};

export const missedStandardsQuery = (filter: MissedFilter) =>
  queryOptions({
    queryKey: ["list_missed_standards", filter],
    queryFn: ({ signal }) => answer(api.GET("/api/v1/missed-standards", { params: { query: filter }, signal })),
  });

/** Who coded in a period, and in which specialties: what the filters choose from. */
export const codersQuery = (period: Period) =>
  queryOptions({
    queryKey: ["list_audit_coders", period.ended_from, period.ended_to],
    queryFn: ({ signal }) => answer(api.GET("/api/v1/audit-coders", { params: { query: period }, signal })),
    staleTime: 5 * 60_000,
  });

export const specialtiesQuery = (period: Period) =>
  queryOptions({
    queryKey: ["list_audit_specialties", period.ended_from, period.ended_to],
    queryFn: ({ signal }) => answer(api.GET("/api/v1/audit-specialties", { params: { query: period }, signal })),
    staleTime: 5 * 60_000,
  });

export const myLogbookQuery = (year: string | undefined) =>
  queryOptions({
    queryKey: ["see_my_logbook", year ?? null],
    queryFn: ({ signal }) => answer(api.GET("/api/v1/my-logbook", { params: { query: { year } }, signal })),
  });

export const logbookQuery = (personId: string, year: string | undefined) =>
  queryOptions({
    queryKey: ["see_logbook", personId, year ?? null],
    queryFn: ({ signal }) =>
      answer(
        api.GET("/api/v1/logbooks/{person_id}", {
          params: { path: { person_id: personId }, query: { year } },
          signal,
        }),
      ),
  });

export const logbooksQuery = (year: string | undefined) =>
  queryOptions({
    queryKey: ["list_logbooks", year ?? null],
    queryFn: ({ signal }) => answer(api.GET("/api/v1/logbooks", { params: { query: { year, limit: 200 } }, signal })),
  });

/** Where the file of a logbook is fetched: a plain link, which the sign-in's cookie opens. */
export function fileOf(book: Logbook, form: "csv" | "pdf" = "csv"): string {
  const of = book.mine ? "/api/v1/my-logbook/file" : `/api/v1/logbooks/${book.person_id}/file`;
  const path = form === "pdf" ? `${of}.pdf` : of;
  return `${path}?year=${encodeURIComponent(book.year)}`;
}

export function addCpd(body: Schemas["CpdIn"]) {
  return answer(api.POST("/api/v1/my-logbook/cpd", { params: { header: intention() }, body }));
}

const at = (entry: Cpd) => ({ path: { cpd_entry_id: entry.cpd_entry_id }, header: ifMatch(entry.version) });

export function editCpd(entry: Cpd, body: Schemas["CpdIn"]) {
  return answer(api.PUT("/api/v1/cpd-entries/{cpd_entry_id}", { params: at(entry), body }));
}

export function removeCpd(entry: Cpd) {
  return done(api.DELETE("/api/v1/cpd-entries/{cpd_entry_id}", { params: at(entry) }));
}

export const traineesQuery = queryOptions({
  queryKey: ["list_trainees"],
  queryFn: ({ signal }) => answer(api.GET("/api/v1/trainees", { params: { query: { limit: 200 } }, signal })),
});

export const myProgressionQuery = queryOptions({
  queryKey: ["see_my_progression"],
  queryFn: ({ signal }) => answer(api.GET("/api/v1/my-progression", { signal })),
  retry: false,
});

export function decide(trainee: Trainee, body: Schemas["ProgressionDecisionIn"]) {
  return answer(
    api.POST("/api/v1/trainees/{person_id}/decisions", {
      params: { path: { person_id: trainee.person_id }, header: ifMatch(trainee.seq) },
      body,
    }),
  );
}
