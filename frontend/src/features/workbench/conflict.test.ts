import { describe, expect, it } from "vitest";
import { Problem } from "@/api/problem.ts";
import type { Workbench, WorkItem } from "@/parts/coding/wire.ts";
import {
  alreadyTaken,
  contentOf,
  factWords,
  isMySubmission,
  newsOf,
  oldDraft,
  sameStand,
  staleSubmit,
} from "./conflict.ts";

const refusal = (facts: unknown[] = []) =>
  new Problem({ type: "/problems/stale", title: "This has changed since you opened it", status: 412, facts });

const EPISODE = {
  coding_version: 0,
  basis: "aa",
  documents_mark: "dd",
  started_on: "2026-11-12",
  ended_on: "2026-11-14",
  admitted_on: "2026-11-12",
  admission_method: { code: "21", name: null },
  discharged_on: "2026-11-14",
  discharge_method: null,
  patient_class: null,
  consultant_code: null,
  specialty: null,
  treatment_function: null,
};
const coding = (version: number, codes: string[], more: object = {}) => ({
  version,
  state: "final",
  source: "codewell",
  person_name: "Cara Coder",
  coder_ref: null,
  recorded_at: "2026-11-20T10:00:00Z",
  diagnoses: codes.map((code) => ({ code })),
  procedures: [],
  ...more,
});

/** As much of the page as is looked at here. */
function page(episode: object = {}, more: object = {}): Workbench {
  return {
    episode: { ...EPISODE, ...episode },
    patient: { sex: "2", age: 68 },
    coding: null,
    draft: null,
    work_item: null,
    documents: [],
    ...more,
  } as unknown as Workbench;
}
const draft = (based_on: number, codes: string[]) => ({
  version: 4,
  diagnoses: codes.map((code) => ({ code })),
  procedures: [],
  note: "",
  pending: "",
  based_on,
});

describe("a document that came while the episode was open", () => {
  const summary = { document_ref: "D1", kind: "discharge_summary", title: "Not pneumonia", arrived_at: "2026-11-20" };
  const histology = { document_ref: "H1", kind: "histology", title: "Polyp", arrived_at: null, awaited_days: 3 };
  const seen = page({}, { documents: [histology] });
  const fresh = page({ documents_mark: "ee" }, { documents: [summary, { ...histology, arrived_at: "2026-11-20" }] });

  it("is named, with what was there of it before", () => {
    const facts = [{ field: "documents", label: "Documents", was: null, now: null }];
    const conflict = staleSubmit(refusal(facts), seen, fresh);
    expect(conflict).toMatchObject({ who: "A document has come", theirs: null, fresh });
    expect(conflict.facts.map(factWords)).toEqual([
      "Discharge summary was not there, now Not pneumonia",
      "Histology was expected, now Polyp",
    ]);
    expect(newsOf(seen, fresh).facts).toEqual(conflict.facts);
  });

  it("is news; a day more of waiting is none", () => {
    expect(sameStand(seen.episode, fresh.episode)).toBe(false);
    expect(sameStand(seen.episode, { ...seen.episode })).toBe(true);
    const tomorrow = page({}, { documents: [{ ...histology, awaited_days: 4 }] });
    expect(newsOf(seen, tomorrow).facts).toEqual([]);
  });
});

