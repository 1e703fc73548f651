// The places of the left-hand navigation. One list for the nav and the palette; what each needs, its page says.
import { type PagePath, pagePermissions } from "./guard.tsx";

export type Place = {
  to: PagePath;
  label: string;
  /** Words that also lead here in the palette. */
  also?: string;
  count?: "my_work" | "queues";
};

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
    { to: "/audits", label: "Audits", also: "clinical coding audit sample draw dspt" },
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
  const allowed = ({ to }: Place) => pagePermissions[to] === null || may(pagePermissions[to]);
  return places.map((group) => group.filter(allowed)).filter((group) => group.length > 0);
}
