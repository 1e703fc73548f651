// Who owns a thing to be done: one person, or whoever has a role.
import { useQuery } from "@tanstack/react-query";
import type { Schemas } from "@/api/client.ts";
import { Select } from "@/kit/field.tsx";
import { ownersQuery } from "./recommendations.ts";

type Role = NonNullable<Schemas["ActionIn"]["owner_role"]>;

const roles: readonly { value: Role; label: string }[] = [
  { value: "manager", label: "Coding manager" },
  { value: "trainer", label: "Clinical coding trainer" },
  { value: "auditor", label: "Clinical coding auditor" },
  { value: "coder", label: "Clinical coder" },
];

/** `role:manager` or a person's id, as one value of one field. */
export function ownerOf(value: string): { owner_id: string | null; owner_role: Role | null } {
  const role = roles.find((one) => value === `role:${one.value}`)?.value ?? null;
  return { owner_id: role === null && value !== "" ? value : null, owner_role: role };
}

export function ownerValue(owner: { person_id: string | null; role: string | null }): string {
  return owner.person_id ?? (owner.role ? `role:${owner.role}` : "");
}

export function OwnerField({
  id,
  value,
  error,
  onChange,
}: {
  id: string;
  value: string;
  error?: string | undefined;
  onChange: (value: string) => void;
}) {
  const people = useQuery(ownersQuery);
  return (
    <Select
      id={id}
      label="Owner"
      hint="A person, or whoever has a role"
      empty="Choose"
      width="long"
      value={value}
      error={error}
      options={[
        ...roles.map((role) => ({ value: `role:${role.value}`, label: `${role.label} (role)` })),
        ...(people.data?.items ?? []).map((person) => ({
          value: person.person_id,
          label: `${person.name}, ${person.role.toLowerCase()}`,
        })),
      ]}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
