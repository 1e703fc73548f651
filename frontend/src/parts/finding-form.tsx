// What a finding is to be from now on: its type, whose it is and why, and what it cites.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api, type Schemas } from "@/api/client.ts";
import { Select, TextField } from "@/kit/field.tsx";

export type FindingAs = Schemas["FindingAsIn"];

export const classes: Record<Schemas["CodeClass"], string> = {
  primary_diagnosis: "Primary diagnosis",
  secondary_diagnosis: "Secondary diagnosis",
  primary_procedure: "Primary procedure",
  secondary_procedure: "Secondary procedure",
};

export const attributions: Record<Schemas["Attribution"], string> = {
  coder: "Coder",
  non_coder: "Not the coder",
  undetermined: "Not said",
};

export const reasons: Record<Schemas["NonCoderReason"], string> = {
  information_not_available: "Information not available at coding",
  illegible: "Illegible",
  conflicting: "Conflicting documentation",
  incomplete: "Incomplete documentation",
  clinician_instruction: "Clinician's instruction",
  system_or_encoder: "System or encoder",
  other: "Other",
};

/** Types that fit which of the two codes are there. */
function typesFor(has: { trust: boolean; auditor: boolean }): FindingAs["error_type"][] {
  if (!has.trust) return ["omitted", "sequence", "other"];
  if (!has.auditor) return ["not_required", "other"];
  return ["wrong_char_3", "wrong_char_4", "wrong_char_5", "sequence", "pair_format", "date", "other"];
}

export function useFindingAs(of: {
  error_type: FindingAs["error_type"] | null;
  attribution: FindingAs["attribution"];
  non_coder_reason: FindingAs["non_coder_reason"];
  standards: readonly string[];
}) {
  const [made, setMade] = useState<FindingAs>({
    error_type: of.error_type ?? "other",
    attribution: of.attribution,
    non_coder_reason: of.non_coder_reason ?? null,
    standards: [...of.standards],
  });
  return [made, setMade] as const;
}

/** What may be cited today, by the citations profiles that are in force. */
const citationsQuery = queryOptions({
  queryKey: ["list_audit_profiles", "citation", "in force"],
  queryFn: async ({ signal }) => {
    const { items } = await answer(
      api.GET("/api/v1/audit-profiles", { params: { query: { kind: "citation" } }, signal }),
    );
    const bodies = await Promise.all(
      items
        .filter((one) => one.in_force)
        .map(({ profile_id }) =>
          answer(api.GET("/api/v1/audit-profiles/{profile_id}", { params: { path: { profile_id } }, signal })),
        ),
    );
    return bodies.flatMap(({ body }) => (body.citations ?? []) as { ref: string; title: string }[]);
  },
  staleTime: 5 * 60_000,
});

export function FindingForm({
  value,
  has,
  words,
  onChange,
}: {
  value: FindingAs;
  has: { trust: boolean; auditor: boolean };
  words: Record<string, string>;
  onChange: (value: FindingAs) => void;
}) {
  const citations = useQuery(citationsQuery);
  const cited = (value.standards ?? []).map((each) => each.trim());
  const left = (citations.data ?? []).filter(({ ref }) => !cited.includes(ref));
  return (
    <>
      <Select
        label="Error"
        value={value.error_type}
        options={typesFor(has).map((type) => ({ value: type, label: words[type] ?? type }))}
        onChange={(event) => onChange({ ...value, error_type: event.target.value as FindingAs["error_type"] })}
      />
      <Select
        label="Attribution"
        value={value.attribution}
        options={Object.entries(attributions).map(([key, label]) => ({ value: key, label }))}
        onChange={(event) => onChange({ ...value, attribution: event.target.value as FindingAs["attribution"] })}
      />
      {value.attribution === "non_coder" ? (
        <Select
          label="Why it is not the coder's"
          empty="Choose"
          value={value.non_coder_reason ?? ""}
          options={Object.entries(reasons).map(([key, label]) => ({ value: key, label }))}
          onChange={(event) =>
            onChange({
              ...value,
              non_coder_reason: (event.target.value || null) as Schemas["NonCoderReason"] | null,
            })
          }
        />
      ) : null}
      <TextField
        label="Standards cited"
        hint="“other: …” for what is not in the list. Several are separated by semicolons"
        value={(value.standards ?? []).join("; ")}
        onChange={(event) =>
          onChange({ ...value, standards: event.target.value.split(";").map((each) => each.trimStart()) })
        }
      />
      {left.length > 0 ? (
        <Select
          label="Add one from the list"
          empty="Choose"
          value=""
          options={left.map(({ ref, title }) => ({ value: ref, label: title ? `${ref} ${title}` : ref }))}
          onChange={(event) => onChange({ ...value, standards: [...cited.filter(Boolean), event.target.value] })}
        />
      ) : null}
    </>
  );
}

/** As it is sent: no empty citations, and no reason where the error is the coder's. */
export function sent(value: FindingAs): FindingAs {
  return {
    ...value,
    non_coder_reason: value.attribution === "non_coder" ? (value.non_coder_reason ?? null) : null,
    standards: (value.standards ?? []).map((each) => each.trim()).filter(Boolean),
  };
}
