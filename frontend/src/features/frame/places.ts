// The places of the left-hand navigation. One list for the nav and the palette; what each needs, its page says.
import { mayOpen, type PagePath } from "./guard.tsx";

export type Place = {
  to: PagePath;
  label: string;
  /** Words that also lead here in the palette. */
  also?: string;
  count?: "my_work" | "queues" | "my_findings" | "disputes" | "missed_runs" | "my_actions";
  /** Of those who may open it, for whom it is anything. */
  only?: (may: (permission: string) => boolean) => boolean;
};

/** Somebody in training codes, and their coding is checked before it is final: to them the page shows their own stage. */
const overseesOrTrains = (may: (permission: string) => boolean) =>
  may("progression:see") || (may("coding:code") && !may("coding:finalise"));

export const places: readonly (readonly Place[])[] = [
  [
    { to: "/", label: "Home" },
    { to: "/my-work", label: "My work", count: "my_work", also: "drafts mine" },
    { to: "/queues", label: "Queues", count: "queues", also: "work list uncoded" },
  ],
  [
    { to: "/patients", label: "Find a patient", also: "nhs number local id spell" },
    { to: "/codes", label: "Codes", also: "icd-10 opcs-4 browse classification" },
  ],
  [
    { to: "/findings", label: "My findings", count: "my_findings", also: "audit errors reply agree dispute" },
    { to: "/disputes", label: "Disputes", count: "disputes", also: "findings answer rule escalated replies" },
    { to: "/audits", label: "Audits", also: "clinical coding audit sample draw dspt" },
    {
      to: "/programme",
      label: "Programme",
      count: "missed_runs",
      also: "annual plan coverage recurring draws calendar",
    },
    { to: "/learning-needs", label: "Learning needs", also: "training top standards missed" },
    { to: "/logbook", label: "Logbook", also: "cpd hours approved auditor" },
    { to: "/progression", label: "Progression", only: overseesOrTrains, also: "trainees stages" },
    {
      to: "/actions",
      label: "Actions",
      count: "my_actions",
      also: "recommendations evidence verify action plan re-audit",
    },
    { to: "/auditors", label: "Auditors", also: "qualifications approved auditor expiry" },
    { to: "/audit-profiles", label: "Audit profiles", also: "methodology thresholds citations progression error keys" },
  ],
  [
    { to: "/intake", label: "Intake", also: "pas jobs files rejects faults upload" },
    { to: "/editions", label: "Editions", also: "classifications trud load" },
    { to: "/check-rules", label: "Check rules", also: "standards validation" },
    { to: "/sus-timetable", label: "SUS timetable", also: "flex freeze dates" },
  ],
  [
    { to: "/people", label: "People", also: "staff users roles accounts" },
    { to: "/api-clients", label: "API clients", also: "keys integration" },
    { to: "/trail", label: "Access trail", also: "audit log who saw" },
  ],
];

/** The groups of places that the person may go to, without those that hold none. */
export function placesFor(may: (permission: string) => boolean): Place[][] {
  const allowed = ({ to, only }: Place) => mayOpen(to, may) && (only === undefined || only(may));
  return places.map((group) => group.filter(allowed)).filter((group) => group.length > 0);
}

/** What Ctrl+K leads to, for whom. */
export function paletteWords(may: (permission: string) => boolean): string {
  const found = [may("episode:lookup") ? "an episode" : "", may("code:search") ? "a code" : ""].filter(Boolean);
  return found.length > 0 ? `Go to, find ${found.join(" or ")}` : "Go to a page";
}