describe("a submission that was refused as stale", () => {
  it("says what the PAS changed, and does not name the person whose codes still stand", () => {
    const seen = page({ coding_version: 2 }, { coding: coding(2, ["I214"]) });
    const fresh = page({ coding_version: 2, basis: "bb" }, { coding: coding(2, ["I214"]) });
    const facts = [{ field: "ended_on", label: "Episode end", was: "2026-11-14", now: "2026-11-15" }];
    const conflict = staleSubmit(refusal(facts), seen, fresh);
    expect(conflict).toMatchObject({ of: "codes", who: "The PAS has changed the episode", theirs: null, fresh });
    expect(conflict.facts.map(factWords)).toEqual(["Episode end was 14 Nov 2026, now 15 Nov 2026"]);
  });

  it("finds out what changed by itself when the episode had no codes to compare with", () => {
    const fresh = page({ discharged_on: null, basis: "bb" });
    const conflict = staleSubmit(
      refusal([{ field: "episode", label: "Episode", was: null, now: null }]),
      page(),
      fresh,
    );
    expect(conflict.facts).toEqual([{ label: "Discharge date", was: "2026-11-14", now: null }]);
    expect(conflict.facts.map(factWords)).toEqual(["Discharge date was 14 Nov 2026, now empty"]);
  });

  it("says facts in words", () => {
    expect(factWords({ label: "Sex", was: "1", now: "2" })).toBe("Sex was male, now female");
  });

  it("names who coded it meanwhile, and shows those codes", () => {
    const fresh = page({ coding_version: 1 }, { coding: coding(1, ["I219"]) });
    const conflict = staleSubmit(refusal(), page(), fresh);
    expect(conflict.who).toBe("Cara Coder saved version 1 at 20 Nov 2026, 10:00am");
    expect(conflict).toMatchObject({ facts: [], theirs: { diagnoses: [{ code: "I219" }], procedures: [] } });
  });

  it("names the PAS when the codes came from there", () => {
    const pas = { source: "pas", person_name: null, coder_ref: "C042" };
    const conflict = staleSubmit(refusal(), page(), page({ coding_version: 1 }, { coding: coding(1, ["I219"], pas) }));
    expect(conflict.who).toBe("The PAS sent codes (version 1) at 20 Nov 2026, 10:00am");
  });
});

describe("a submission whose answer was lost", () => {
  const sent = { diagnoses: [{ code: "I214" }], procedures: [] };
  const there = (more: object = {}) => page({ coding_version: 1 }, { coding: coding(1, ["I214"], more) });
  const mine = (fresh: Workbench, error = refusal()) => isMySubmission(error, sent, page(), fresh, "Cara Coder");

  it("is there when the next version is mine with the same codes", () => {
    expect(mine(there())).toBe(true);
  });

  it.each<[string, Workbench, Problem?]>([
    ["somebody else's", there({ person_name: "Theo Trainee" })],
    ["other codes", page({ coding_version: 1 }, { coding: coding(1, ["I219"]) })],
    ["a later version", page({ coding_version: 2 }, { coding: coding(2, ["I214"]) })],
    ["returned", there({ state: "returned" })],
    ["from the PAS", there({ source: "pas" })],
    ["no version at all", page()],
    ["on other facts", there(), refusal([{ field: "sex", label: "Sex", was: "1", now: "2" }])],
  ])("is not taken for success when it is %s", (_, fresh, error) => {
    expect(mine(fresh, error)).toBe(false);
  });

  it("goes on to the episode that was taken with it", () => {
    const item = (episode_id: string, lease_until: string | null) => ({ episode_id, lease_until }) as WorkItem;
    const leased = [
      item("this", "2026-11-20T11:00:00Z"),
      item("older", "2026-11-20T10:30:00Z"),
      item("taken", "2026-11-20T10:59:00Z"),
    ];
    expect(alreadyTaken(leased, "this")).toBe("taken");
    expect(alreadyTaken([item("this", "2026-11-20T11:00:00Z")], "this")).toBeNull();
  });
});

describe("a draft from before the codes", () => {
  it("is shown beside the codes that came after it", () => {
    const wb = page({ coding_version: 3 }, { coding: coding(3, ["I219"]), draft: draft(2, ["I214"]) });
    expect(oldDraft(wb)).toMatchObject({ of: "codes", theirs: contentOf(wb), fresh: wb });
    expect(oldDraft(wb)?.who).toContain("Your draft is older than the codes. Cara Coder saved version 3");
  });

  it.each([
    ["it stands on the newest version", draft(3, ["I214"])],
    ["it says the same", draft(2, ["I219"])],
    ["there is none", null],
  ])("asks nothing when %s", (_, given) => {
    expect(oldDraft(page({ coding_version: 3 }, { coding: coding(3, ["I219"]), draft: given }))).toBeNull();
  });
});
