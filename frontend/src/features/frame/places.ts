// The places of the left-hand navigation, and the permission that each needs. One list for the nav and the palette.
import type { LinkProps } from "@tanstack/react-router";

export type Place = {
  to: NonNullable<LinkProps["to"]>;
  label: string;
  permission?: string;
  /** Words that also lead here in the palette. */
  also?: string;
  count?: "my_work" | "queues";
};

export const places: readonly (readonly Place[])[] = [
  [
    { to: "/", label: "Home" },
    { to: "/my-work", label: "My work", permission: "work_item:list", count: "my_work", also: "drafts mine" },
    { to: "/queues", label: "Queues", permission: "work_item:list", count: "queues", also: "work list uncoded" },
  ],
  [
    { to: "/patients", label: "Find a patient", permission: "patient:search", also: "nhs number local id spell" },
    { to: "/codes", label: "Codes", permission: "code:search", also: "icd-10 opcs-4 browse classification" },
  ],
  [
    { to: "/intake", label: "Intake", permission: "intake:monitor", also: "pas jobs files rejects faults upload" },
    { to: "/editions", label: "Editions", permission: "edition:list", also: "classifications trud load" },
    { to: "/check-rules", label: "Check rules", permission: "check_rule:list", also: "standards validation" },
    { to: "/sus-timetable", label: "SUS timetable", permission: "timetable:see", also: "flex freeze dates" },
  ],
  [
    { to: "/people", label: "People", permission: "person:list", also: "staff users roles accounts" },
    { to: "/api-clients", label: "API clients", permission: "api_client:list", also: "keys integration" },
    { to: "/trail", label: "Access trail", permission: "trail:search", also: "audit log who saw" },
  ],
];
