// Something changed while an episode was open: what stands beside what was typed, who or what was the cause, and when
// the other side is in truth one's own submission whose answer got lost.
import type { Problem } from "@/api/problem.ts";
import { day, instant } from "@/kit/dates.ts";
import { sameContent } from "@/parts/coding/diff.ts";
import { unpackDraft } from "@/parts/coding/draft.ts";
import type { Content } from "@/parts/coding/grid.ts";
import type { Workbench, WorkItem } from "@/parts/coding/wire.ts";
import { kindWords } from "@/parts/coding/words.ts";

/** As the NHS Data Dictionary codes them. */
const SEXES: Record<string, string> = { "0": "not known", "1": "male", "2": "female", "9": "not specified" };

export type Fact = { label: string; was: string | null; now: string | null };

interface Told {
  /** What happened: who saved the other version and when, or that the PAS was the cause. */
  readonly who: string;
  /** What the PAS changed of the episode. */
  readonly facts: readonly Fact[];
}

export type Conflict =
  | (Told & { readonly of: "draft"; readonly theirs: Content; readonly version: number })
  /** `theirs` is null when only facts of the episode changed; `fresh` is the page to go on from. */
  | (Told & { readonly of: "codes"; readonly theirs: Content | null; readonly fresh: Workbench });

/** The codes that count now: of the newest version. */
export function contentOf(wb: Workbench): Content {
  return {
    diagnoses: wb.coding?.diagnoses.map(({ code }) => ({ code })) ?? [],
    procedures: wb.coding?.procedures.map(({ code, on }) => ({ code, on })) ?? [],
  };
}

/** What tells one state of an episode from another: its codes, its facts and its documents. */
export type Stands = Pick<Workbench["episode"], "coding_version" | "basis" | "documents_mark">;

export function sameStand(one: Stands, other: Stands): boolean {
  return (
    one.coding_version === other.coding_version &&
    one.basis === other.basis &&
    one.documents_mark === other.documents_mark
  );
}

/** What changed while the page was open, noticed before anything was submitted. */
export function newsOf(seen: Workbench, fresh: Workbench): Conflict {
  const recoded = fresh.episode.coding_version !== seen.episode.coding_version;
  const facts = [...shownFacts(seen, fresh), ...documentFacts(seen, fresh)];
  const who = recoded ? (codedWords(fresh) ?? "Other codes have come") : "The episode has changed";
  return { of: "codes", who, facts, theirs: recoded ? contentOf(fresh) : null, fresh };
}

/** Documents that came or changed since, newest as the page lists them. */
export function documentFacts(seen: Workbench, fresh: Workbench): Fact[] {
  const before = new Map(seen.documents.map((one) => [one.document_ref, one]));
  return fresh.documents.flatMap((one) => {
    const was = before.get(one.document_ref);
    const same =
      was && JSON.stringify({ ...was, awaited_days: null }) === JSON.stringify({ ...one, awaited_days: null });
    if (same) return [];
    const label = kindWords(one.kind);
    if (!one.arrived_at) return [{ label, was: was ? was.title : "not expected", now: `expected: ${one.title}` }];
    return [{ label, was: was ? (was.arrived_at ? "another text" : "expected") : "not there", now: one.title }];
  });
}

/** A submission refused as stale (412): `seen` is the page it was made from, `fresh` the page as it is now. */
export function staleSubmit(error: Problem, seen: Workbench, fresh: Workbench): Conflict {
  const facts = factsOf(error, seen, fresh);
  const recoded = fresh.episode.coding_version !== seen.episode.coding_version;
  const coded = recoded ? codedWords(fresh) : null;
  const cause = fresh.episode.basis === seen.episode.basis ? "A document has come" : "The PAS has changed the episode";
  const who = facts ? [cause, coded].filter(Boolean).join(". ") : (coded ?? error.title);
  return { of: "codes", who, facts: facts ?? [], theirs: recoded ? contentOf(fresh) : null, fresh };
}

