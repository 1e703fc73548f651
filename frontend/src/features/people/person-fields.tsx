import { Checkbox, Fieldset, TextField } from "@/kit/field.tsx";
import type { FormRefusal } from "@/kit/form.ts";
import type { Person, Role } from "./data.ts";
import { roles } from "./roles.ts";

export const personFields = ["username", "name", "roles", "coder_ref", "reference"] as const;
export type PersonField = (typeof personFields)[number];

/** The fields that adding and editing share. */
export function PersonFields({
  refusal,
  person,
  rolesRefusal,
}: {
  refusal: FormRefusal<PersonField>;
  person?: Person;
  rolesRefusal?: string | null;
}) {
  return (
    <>
      <TextField
        id={refusal.idOf("name")}
        name="name"
        label="Name"
        hint="As colleagues know them; it stands beside their work"
        maxLength={100}
        defaultValue={person?.name}
        error={refusal.errorOf("name")}
      />
      <Fieldset legend="Roles" hint={rolesRefusal ?? "One or more"} error={refusal.errorOf("roles")}>
        <div className="cw-choices">
          {roles.map(({ role, label, hint }, index) => (
            <Checkbox
              key={role}
              id={index === 0 ? refusal.idOf("roles") : undefined}
              name="roles"
              value={role}
              label={label}
              hint={hint}
              defaultChecked={person?.roles.includes(role)}
              disabled={Boolean(rolesRefusal)}
            />
          ))}
        </div>
      </Fieldset>
      <TextField
        id={refusal.idOf("coder_ref")}
        name="coder_ref"
        label="Coder reference"
        hint="How the PAS or encoder names this coder, where it does"
        width="medium"
        maxLength={100}
        defaultValue={person?.coder_ref ?? ""}
        error={refusal.errorOf("coder_ref")}
      />
    </>
  );
}

export function readPerson(data: FormData): { name: string; roles: Role[]; coder_ref: string | null } {
  return {
    name: String(data.get("name") ?? "").trim(),
    roles: data.getAll("roles").map((role) => String(role) as Role),
    coder_ref: String(data.get("coder_ref") ?? "").trim() || null,
  };
}
