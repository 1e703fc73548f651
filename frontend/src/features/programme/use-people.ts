// Whom a plan or a draw can name: coders and specialties of the year, and who may audit.
import { useQuery } from "@tanstack/react-query";
import { auditorsQuery, coderCoverageQuery, specialtyCoverageQuery } from "./data.ts";

type Choice = { value: string; label: string };

const anId = /^[0-9a-f]{8}-/;

export function useChoices(programmeId: string | undefined) {
  const id = programmeId ?? "";
  const coders = useQuery({ ...coderCoverageQuery(id), enabled: Boolean(programmeId) });
  const specialties = useQuery({ ...specialtyCoverageQuery(id), enabled: Boolean(programmeId) });
  const auditors = useQuery(auditorsQuery);
  const byLabel = (a: Choice, b: Choice) => a.label.localeCompare(b.label);
  return {
    coders: (coders.data?.items ?? [])
      .filter((line) => line.here && anId.test(line.key))
      .map((line) => ({ value: line.key, label: line.name }))
      .sort(byLabel),
    specialties: (specialties.data?.items ?? [])
      .map((line) => ({ value: line.key, label: line.name === line.key ? line.key : `${line.name} (${line.key})` }))
      .sort(byLabel),
    auditors: (auditors.data?.items ?? [])
      .filter((auditor) => auditor.active)
      .map((auditor) => ({
        value: auditor.person_id,
        label: auditor.in_force ? auditor.name : `${auditor.name} (no qualification in force)`,
      }))
      .sort(byLabel),
  };
}