/** A draft made before the codes that the episode has now; null when there is nothing to choose between. */
export function oldDraft(wb: Workbench): Conflict | null {
  const { draft, coding } = wb;
  if (!draft || !coding || draft.based_on >= wb.episode.coding_version) return null;
  if (sameContent(unpackDraft(draft).content, contentOf(wb))) return null;
  const who = `Your draft is older than the codes. ${codedWords(wb)}`;
  return { of: "codes", who, facts: [], theirs: contentOf(wb), fresh: wb };
}

/** Whether a refused submission is there all the same: the next version, by me, with exactly these codes. */
export function isMySubmission(error: Problem, sent: Content, seen: Workbench, fresh: Workbench, me: string): boolean {
  const { coding } = fresh;
  return (
    coding !== null &&
    coding.version === seen.episode.coding_version + 1 &&
    coding.source === "codewell" &&
    coding.state !== "returned" &&
    coding.person_name === me &&
    factsOf(error, seen, fresh) === null &&
    sameContent(sent, contentOf(fresh))
  );
}

/** The episode that came with a lost answer: what I hold besides this one, taken last. */
export function alreadyTaken(leased: readonly WorkItem[], episodeId: string): string | null {
  const others = leased.filter((item) => item.episode_id !== episodeId && item.lease_until);
  others.sort((a, b) => Date.parse(b.lease_until ?? "") - Date.parse(a.lease_until ?? ""));
  return others[0]?.episode_id ?? null;
}

/** `Discharge date was 14 Nov 2026, now 15 Nov 2026`. */
export function factWords({ label, was, now }: Fact): string {
  const words = (value: string | null) => (label === "Sex" && value && SEXES[value]) || valueWords(value);
  return `${label} was ${words(was)}, now ${words(now)}`;
}

function valueWords(value: string | null): string {
  if (value === null || value === "") return "empty";
  return /^\d{4}-\d{2}-\d{2}$/.test(value) ? day(value) : value;
}

function codedWords({ coding }: Workbench): string | null {
  if (!coding) return null;
  const at = instant(coding.recorded_at);
  if (coding.source === "pas") return `The PAS sent codes (version ${coding.version}) at ${at}`;
  if (coding.source === "encoder") return `The encoder sent codes (version ${coding.version}) at ${at}`;
  return `${coding.person_name ?? coding.coder_ref ?? `The ${coding.source}`} saved version ${coding.version} at ${at}`;
}

/** What the PAS changed, or null when it was not the cause. An episode without codes is compared with what was shown. */
function factsOf(error: Problem, seen: Workbench, fresh: Workbench): readonly Fact[] | null {
  const given = Array.isArray(error.document.facts) ? error.document.facts : [];
  if (given.length === 0) return null;
  const told = given.flatMap((one: unknown) => {
    const { label, was, now } = (typeof one === "object" && one ? one : {}) as Record<string, unknown>;
    if (typeof label !== "string" || (was == null && now == null)) return [];
    return [{ label, was: was == null ? null : String(was), now: now == null ? null : String(now) }];
  });
  return [...(told.length > 0 ? told : shownFacts(seen, fresh)), ...documentFacts(seen, fresh)];
}

function shownFacts(seen: Workbench, fresh: Workbench): Fact[] {
  const was = shown(seen);
  return shown(fresh).flatMap(([label, now], at) => {
    const before = was[at]?.[1] ?? null;
    return before === now ? [] : [{ label, was: before, now }];
  });
}

function shown({ episode, patient }: Workbench): [string, string | null][] {
  const named = (one: { code: string; name: string | null } | null) => (one ? (one.name ?? one.code) : null);
  return [
    ["Episode start", episode.started_on],
    ["Episode end", episode.ended_on],
    ["Sex", patient.sex],
    ["Admission date", episode.admitted_on],
    ["Admission method", named(episode.admission_method)],
    ["Discharge date", episode.discharged_on],
    ["Discharge method", named(episode.discharge_method)],
    ["Patient class", named(episode.patient_class)],
    ["Consultant", episode.consultant_code],
    ["Specialty", named(episode.specialty)],
    ["Treatment function", named(episode.treatment_function)],
  ];
}
