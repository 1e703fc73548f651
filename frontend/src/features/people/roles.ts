import type { Role } from "./data.ts";

/** What each role is for, in the words of the department; what it may do is decided on the server. */
export const roles: readonly { role: Role; label: string; hint: string }[] = [
  { role: "trainee", label: "Trainee clinical coder", hint: "codes; every episode goes to second check" },
  { role: "coder", label: "Clinical coder", hint: "codes and submits" },
  { role: "auditor", label: "Clinical coding auditor", hint: "codes, checks others' work" },
  { role: "trainer", label: "Clinical coding trainer", hint: "codes, checks trainees' work" },
  { role: "manager", label: "Coding manager", hint: "assigns and moves work, keeps people, rules and intake" },
  { role: "clinician", label: "Clinician", hint: "looks up codes" },
  { role: "privacy_officer", label: "Privacy officer", hint: "searches the access trail; sees no patient" },
  { role: "system_administrator", label: "System administrator", hint: "keys, people, editions; sees no patient" },
];

export const roleLabel = (role: Role): string => roles.find((each) => each.role === role)?.label ?? role;
